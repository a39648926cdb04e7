"""`sayso answers sort NUMBER CHOICE`: sort an answer under another choice. What was written stays, tallies follow."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from bot.exports.masking import masked
from bot.results.sorting import UNCLEAR, SortingError, sort
from bot.service import build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from storage.database import StoreSettingError, StoreUnavailableError
from storage.team import audit

EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError, SortingError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which answer, under which choice, and why."""
    parser.add_argument("number", type=int, help="the answer's number, from `sayso answers FLOW`")
    parser.add_argument(
        "choice", nargs="+", help=f"a choice's key or label; several for `many`; {UNCLEAR}: nobody can tell"
    )
    parser.add_argument("--why", default="", help="the reason, for the audit trail")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Sort it, and say how it was sorted before.

    Raises:
        SettingsError, FlowError, StoreSettingError: a setting or a flow is wrong.
        StoreUnavailableError: the store cannot be reached or written; nothing was changed.
        SortingError: there is no such answer or choice.
    """
    service = build(Settings.read(environ))
    keys = [] if arguments.choice == [UNCLEAR] else arguments.choice
    try:
        before = sort(
            service, arguments.number, keys, audit.COMMAND_LINE, masked(arguments.why, service.settings.region)
        )
    finally:
        service.close()
    print(f"Sorted anew; it was {before.value or before.outcome}. The tallies follow within a minute.")
    return 0
