"""Texts of which nobody knows whether they went out, and reports about texts we do not know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from storage.database import Database
from storage.messages import ASK_AFTER, FROM_GATEWAY, Status, forward
from storage.tables import addresses, messages, orphan_statuses
from storage.upserts import insert as upsert

MOST_ORPHANS = 1_000
"""Reports kept about texts we do not know (yet): whoever can sign callbacks cannot fill the store with them."""
ORPHANS_LAST = 3_600_000_000
"""Microseconds an orphan waits for its text."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A text that may have gone out at `tried_at` (microseconds)."""

    id: int
    contact_id: int
    channel: str
    gateway: str
    address: str
    body: str
    attempts: int
    tried_at: int
    content: str | None


def waiting(database: Database, now: int) -> bool:
    """Whether any doubtful text is to be settled."""
    with database.reading() as db:
        return db.execute(select(messages.c.id).where(*_due(now)).limit(1)).first() is not None


def _due(now: int) -> tuple[Any, ...]:
    return messages.c.status == Status.AMBIGUOUS, messages.c.due_at <= now


def claim(database: Database, now: int, limit: int, lease: int) -> list[Doubtful]:
    """Up to `limit` doubtful texts, longest due first; nobody else is given them for `lease` microseconds."""
    chosen = select(messages.c.id).where(*_due(now)).order_by(messages.c.due_at).limit(limit)
    with database.transaction() as db:
        ids = db.execute(
            update(messages)
            .where(messages.c.id.in_(chosen.with_for_update(skip_locked=True)))
            .values(due_at=now + lease)
            .returning(messages.c.id)
        ).scalars()
        return _read(database, db, list(ids))


def _read(database: Database, db: Connection, ids: Sequence[int]) -> list[Doubtful]:
    rows = db.execute(
        select(
            messages.c.id, messages.c.contact_id, messages.c.channel, addresses.c.gateway, addresses.c.encrypted,
            messages.c.body, messages.c.attempts, messages.c.updated_at, messages.c.created_at,
            messages.c.content,
        )
        .join(
            addresses,
            and_(addresses.c.contact_id == messages.c.contact_id, addresses.c.channel == messages.c.channel),
        )
        .where(messages.c.id.in_(ids))
        .order_by(messages.c.id)
    )  # fmt: skip
    found = {}
    for row in rows:
        address = database.secrets.unseal(row.encrypted).decode()
        tried_at = row.updated_at or row.created_at
        found[row.id] = Doubtful(
            row.id, row.contact_id, row.channel, row.gateway, address, row.body, row.attempts, tried_at, row.content
        )
    return list(found.values())


def known(db: Connection, provider_ids: Collection[str]) -> set[str]:
    """Which of these names of the gateway belong to texts we know."""
    named = select(messages.c.provider_id).where(
        messages.c.provider_id.in_(provider_ids), messages.c.direction == "out"
    )
    return set(db.execute(named).scalars()) if provider_ids else set()


def settle_sent(db: Connection, message_id: int, provider_id: str, status: str, now: int) -> None:
    """It went out: the gateway has it."""
    told = FROM_GATEWAY.get(status, Status.SENT)
    db.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.status == Status.AMBIGUOUS)
        .values(provider_id=provider_id, updated_at=now, due_at=now + ASK_AFTER, **forward(told))
    )


def send_again(db: Connection, message_id: int, now: int) -> None:
    """It did not go out: it waits to be sent again."""
    db.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.status == Status.AMBIGUOUS)
        .values(status=Status.QUEUED, due_at=now)
    )


def give_up(db: Connection, message_id: int, now: int) -> None:
    """It was tried often enough."""
    db.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.status == Status.AMBIGUOUS)
        .values(status=Status.FAILED, due_at=None, updated_at=now)
    )


# Reports about texts we do not know.


def keep_orphan(database: Database, provider_id: str, status: str, error_code: int | None, now: int) -> bool:
    """Keep a report until its text is known; False where too many wait."""
    with database.transaction() as db:
        db.execute(delete(orphan_statuses).where(orphan_statuses.c.received_at < now - ORPHANS_LAST))
        if db.execute(select(func.count()).select_from(orphan_statuses)).scalar_one() >= MOST_ORPHANS:
            return False
        row = {"provider_id": provider_id, "status": status, "error_code": error_code, "received_at": now}
        db.execute(upsert(orphan_statuses).on_conflict_do_nothing().values(row))
        return True


def owner(db: Connection, provider_id: str) -> tuple[int, int, str] | None:
    """Whose text this is: its id, its contact and its channel."""
    found = db.execute(
        select(messages.c.id, messages.c.contact_id, messages.c.channel).where(
            messages.c.provider_id == provider_id, messages.c.direction == "out"
        )
    ).first()
    return (found[0], found[1], found[2]) if found else None
