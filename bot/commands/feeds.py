"""`sayso feeds make|list|revoke`: an address from which a spreadsheet refreshes the table that everybody may have."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import timedelta

from bot.results import feeds
from bot.results.feeds import FeedError
from bot.service import Service, build
from bot.settings import Settings, SettingsError, is_loopback
from flows.loader import FlowError
from flows.run import microseconds, moment
from storage.database import StoreSettingError, StoreUnavailableError
from storage.publishing import feeds as stored
from storage.team import audit

EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError, FeedError)
LONGEST = 366


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which flow or address."""
    parser.add_argument("what", choices=("make", "list", "revoke"), help="a new address; all of them; end one")
    parser.add_argument("which", nargs="?", default="", help="make: the flow; revoke: the address's number")
    parser.add_argument("--by", default="", help="make: breakdowns, with commas: channel, language, month …")
    parser.add_argument(
        "--days", type=int, default=30, help=f"make: how long it lasts, at most {LONGEST} (default: 30)"
    )


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Do it.

    Raises:
        SettingsError, FlowError, StoreSettingError: a setting or a flow is wrong.
        StoreUnavailableError: the store cannot be reached or written.
        FeedError: no such flow or address, or the table must not be handed on.
    """
    service = build(Settings.read(environ))
    try:
        if arguments.what == "make":
            _make(service, arguments)
        elif arguments.what == "revoke":
            feeds.revoke(service, int(arguments.which) if arguments.which.isdecimal() else 0, audit.COMMAND_LINE)
            print("Ended: nothing is given there any more.")
        else:
            _list(service)
    finally:
        service.close()
    return 0


def _make(service: Service, arguments: argparse.Namespace) -> None:
    if not 0 < arguments.days <= LONGEST:
        raise FeedError(f"An address lasts 1 to {LONGEST} days.")
    by = tuple(filter(None, (name.strip() for name in arguments.by.split(","))))
    number, address = feeds.make(service, arguments.which, by, timedelta(days=arguments.days), audit.COMMAND_LINE)
    print(
        f"{address}\nWhoever has it sees the shared table for {arguments.days} days. To end it before: "
        f"sayso feeds revoke {number}"
    )
    if is_loopback(service.settings.public_url):
        print("It works on this machine only: set PUBLIC_URL to the public https address.")


def _list(service: Service) -> None:
    now = microseconds(service.now())
    with service.database.reading() as db:
        found = stored.every(db)
    for feed in found:
        until = moment(feed.expires_at).date()
        state = "open" if feeds.is_open(feed, now) else "ended"
        print(f"{feed.id}  {feed.flow}  {state}  until {until}  {feed.by or 'no breakdown'}")
    if not found:
        print("There are none.")
