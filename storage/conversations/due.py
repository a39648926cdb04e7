"""When to look at runs that wait. The time only says when: what happens is decided from the run itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from storage.database import Database
from storage.tables import runs


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run to look at, and whose it is."""

    run_id: int
    contact_id: int


def waiting(database: Database, now: int) -> bool:
    """Whether the time of any run has come."""
    with database.reading() as db:
        return db.execute(select(runs.c.id).where(runs.c.due_at <= now).limit(1)).first() is not None


def claim(database: Database, now: int, limit: int, lease: int) -> list[DueRun]:
    """Up to `limit` runs whose time has come, the longest due first; nobody else gets them for `lease` microseconds.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    chosen = select(runs.c.id).where(runs.c.due_at <= now).order_by(runs.c.due_at).limit(limit)
    with database.transaction() as db:
        rows = db.execute(
            update(runs)
            .where(runs.c.id.in_(chosen.with_for_update(skip_locked=True)))
            .values(due_at=now + lease)
            .returning(runs.c.id, runs.c.contact_id)
        )
        return [DueRun(*row) for row in rows]


def put_off(db: Connection, run_id: int, due_at: int) -> str | None:
    """Look at a run that could not be read again then; returns its flow."""
    later = update(runs).where(runs.c.id == run_id).values(due_at=due_at).returning(runs.c.flow)
    return db.execute(later).scalar()
