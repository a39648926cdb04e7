"""Texts in and out: what the outbox claims and records, what gateways report, and a contact's thread.

A text out moves forward only: queued, sending, then one of those that say how it ended. Only `queued` is ever sent;
a worker that died while `sending` leaves a text of which nobody knows whether it went out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, case, or_, select, update

from storage.database import Database
from storage.tables import addresses, contacts, messages


class Status(StrEnum):
    """How a text of ours stands."""

    QUEUED = "queued"
    SENDING = "sending"
    AMBIGUOUS = "ambiguous"
    SENT = "sent"
    """The gateway has it."""
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    READ = "read"


_RANK = {
    Status.QUEUED: 0, Status.SENDING: 1, Status.AMBIGUOUS: 2, Status.SENT: 3, Status.CANCELLED: 4, Status.FAILED: 4,
    Status.UNDELIVERED: 4, Status.DELIVERED: 4, Status.READ: 5,
}  # fmt: skip
"""A status gives way only to one of a higher rank."""

_FROM_GATEWAY = {
    "accepted": Status.SENT, "scheduled": Status.SENT, "queued": Status.SENT, "sending": Status.SENT,
    "sent": Status.SENT, "delivered": Status.DELIVERED, "read": Status.READ, "undelivered": Status.UNDELIVERED,
    "partially_delivered": Status.UNDELIVERED, "failed": Status.FAILED, "canceled": Status.CANCELLED,
}  # fmt: skip
"""A gateway's words in ours; others change nothing."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A text that this worker may send. `stopped`: its contact wants none."""

    id: int
    contact_id: int
    channel: str
    gateway: str
    address: str
    body: str
    attempts: int
    stopped: bool


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One text of a thread; `reply_id` is the reply a text in got."""

    id: int
    direction: str
    body: str
    status: str
    reply_id: int | None
    created_at: int


# The outbox.


def _claimable(now: int) -> Any:
    free = or_(messages.c.lease_until.is_(None), messages.c.lease_until <= now)
    return and_(messages.c.status == Status.QUEUED, messages.c.due_at <= now, free)


def _abandoned(now: int) -> Any:
    return and_(messages.c.status == Status.SENDING, messages.c.lease_until <= now)


def waiting(database: Database, now: int) -> bool:
    """Whether any text can be claimed, or was left behind by a worker that died."""
    with database.reading() as db:
        return (
            db.execute(select(messages.c.id).where(or_(_claimable(now), _abandoned(now))).limit(1)).first() is not None
        )


def claim(database: Database, now: int, limit: int, lease_seconds: int, token: str) -> list[OutboxRow]:
    """Up to `limit` texts for this worker alone until the lease is over, the most urgent and longest due first.

    Texts whose worker died while it sent them become ambiguous here: sending again might text somebody twice.

    Raises:
        StoreUnavailableError: the store could not be reached or written; nothing was claimed.
    """
    chosen = (
        select(messages.c.id)
        .where(_claimable(now))
        .order_by(messages.c.priority, messages.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with database.transaction() as db:
        db.execute(
            update(messages)
            .where(_abandoned(now))
            .values(status=Status.AMBIGUOUS, token=None, lease_until=None, updated_at=now)
        )
        ids = list(
            db.execute(
                update(messages)
                .where(messages.c.id.in_(chosen))
                .values(token=token, lease_until=now + lease_seconds * 1_000_000)
                .returning(messages.c.id)
            ).scalars()
        )
        return _outbox_rows(database, db, ids) if ids else []


def _outbox_rows(database: Database, db: Connection, ids: Sequence[int]) -> list[OutboxRow]:
    rows = db.execute(
        select(
            messages.c.id, messages.c.contact_id, messages.c.channel, addresses.c.gateway, addresses.c.encrypted,
            messages.c.body, messages.c.attempts, contacts.c.stopped_at,
        )
        .join(contacts, contacts.c.id == messages.c.contact_id)
        .join(addresses, and_(addresses.c.contact_id == contacts.c.id, addresses.c.channel == messages.c.channel))
        .where(messages.c.id.in_(ids))
        .order_by(messages.c.priority, messages.c.due_at, messages.c.id, addresses.c.id)
    )  # fmt: skip
    found: dict[int, OutboxRow] = {}
    for row in rows:
        address = database.secrets.unseal(row.encrypted).decode()
        stopped = row.stopped_at is not None
        found.setdefault(
            row.id,
            OutboxRow(row.id, row.contact_id, row.channel, row.gateway, address, row.body, row.attempts, stopped),
        )
    return list(found.values())


def begin(database: Database, message_id: int, token: str, now: int) -> bool:
    """Mark that this text is handed to its gateway now; False where it must not be.

    It must not where the lease is over, another worker has it, or its contact has said STOP since it was claimed.

    Raises:
        StoreUnavailableError: the store could not be reached or written; the text must not be sent.
    """
    stopped = select(contacts.c.id).where(contacts.c.id == messages.c.contact_id, contacts.c.stopped_at.is_not(None))
    with database.transaction() as db:
        return (
            db.execute(
                update(messages)
                .where(
                    messages.c.id == message_id,
                    messages.c.token == token,
                    messages.c.status == Status.QUEUED,
                    messages.c.lease_until > now,
                    ~stopped.exists(),
                )
                .values(status=Status.SENDING, attempts=messages.c.attempts + 1, updated_at=now)
            ).rowcount
            == 1
        )


def record_sent(database: Database, message_id: int, token: str, provider_id: str, status: str, now: int) -> None:
    """The gateway has accepted the text under its own id. A report that came before this is not undone.

    Raises:
        StoreUnavailableError: the store could not be written; the text becomes ambiguous when its lease is over.
    """
    with database.transaction() as db:
        db.execute(
            update(messages)
            .where(messages.c.id == message_id, messages.c.token == token)
            .values(provider_id=provider_id, **_forward(_FROM_GATEWAY.get(status, Status.SENT)), **_released(now))
        )


def record_failed(
    database: Database, message_id: int, token: str, status: str, error_code: int | None, now: int
) -> None:
    """The text was not sent and will not be: `failed` or `cancelled`, with the gateway's own code."""
    with database.transaction() as db:
        db.execute(
            update(messages)
            .where(messages.c.id == message_id, messages.c.token == token)
            .values(error_code=error_code, **_forward(Status(status)), **_released(now))
        )


