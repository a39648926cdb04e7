"""`sayso answers FLOW`: how replies were sorted under choices. `sayso answers sort NUMBER CHOICE` sorts one anew."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from bot.exports.masking import masked
from bot.service import build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from flows.run import microseconds
from storage.counting import sorting
from storage.database import StoreSettingError, StoreUnavailableError
from storage.team import audit

EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which answers."""
    parser.add_argument("flow", help="a flow, such as visit")
    parser.add_argument("--question", default="", help="only this one, by its name in the flow")
    parser.add_argument("--unclear", action="store_true", help="only replies that were taken for no choice")
    parser.add_argument("--limit", type=int, default=40, help="how many, the newest first (default: 40)")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Show them, with numbers and addresses in them masked, and note in the audit trail that they were read.

    Raises:
        SettingsError, FlowError, StoreSettingError: a setting or a flow is wrong.
        StoreUnavailableError: the store cannot be reached.
    """
    service = build(Settings.read(environ))
    try:
        with service.database.transaction() as db:
            outcome = "unclear" if arguments.unclear else ""
            found = sorting.listed(db, arguments.flow, arguments.limit, node=arguments.question, outcome=outcome)
            at = microseconds(service.now())
            audit.note(db, audit.COMMAND_LINE, "read how answers were sorted", f"flow:{arguments.flow}", "", at)
    finally:
        service.close()
    for each in found:
        words = " ".join(masked(each.raw, service.settings.region).split())
        print(f"{each.id}  {each.day}  {each.node}  {each.value or each.outcome}  {words[:80]}")
    print("Sort one anew: sayso answers sort NUMBER CHOICE" if found else "There are no such answers.")
    return 0
