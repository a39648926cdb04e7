"""Replies that went back in an HTTP answer.

They took of a sender's rate and of the day's money as well, and are counted by whoever claims next: a resident's turn
waits for no row that everybody shares.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from storage.database import Database
from storage.messages import Status
from storage.tables import addresses, messages

MOST = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """One such reply, `at` in microseconds. `address` is where it went."""

    id: int
    channel: str
    gateway: str
    address: str
    body: str
    at: int


def answered(db: Connection, database: Database, after: int, until: int) -> list[Answered]:
    """Those behind the text `after`, made until a time (microseconds), oldest first, at most `MOST`; what the outbox
    sends is not among them."""
    row, way = messages.c, addresses.c
    query = (
        select(row.id, row.channel, way.gateway, way.encrypted, row.body, row.created_at)
        .join(addresses, and_(way.contact_id == row.contact_id, way.channel == row.channel))
        .where(row.id > after, row.created_at <= until, row.direction == "out", row.kind == "reply", row.attempts == 0)
        .where(row.status.not_in((Status.QUEUED, Status.CANCELLED)), way.gateway != "simulator")
        .order_by(row.id)
        .limit(MOST)
    )
    found = {}
    for message_id, channel, gateway, encrypted, body, at in db.execute(query):
        address = database.secrets.unseal(encrypted).decode()
        found[message_id] = Answered(message_id, channel, gateway, address, body, at)
    return list(found.values())
