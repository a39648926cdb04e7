"""Addresses from which a spreadsheet refreshes a shared table: until when, for which flow, and what was given last."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from storage.ids import new_id
from storage.tables import feeds


@dataclass(frozen=True, slots=True)
class Feed:
    """One address. `by` are breakdowns with commas between; `table` the CSV given since `table_at` (microseconds)."""

    id: int
    flow: str
    by: str
    expires_at: int
    revoked_at: int | None
    table_at: int
    table: str


_ROW = tuple(feeds.c[name] for name in Feed.__dataclass_fields__)


def add(db: Connection, flow: str, by: str, expires_at: int, table: str, now: int) -> int:
    """A new address, with its first table; returns its id."""
    feed_id = new_id()
    row = {"id": feed_id, "flow": flow, "by": by, "expires_at": expires_at, "table": table, "table_at": now}
    db.execute(insert(feeds), row)
    return feed_id


def get(db: Connection, feed_id: int) -> Feed | None:
    """One address; None where there never was one."""
    found = db.execute(select(*_ROW).where(feeds.c.id == feed_id)).first()
    return None if found is None else Feed(*found)


def every(db: Connection) -> list[Feed]:
    """Every address there ever was, oldest first."""
    return [Feed(*found) for found in db.execute(select(*_ROW).order_by(feeds.c.id))]


def keep(db: Connection, feed_id: int, table: str, now: int) -> None:
    """From now on this table is given."""
    db.execute(update(feeds).where(feeds.c.id == feed_id).values(table=table, table_at=now))


def revoke(db: Connection, feed_id: int, now: int) -> bool:
    """Give nothing at this address any more; False where it had ended, or never was."""
    change = update(feeds).where(feeds.c.id == feed_id, feeds.c.revoked_at.is_(None), feeds.c.expires_at > now)
    return db.execute(change.values(revoked_at=now, table="")).rowcount == 1
