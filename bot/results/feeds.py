"""An address for a spreadsheet to refresh from: the table that everybody may have, no more than an hour old.

The address holds a number and its signature, nothing else. Each new table is checked against all that was handed on
before, as every shared export is; where it would tell too much, the last one is given again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from datetime import timedelta

from bot.disclosure import ledger
from bot.exports.formats import delimited
from bot.exports.request import ExportRefusedError
from bot.results.figures import reader_of
from bot.service import Service
from flows.run import microseconds
from storage.counting.results import Whom
from storage.database import Connection
from storage.publishing import feeds
from storage.publishing.feeds import Feed
from storage.team import audit

PATH = "/refresh/"
SIGNATURE_BYTES = 16
FRESH = int(timedelta(hours=1).total_seconds()) * 1_000_000
"""Microseconds for which the same table is given without looking for a newer one."""


class FeedError(Exception):
    """An address that cannot be made or ended; the message is for a person."""


def make(service: Service, flow_id: str, by: tuple[str, ...], lasts: timedelta, actor: str) -> tuple[int, str]:
    """A new address, and its number; its first table is made now.

    Raises:
        FeedError: there is no such flow, or its table must not be handed on.
        StoreUnavailableError: the store could not be reached or written.
    """
    now = microseconds(service.now())
    if service.shelf.flow(flow_id) is None:
        raise FeedError(f"There is no flow `{flow_id[:60]}`. There is {', '.join(service.shelf.ids())}.")
    with service.database.transaction() as db:
        try:
            table = _table(service, db, flow_id, by)
        except (ledger.Refused, ExportRefusedError) as refused:
            raise FeedError(str(refused)) from None
        expires_at = now + int(lasts.total_seconds()) * 1_000_000
        feed_id = feeds.add(db, flow_id, ",".join(by), expires_at, table, now)
        audit.note(db, actor, "made a refresh address", f"flow:{flow_id}", f"for {lasts.days} days", now)
    return feed_id, f"{service.settings.public_url}{PATH}{_token(service, feed_id)}.csv"


def revoke(service: Service, feed_id: int, actor: str) -> None:
    """End an address now.

    Raises:
        FeedError: it has ended, or never was.
        StoreUnavailableError: the store could not be reached or written.
    """
    now = microseconds(service.now())
    with service.database.transaction() as db:
        if not feeds.revoke(db, feed_id, now):
            raise FeedError("There is no open address of that number: `sayso feeds list` shows them.")
        audit.note(db, actor, "ended a refresh address", f"feed:{feed_id}", "", now)


def read(service: Service, token: str) -> str | None:
    """The table at an address as CSV; nothing where the address has ended, None where we never signed it.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    feed_id = _number(service, token)
    if feed_id is None:
        return None
    now = microseconds(service.now())
    with service.database.reading() as db:
        feed = feeds.get(db, feed_id)
    if feed is None or not is_open(feed, now):
        return ""
    if now - feed.table_at < FRESH:
        return feed.table
    with service.database.transaction() as db:
        try:
            table = _table(service, db, feed.flow, tuple(filter(None, feed.by.split(","))))
        except (ledger.Refused, ExportRefusedError):
            table = feed.table  # too little has changed to be told
        feeds.keep(db, feed.id, table, now)
    return table


def is_open(feed: Feed, now: int) -> bool:
    """Whether a table is given there."""
    return feed.revoked_at is None and now < feed.expires_at


def _table(service: Service, db: Connection, flow_id: str, by: tuple[str, ...]) -> str:
    """The table as CSV, noted in the ledger where it is a new one.

    Raises:
        Refused, ExportRefusedError: it must not be handed on.
    """
    flow = service.shelf.flow(flow_id)
    if flow is None:
        raise ExportRefusedError("There is no flow `{name}` any more.", name=flow_id)
    reader = reader_of(service, db, flow, Whom(), by, flow.language)
    sheet, _, shown, new = reader.table_sheet()
    written = io.BytesIO()
    delimited.write(written, sheet)
    if new:
        reader.hand_on(db, shown, service.now())
    return written.getvalue().decode()


def _token(service: Service, feed_id: int) -> str:
    number = feed_id.to_bytes(8, "big")
    return base64.urlsafe_b64encode(number + _signature(service, number)).decode().rstrip("=")


def _number(service: Service, token: str) -> int | None:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    number, signature = raw[:8], raw[8:]
    return int.from_bytes(number, "big") if hmac.compare_digest(signature, _signature(service, number)) else None


def _signature(service: Service, number: bytes) -> bytes:
    key = service.secrets.derived("refresh address")
    return hmac.new(key, number, hashlib.sha256).digest()[:SIGNATURE_BYTES]
