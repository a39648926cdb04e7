"""Texts that a gateway took and has said nothing of since: it is asked, and what nobody wants any more called back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, tuple_, update

from storage.database import Database
from storage.ids import new_id
from storage.messages import CRISIS, REMINDER, Status
from storage.tables import addresses, broadcasts, contacts, messages


@dataclass(frozen=True, slots=True)
class Unreported:
    """A text that a gateway took at `sent_at` (microseconds). `unwanted`: its person has said STOP since, or its
    broadcast was stopped."""

    id: int
    provider_id: str
    gateway: str
    sent_at: int
    unwanted: bool


def _due(now: int) -> Any:
    return and_(messages.c.status == Status.SENT, messages.c.due_at.is_not(None), messages.c.due_at <= now)


def waiting(database: Database, now: int) -> bool:
    """Whether a gateway is to be asked about any text."""
    with database.reading() as db:
        return db.execute(select(messages.c.id).where(_due(now)).limit(1)).first() is not None


def claim(database: Database, now: int, limit: int, lease: int) -> list[Unreported]:
    """Up to `limit` of them, longest due first; nobody else is given them for `lease` microseconds."""
    chosen = select(messages.c.id).where(_due(now)).order_by(messages.c.due_at).limit(limit)
    with database.transaction() as db:
        ids = db.execute(
            update(messages)
            .where(messages.c.id.in_(chosen.with_for_update(skip_locked=True)))
            .values(due_at=now + lease)
            .returning(messages.c.id)
        ).scalars()
        silenced = and_(contacts.c.stopped_at.is_not(None), messages.c.kind != CRISIS)
        unwanted = or_(silenced, broadcasts.c.status == "stopped")
        rows = db.execute(
            select(
                messages.c.id, messages.c.provider_id, addresses.c.gateway, messages.c.updated_at,
                messages.c.created_at, func.coalesce(unwanted, False),
            )
            .join(contacts, contacts.c.id == messages.c.contact_id)
            .join(addresses, and_(addresses.c.contact_id == contacts.c.id, addresses.c.channel == messages.c.channel))
            .outerjoin(broadcasts, broadcasts.c.id == messages.c.broadcast_id)
            .where(messages.c.id.in_(list(ids)), messages.c.provider_id.is_not(None))
        )  # fmt: skip
        found = {row[0]: Unreported(row[0], row[1], row[2], row[3] or row[4], bool(row[5])) for row in rows}
    return list(found.values())


def ask_later(db: Connection, message_id: int, due_at: int | None) -> None:
    """Ask about a text again then; never, where nothing is given."""
    still = (messages.c.id == message_id, messages.c.status == Status.SENT)
    db.execute(update(messages).where(*still).values(due_at=due_at))


def lose(db: Connection, message_id: int) -> None:
    """Nobody will tell any more whether it arrived."""
    still = (messages.c.id == message_id, messages.c.status == Status.SENT)
    db.execute(update(messages).where(*still).values(status=Status.UNKNOWN, due_at=None))


def ask_at_once(db: Connection, now: int, *, contact_id: int | None = None, broadcast_id: int | None = None) -> None:
    """Ask about the texts to a person, or of a broadcast, now: what a gateway still keeps back is called back."""
    whose = messages.c.contact_id == contact_id if contact_id is not None else messages.c.broadcast_id == broadcast_id
    asked = (whose, messages.c.status == Status.SENT, messages.c.due_at.is_not(None))
    db.execute(update(messages).where(*asked).values(due_at=now))


def try_again(db: Connection, provider_id: str, due_at: int, now: int) -> bool:
    """Put a text that did not arrive into the outbox once more; False where it was tried before, or called off since.

    What was an answer, or began a conversation, comes again as a reminder: only while its question still waits.
    """
    found = db.execute(
        select(messages).where(messages.c.provider_id == provider_id, messages.c.direction == "out")
    ).first()
    if found is None or found.attempts > 1 or _is_called_off(db, found.broadcast_id):
        return False
    asks = found.run_id is not None
    db.execute(
        insert(messages).values(
            id=new_id(), contact_id=found.contact_id, run_id=found.run_id, direction="out", channel=found.channel,
            body=found.body, status=Status.QUEUED, kind=REMINDER if asks else found.kind, content=found.content,
            priority=1, attempts=1, created_at=now, due_at=due_at,
        )
    )  # fmt: skip
    return True


def call_off_again(db: Connection, broadcast_id: int, now: int) -> None:
    """Take back the texts of a broadcast that wait to be tried again.

    They are not of the broadcast themselves, or its progress would count their people twice.
    """
    own = messages.alias()
    failed = select(own.c.contact_id, own.c.body).where(
        own.c.broadcast_id == broadcast_id, own.c.status.in_((Status.FAILED, Status.UNDELIVERED))
    )
    waits = (messages.c.status == Status.QUEUED, messages.c.broadcast_id.is_(None), messages.c.attempts > 0)
    db.execute(
        update(messages)
        .where(*waits, tuple_(messages.c.contact_id, messages.c.body).in_(failed))
        .values(status=Status.CANCELLED, due_at=None, updated_at=now)
    )


def _is_called_off(db: Connection, broadcast_id: int | None) -> bool:
    """Whether a broadcast was stopped; False where there is none."""
    status = select(broadcasts.c.status).where(broadcasts.c.id == broadcast_id)
    return broadcast_id is not None and db.execute(status).scalar() == "stopped"
