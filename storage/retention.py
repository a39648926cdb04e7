"""Rows that serve nobody any more."""

from __future__ import annotations

from sqlalchemy import delete, select

from storage.database import Database
from storage.tables import dues, heartbeats, runs

FORGOTTEN = 30 * 24 * 3600 * 1_000_000
"""Microseconds after which a process that was not seen again is forgotten: 30 days."""


def prune(database: Database, now: int) -> None:
    """Delete due times of runs that are over, and signs of life of processes long gone.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    over = select(runs.c.id).where(runs.c.id == dues.c.run_id, runs.c.status != "open").exists()
    with database.transaction() as db:
        db.execute(delete(dues).where(over))
        db.execute(delete(heartbeats).where(heartbeats.c.at < now - FORGOTTEN))
