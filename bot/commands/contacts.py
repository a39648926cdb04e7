"""`sayso contacts show|report|erase NUMBER`: what is held about one person, a copy of it, or nothing any more."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import phonenumbers

from bot.conversations.rights import erase
from bot.logs import without_numbers
from bot.people.numbers import CHANNELS, hashes_of
from bot.service import Service, build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from flows.run import microseconds, moment
from storage.community import dossier, phones
from storage.database import StoreSettingError, StoreUnavailableError
from storage.team import audit


class ContactError(Exception):
    """A person who is not there, or a number that is none; the message says which, without the number."""


EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError, ContactError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and whom it is about."""
    parser.add_argument(
        "what", choices=("show", "report", "erase"), help="counts; a readable copy of all; erase for good"
    )
    parser.add_argument("number", help="the person's number, as 07700 900123 or +447700900123")
    parser.add_argument("--why", default="asked by the person", help="the reason for the audit trail")
    parser.add_argument("--yes", action="store_true", help="erase: do not ask again")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Do it, and note in the audit trail that it was done.

    Raises:
        SettingsError, StoreSettingError, FlowError: a setting or a flow is wrong.
        StoreUnavailableError: the store cannot be reached or written.
        ContactError: nobody has this number.
    """
    service = build(Settings.read(environ))
    try:
        number = _number(arguments.number, service.settings.region)
        contact_ids = _find(service, number)
        for contact_id in contact_ids:
            _do(arguments, service, contact_id, number)
    finally:
        service.close()
    return 0


def _do(arguments: argparse.Namespace, service: Service, contact_id: int, number: str) -> None:
    with service.database.reading() as db:
        held = dossier.of(db, contact_id)
    why = without_numbers(arguments.why)
    if arguments.what == "erase":
        if arguments.yes or _sure(held):
            _erase(service, contact_id, number, why)
        else:
            print("Nothing was erased.")
        return
    verbs = {"show": "looked at", "report": "reported on"}
    with service.database.transaction() as db:
        about = f"contact:{service.secrets.pseudonym('contact', contact_id)}"
        audit.note(db, audit.COMMAND_LINE, verbs[arguments.what], about, why, microseconds(service.now()))
    if arguments.what == "show":
        print(_summary(held))
    else:
        print(json.dumps(_readable(asdict(held)), ensure_ascii=False, indent=2))


def _erase(service: Service, contact_id: int, number: str, why: str) -> None:
    addresses = [f"{channel}:{number}" for channel in CHANNELS]
    receipt = erase(service, contact_id, addresses, audit.COMMAND_LINE, why)
    print(
        f"Erased: {receipt.runs} conversations, {receipt.answers} answers, {receipt.messages} texts; "
        f"{len(receipt.files)} export files deleted; {receipt.copies} copies at the gateway will be emptied."
    )


def _number(text: str, region: str) -> str:
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ContactError("That is no phone number: write it as 07700 900123 or +447700900123.") from None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _find(service: Service, number: str) -> list[int]:
    with service.database.reading() as db:
        hashes = hashes_of(service.secrets, number)
        found = [each.contact_id for hash_ in hashes for each in phones.people_on(db, hash_)]
    known = list(dict.fromkeys(found))
    if not known:
        raise ContactError("We hold nothing about that number.")
    return known


def _sure(held: dossier.Dossier) -> bool:
    if not sys.stdin.isatty():
        raise ContactError("Erasing cannot be undone: add --yes to say that you mean it.")
    return input(f"{_summary(held)}\nErase all of it for good? Type yes: ").strip().casefold() == "yes"


def _summary(held: dossier.Dossier) -> str:
    flows = sorted({each["flow"] for each in held.runs})
    since = _day(held.contact["created_at"])
    return (
        f"Known since {since}; {len(held.runs)} conversations ({', '.join(flows) or 'none'}), {len(held.answers)} "
        f"answers, {len(held.messages)} texts, {len(held.groups)} groups, {len(held.consents)} consent entries."
    )


def _day(at: int) -> str:
    return moment(at).date().isoformat()


def _readable(value: Any, name: str = "") -> Any:
    """The same with times that people read, and without our own ids."""
    if isinstance(value, dict):
        return {key: _readable(each, key) for key, each in value.items() if key not in ("id", "counted")}
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    if isinstance(value, int) and (name == "at" or name.endswith("_at")):
        return moment(value).isoformat(timespec="seconds")
    return value
