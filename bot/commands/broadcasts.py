"""Broadcasts: show what one would do, send it now or later or again and again, follow it, stop it."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from tqdm import tqdm

from bot.broadcasts import planning
from bot.broadcasts.composing import BroadcastsError, Wish, compose
from bot.broadcasts.draft import Draft
from bot.broadcasts.filters import FilterError
from bot.broadcasts.prices import pounds
from bot.broadcasts.schedule import Repeat, ScheduleError
from bot.broadcasts.telling import told
from bot.service import Service, build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from flows.run import microseconds, moment
from storage.database import StoreSettingError, StoreUnavailableError
from storage.sending import broadcasts
from storage.team import audit

EXPECTED = (
    SettingsError, FlowError, StoreSettingError, StoreUnavailableError, BroadcastsError, FilterError, ScheduleError,
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    what = parser.add_subparsers(dest="what", required=True)
    for name, text in (("preview", "what it would do"), ("send", "show what it does, ask, and send it")):
        sending = what.add_parser(name, help=text)
        sending.add_argument("flow", nargs="?", help="a flow of the shelf; or give --text")
        sending.add_argument("--text", help="one text that asks nothing, instead of a flow")
        sending.add_argument("--remind", action="store_true", help="ask again those who have not answered")
        sending.add_argument("--to", action="append", default=[], metavar="GROUP", help="a group; may be given again")
        sending.add_argument("--everybody", action="store_true", help="everybody we know")
        sending.add_argument(
            "--matching", default="", help='for example: contact.area == "E13" and language in [bn, ur]'
        )
        sending.add_argument("--at", help="when, as 2026-12-01 09:30; without it at once")
        sending.add_argument("--repeat", choices=[*Repeat], default=Repeat.NEVER)
        sending.add_argument("--json", action="store_true", help="for programs")
        if name == "send":
            sending.add_argument("--yes", action="store_true", help="do not ask")
    listing = what.add_parser("list", help="the last broadcasts")
    listing.add_argument("--json", action="store_true", help="for programs")
    for name, text in (("show", "how one stands"), ("stop", "end one at once")):
        one = what.add_parser(name, help=text)
        one.add_argument("id", type=int)
        one.add_argument("--json", action="store_true", help="for programs")
        if name == "show":
            one.add_argument("--follow", action="store_true", help="until everybody is asked")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Do it.

    Raises:
        BroadcastsError, FilterError, ScheduleError: it cannot be done.
    """
    service = build(Settings.read(environ))
    try:
        _DO[arguments.what](service, arguments)
    finally:
        service.close()
    return 0


def draft_of(service: Service, arguments: argparse.Namespace) -> Draft:
    """The broadcast that was asked for.

    Raises:
        BroadcastsError, FilterError, ScheduleError: something about it cannot be.
    """
    wish = Wish(
        arguments.flow or "",
        arguments.text or "",
        tuple(arguments.to),
        arguments.everybody,
        arguments.matching,
        arguments.at or "",
        arguments.repeat,
        arguments.remind,
    )
    return compose(service, wish)


def _shown(service: Service, arguments: argparse.Namespace) -> tuple[Draft, planning.Preview]:
    draft = draft_of(service, arguments)
    with service.database.reading() as db:
        preview = planning.preview(service, db, draft)
    if arguments.json:
        print(json.dumps(_as_json(preview)))
        return draft, preview
    print(told(preview))
    for language, count in preview.languages.most_common():
        print(f"  {language:<8}{count:>8} {'person' if count == 1 else 'people'}")
    parts = "1 part" if preview.segments == 1 else f"{preview.segments} parts"
    print(f"  {parts} of texts, about {pounds(preview.price)}")
    if preview.starts_at is not None:
        local = preview.starts_at.astimezone(ZoneInfo(service.settings.timezone))
        print(f"  goes out {local:%A %d %B %Y at %H:%M}")
    return draft, preview


def _as_json(preview: planning.Preview) -> dict[str, Any]:
    return {
        "people": preview.people,
        "segments": preview.segments,
        "pence": preview.price / 1000,
        "languages": dict(preview.languages),
        "channels": dict(preview.channels),
        "left_out": {reason.value: count for reason, count in preview.left_out.items()},
        "starts_at": preview.starts_at.isoformat() if preview.starts_at else None,
    }


def _preview(service: Service, arguments: argparse.Namespace) -> None:
    _shown(service, arguments)


def _send(service: Service, arguments: argparse.Namespace) -> None:
    draft, preview = _shown(service, arguments)
    if not preview.people and draft.starts_at is None:
        raise BroadcastsError("That would reach nobody just now.")
    if not arguments.yes and _typed(f"Type {preview.people} to send it: ") != str(preview.people):
        raise BroadcastsError("Nothing was sent.")
    with service.database.transaction() as db:
        stored = planning.confirm(service, db, draft)
        now = microseconds(service.now())
        audit.note(db, audit.COMMAND_LINE, "sent a broadcast", f"broadcast:{stored.id}", "", now)
    if not arguments.json:
        print(f"Broadcast {stored.id}: sayso broadcasts show {stored.id} --follow, or stop {stored.id}")


def _typed(question: str) -> str:
    """What somebody types; nothing where nobody can."""
    try:
        return input(question).strip()
    except EOFError:
        return ""


def _list(service: Service, arguments: argparse.Namespace) -> None:
    with service.database.reading() as db:
        rows = [(each, broadcasts.progress(db, each.id)) for each in broadcasts.latest(db, 20)]
    if arguments.json:
        print(json.dumps([{"id": each.id, "status": each.status, **asdict(progress)} for each, progress in rows]))
        return
    for each, progress in rows:
        local = moment(each.starts_at).astimezone(ZoneInfo(service.settings.timezone))
        people = progress.waiting + progress.asked
        what = f"{each.flow or 'text':<12}{each.status:<10}"
        print(f"{each.id}  {local:%d %b %Y %H:%M}  {what}{progress.asked}/{people} asked")


def _show(service: Service, arguments: argparse.Namespace) -> None:
    with tqdm(unit=" people", disable=None if arguments.follow else True) as bar:
        while True:
            with service.database.reading() as db:
                stored = broadcasts.get(db, arguments.id)
                if stored is None:
                    raise BroadcastsError(f"There is no broadcast {arguments.id}.")
                progress = broadcasts.progress(db, arguments.id)
            bar.total = progress.waiting + progress.asked
            bar.update(progress.asked - bar.n)
            if not arguments.follow or stored.status in ("done", "stopped"):
                break
            time.sleep(1)
    if arguments.json:
        print(json.dumps({"id": stored.id, "status": stored.status, **asdict(progress)}))
        return
    print(
        f"{stored.status}: {progress.asked} asked, {progress.waiting} waiting, {progress.delivered} delivered, "
        f"{progress.failed} failed, {progress.answered} finished"
    )
    for reason, count in progress.left_out.items():
        print(f"  left out: {reason.replace('_', ' ')} {count}")


def _stop(service: Service, arguments: argparse.Namespace) -> None:
    with service.database.transaction() as db:
        now = microseconds(service.now())
        stopped = broadcasts.stop(db, arguments.id, now)
        if stopped:
            audit.note(db, audit.COMMAND_LINE, "stopped a broadcast", f"broadcast:{arguments.id}", "", now)
    if not stopped:
        raise BroadcastsError(f"Broadcast {arguments.id} is over, or there is none.")
    print("Stopped. What has left may still be answered.")


_DO = {"preview": _preview, "send": _send, "list": _list, "show": _show, "stop": _stop}
