"""Counts within a window of time, shared by every process: limits on guessing."""

from __future__ import annotations

from sqlalchemy import Connection, case, delete, update

from storage.tables import throttles
from storage.upserts import insert


def count(db: Connection, key: bytes, now: int, window: int) -> int:
    """Count one more under a key; returns how many there were since its window began, this one too.

    Args:
        db: a transaction that writes.
        key: a keyed hash of what is counted.
        now, window: microseconds.
    """
    row = throttles.c
    over = row.began_at <= now - window
    insertion = insert(throttles).values(key=key, began_at=now, count=1)
    counted = insertion.on_conflict_do_update(
        index_elements=[row.key],
        set_={"count": case((over, 1), else_=row.count + 1), "began_at": case((over, now), else_=row.began_at)},
    ).returning(row.count)
    return int(db.execute(counted).scalar_one())


def take_back(db: Connection, key: bytes) -> None:
    """Count one less under a key."""
    row = throttles.c
    db.execute(update(throttles).where(row.key == key, row.count > 0).values(count=row.count - 1))


def prune(db: Connection, before: int) -> None:
    """Forget windows that began before a time."""
    db.execute(delete(throttles).where(throttles.c.began_at < before))