def record_ambiguous(database: Database, message_id: int, token: str, now: int) -> None:
    """Nobody knows whether the text went out; a report of the gateway may still tell."""
    with database.transaction() as db:
        db.execute(
            update(messages)
            .where(messages.c.id == message_id, messages.c.token == token)
            .values(**_forward(Status.AMBIGUOUS), **_released(now))
        )


def release(database: Database, message_id: int, token: str, due_at: int) -> None:
    """The text was certainly not sent: it waits again, until `due_at`."""
    with database.transaction() as db:
        db.execute(
            update(messages)
            .where(
                messages.c.id == message_id,
                messages.c.token == token,
                messages.c.status.in_([Status.QUEUED, Status.SENDING]),
            )
            .values(status=Status.QUEUED, due_at=due_at, token=None, lease_until=None)
        )


def _released(now: int) -> dict[str, Any]:
    return {"token": None, "lease_until": None, "updated_at": now}


def _forward(status: Status) -> dict[str, Any]:
    lower = [each for each, rank in _RANK.items() if rank < _RANK[status]]
    return {"status": case((messages.c.status.in_(lower), status), else_=messages.c.status)}


# What gateways report.


def apply_status(
    database: Database, message_id: int | None, provider_id: str, status: str, error_code: int | None, now: int
) -> str:
    """Take in what a gateway says became of a text: late, twice, out of order, or before `record_sent`.

    Returns:
        `applied`, `old` where we knew as much, or `unknown` where we never sent such a text.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    return database.retrying(lambda: _apply_status(database, message_id, provider_id, status, error_code, now))


def _apply_status(
    database: Database, message_id: int | None, provider_id: str, status: str, error_code: int | None, now: int
) -> str:
    by_name = and_(messages.c.provider_id == provider_id, messages.c.direction == "out")
    # Our own id counts only for a text the gateway has not named otherwise.
    unnamed = or_(messages.c.provider_id.is_(None), messages.c.provider_id == provider_id)
    by_id = and_(messages.c.id == message_id, messages.c.direction == "out", unnamed)
    with database.transaction() as db:
        found = db.execute(
            select(messages.c.id, messages.c.status)
            .where(by_name if message_id is None else by_id)
            .limit(1)
            .with_for_update()
        ).first()
        if found is None:
            return "unknown"
        told = _FROM_GATEWAY.get(status)
        if told is None or _RANK[told] <= _RANK[Status(found.status)]:
            return "old"
        db.execute(
            update(messages)
            .where(messages.c.id == found.id)
            .values(status=told, provider_id=provider_id, error_code=error_code, updated_at=now)
        )
        return "applied"


# A contact's thread.


def conversation(db: Connection, contact_id: int, limit: int = 200) -> list[StoredMessage]:
    """A contact's last texts both ways, oldest first."""
    rows = db.execute(
        select(
            messages.c.id, messages.c.direction, messages.c.body, messages.c.status, messages.c.reply_id,
            messages.c.created_at,
        )
        .where(messages.c.contact_id == contact_id)
        .order_by(messages.c.id.desc())
        .limit(limit)
    ).all()  # fmt: skip
    return [StoredMessage(*row) for row in reversed(rows)]
