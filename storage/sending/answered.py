"""Replies that went back in an HTTP answer.

They took of a sender's rate and of the day's money as well, and are counted by whoever claims next: a resident's turn
waits for no row that everybody shares. A web that dies between its commit and its answer takes the reply with it: one
that no gateway has shown becomes doubtful, and is settled as every doubtful text is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select, update

from storage.database import Database
from storage.ids import id_at
from storage.messages import CRISIS, REPLY, Status
from storage.tables import addresses, messages

MOST = 500

_ANSWER = (messages.c.direction == "out", messages.c.kind.in_((REPLY, CRISIS)), messages.c.attempts == 0)
"""What the outbox never claimed."""


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
        .where(row.id > after, row.created_at <= until, *_ANSWER)
        .where(row.status.not_in((Status.QUEUED, Status.CANCELLED)), way.gateway != "simulator")
        .order_by(row.id)
        .limit(MOST)
    )
    found = {}
    for message_id, channel, gateway, encrypted, body, at in db.execute(query):
        address = database.secrets.unseal(encrypted).decode()
        found[message_id] = Answered(message_id, channel, gateway, address, body, at)
    return list(found.values())


def doubt(db: Connection, gateways: Collection[str], since: int, until: int, settle_at: int) -> int:
    """Those given between two times (microseconds) by these gateways, and that none has shown, become doubtful: no
    report names them. They are settled from `settle_at` on. Returns how many."""
    row, way = messages.c, addresses.c
    unshown = (
        select(row.id)
        .join(addresses, and_(way.contact_id == row.contact_id, way.channel == row.channel))
        .where(row.id >= id_at(since), row.created_at > since, row.created_at <= until, *_ANSWER)
        .where(row.status == Status.SENT, row.provider_id.is_(None), way.gateway.in_(gateways))
    )
    doubted = update(messages).where(row.id.in_(unshown), row.status == Status.SENT, row.provider_id.is_(None))
    return db.execute(doubted.values(status=Status.AMBIGUOUS, due_at=settle_at)).rowcount
