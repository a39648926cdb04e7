"""Texts of which nobody knows whether they went out, and reports about texts we do not know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, select, update

from storage.database import Database
from storage.messages import ASK_AFTER, FROM_GATEWAY, Status, forward
from storage.tables import addresses, alerts, messages, orphan_statuses
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
    run_id: int | None

    @property
    def answered(self) -> bool:
        """It was to go back in an HTTP answer: the outbox has not had it."""
        return self.attempts == 0


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
            messages.c.content, messages.c.run_id,
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
            row.id, row.contact_id, row.channel, row.gateway, address, row.body, row.attempts, tried_at, row.content,
            row.run_id,
        )  # fmt: skip
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


def is_answered(db: Connection, row: Doubtful) -> bool:
    """Whether its person has gone on with its conversation since: then it has arrived."""
    heard = select(messages.c.id).where(
        messages.c.contact_id == row.contact_id, messages.c.run_id == row.run_id, messages.c.direction == "in",
        messages.c.created_at > row.tried_at,
    )  # fmt: skip
    return not row.answered and row.run_id is not None and bool(db.execute(select(exists(heard))).scalar())


def is_behind(db: Connection, row: Doubtful) -> bool:
    """Whether its conversation has gone on without it: who is asked an old question now would answer the new one.

    A text that a person must look at, such as a cry for help, is answered however late.
    """
    mine = messages.c.contact_id == row.contact_id
    later = select(messages.c.id).where(
        mine, messages.c.run_id == row.run_id, messages.c.id > row.id, messages.c.direction == "out"
    )
    told = (
        select(messages.c.id)
        .join(alerts, alerts.c.message_id == messages.c.id)
        .where(mine, messages.c.reply_id == row.id)
    )
    return bool(db.execute(select(exists(later) & ~exists(told))).scalar())


def give_up(db: Connection, message_id: int, status: Status, now: int) -> None:
    """It is not sent any more, and ends like this."""
    db.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.status == Status.AMBIGUOUS)
        .values(status=status, due_at=None, updated_at=now)
    )


# Reports about texts we do not know.


def keep_orphan(database: Database, provider_id: str, status: str, error_code: int | None, now: int) -> bool:
    """Keep a report until its text is known, of several one that tells of a failure; False where too many wait."""
    with database.transaction() as db:
        db.execute(delete(orphan_statuses).where(orphan_statuses.c.received_at < now - ORPHANS_LAST))
        if db.execute(select(func.count()).select_from(orphan_statuses)).scalar_one() >= MOST_ORPHANS:
            return False
        row = {"provider_id": provider_id, "status": status, "error_code": error_code, "received_at": now}
        add = upsert(orphan_statuses).values(row)
        fails = and_(orphan_statuses.c.error_code.is_(None), add.excluded.error_code.is_not(None))
        worse = {"status": add.excluded.status, "error_code": add.excluded.error_code}
        db.execute(add.on_conflict_do_update(index_elements=["provider_id"], set_=worse, where=fails))
        return True


@dataclass(frozen=True, slots=True)
class Owned:
    """A text that a gateway has named, and whose it is."""

    id: int
    contact_id: int
    channel: str
    gateway: str

    @property
    def sender(self) -> str:
        """What it left by: a gateway and a channel."""
        return f"{self.gateway} {self.channel}"


def owner(db: Connection, provider_id: str) -> Owned | None:
    """Whose text this is."""
    whose = and_(addresses.c.contact_id == messages.c.contact_id, addresses.c.channel == messages.c.channel)
    found = db.execute(
        select(messages.c.id, messages.c.contact_id, messages.c.channel, addresses.c.gateway)
        .join(addresses, whose)
        .where(messages.c.provider_id == provider_id, messages.c.direction == "out")
        .limit(1)
    ).first()
    return Owned(*found) if found else None
