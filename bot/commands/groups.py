"""Groups and their champions: make, list, change, dissolve; appoint and dismiss champions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict

from bot.people import grouping, numbers
from bot.people.grouping import GroupsError
from bot.service import Service, build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from flows.run import microseconds
from storage.community import groups
from storage.database import StoreSettingError, StoreUnavailableError
from storage.team import audit

EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError, GroupsError, numbers.NumberError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which group."""
    what = parser.add_subparsers(dest="what", required=True)
    listing = what.add_parser("list", help="the groups, and how many people are in them")
    listing.add_argument("--json", action="store_true", help="for programs")
    for name, text in (("add", "make a group"), ("change", "give it another title or keyword")):
        making = what.add_parser(name, help=text)
        making.add_argument("name", help="one short word in small letters, as champions text it: carers")
        making.add_argument("--title", help="as residents read it (default: the name)")
        making.add_argument("--keyword", help="a text that begins with it joins the group (default: the name)")
    removing = what.add_parser("remove", help="dissolve a group; its people stay")
    removing.add_argument("name")
    champion = what.add_parser("champion", help="let somebody look after a group, by text")
    champion.add_argument("name")
    champion.add_argument("number", help="their mobile number")
    champion.add_argument("--first-name", help="as the people they invite know them")
    champion.add_argument("--initials", help="of whom you mean, where several people share that phone")
    champion.add_argument("--remove", action="store_true", help="no longer")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Do it.

    Raises:
        GroupsError, NumberError: it cannot be done.
    """
    service = build(Settings.read(environ))
    try:
        print(_DO[arguments.what](service, arguments))
    finally:
        service.close()
    return 0


def _list(service: Service, arguments: argparse.Namespace) -> str:
    with service.database.reading() as db:
        every = groups.every(db)
    if arguments.json:
        return json.dumps([asdict(group) for group in every])
    if not every:
        return "No group yet: sayso groups add carers"
    rows = [
        f"{g.name:<20}{g.members:>7} people{g.invited:>7} invited{g.champions:>4} champions   keyword {g.keyword}"
        for g in every
    ]
    return "\n".join(rows)


def _add(service: Service, arguments: argparse.Namespace) -> str:
    name = arguments.name.lower()
    keyword = grouping.make(service, name, arguments.title or "", arguments.keyword or "")
    _note(service, "made a group", name)
    return f"{name} is made. People join by texting {keyword.upper()}."


def _change(service: Service, arguments: argparse.Namespace) -> str:
    name = arguments.name.lower()
    keyword = grouping.change(service, name, arguments.title or "", arguments.keyword or "")
    _note(service, "changed a group", name)
    return f"{name} is changed. People join by texting {keyword.upper()}."


def _remove(service: Service, arguments: argparse.Namespace) -> str:
    with service.database.transaction() as db:
        if not groups.remove(db, arguments.name):
            raise GroupsError(f"There is no group {arguments.name[:40]}.")
        now = microseconds(service.now())
        audit.note(db, audit.COMMAND_LINE, "changed a group", f"group:{arguments.name}", "dissolved", now)
    return f"{arguments.name} is dissolved."


def _champion(service: Service, arguments: argparse.Namespace) -> str:
    if not arguments.remove:
        called = arguments.first_name or "", arguments.initials or ""
        appointed = grouping.appoint(service, arguments.name, arguments.number, *called)
        _note(service, "appointed a champion", arguments.name, appointed.contact_id)
        asked = " One text asks them whether they want to join; nothing else leaves before their yes."
        return f"They look after {arguments.name} now. They can text HELP to see what to text.{asked * appointed.asked}"
    contact_id = grouping.dismiss(service, arguments.name, arguments.number)
    _note(service, "dismissed a champion", arguments.name, contact_id)
    return f"They no longer look after {arguments.name}."


def _note(service: Service, action: str, group: str, champion: int | None = None) -> None:
    about = (f"group:{group}", "") if champion is None else (f"contact:{champion}", f"group:{group}")
    with service.database.transaction() as db:
        audit.note(db, audit.COMMAND_LINE, action, *about, microseconds(service.now()))


_DO = {"list": _list, "add": _add, "change": _change, "remove": _remove, "champion": _champion}
