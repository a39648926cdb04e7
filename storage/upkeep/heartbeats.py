"""Which processes live, and what they last saw."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from storage.database import Database
from storage.tables import heartbeats
from storage.upserts import insert

RESTORED = "restored"
"""Marks when this store was made from a backup: what people wrote before that may have been answered."""


def beat(database: Database, name: str, detail: str, now: int) -> None:
    """Leave a sign of life.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    with database.transaction() as db:
        note(db, name, detail, now)


def note(db: Connection, name: str, detail: str, now: int) -> None:
    """The same, committed with the caller's transaction."""
    statement = insert(heartbeats).values(name=name, at=now, detail=detail)
    db.execute(statement.on_conflict_do_update(index_elements=[heartbeats.c.name], set_={"at": now, "detail": detail}))


def read(db: Connection) -> dict[str, tuple[int, str]]:
    """When each was last seen, and what it said."""
    return {row.name: (row.at, row.detail) for row in db.execute(select(heartbeats))}


def are_live(db: Connection, names: Collection[str], since: int) -> bool:
    """Whether each of these was seen since then, and found nothing wrong."""
    live = (heartbeats.c.name.in_(names), heartbeats.c.at >= since, heartbeats.c.detail == "ok")
    return db.execute(select(func.count()).where(*live)).scalar_one() == len(names)
