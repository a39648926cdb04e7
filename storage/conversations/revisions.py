"""Revisions of flows: published once, kept for good, because runs and answers are pinned to them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.database import Database
from storage.ids import new_id
from storage.tables import revisions
from storage.upserts import insert


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """One revision: the flow's id and its YAML."""

    flow: str
    source: str


def publish(database: Database, flow: str, hash: str, source: str, now: int) -> int:
    """The stored id of a revision, stored now where it was not; safe when several processes publish at once.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    found = find(database, flow, hash)
    if found is not None:
        return found
    stored = select(revisions.c.id).where(revisions.c.flow == flow, revisions.c.hash == hash)
    with database.transaction() as db:
        row = {"id": new_id(), "flow": flow, "hash": hash, "source": source, "published_at": now}
        db.execute(insert(revisions).on_conflict_do_nothing(), row)
        made: int = db.execute(stored).scalar_one()
    return made


def find(database: Database, flow: str, hash: str) -> int | None:
    """The stored id of a revision; None where it was never published.

    Raises:
        StoreUnavailableError: the store could not be reached.
    """
    with database.reading() as db:
        found: int | None = db.execute(
            select(revisions.c.id).where(revisions.c.flow == flow, revisions.c.hash == hash)
        ).scalar()
    return found


def get(database: Database, revision_id: int) -> StoredRevision:
    """The revision a run is pinned to.

    Raises:
        StoreUnavailableError: the store could not be reached.
    """
    with database.reading() as db:
        row = db.execute(select(revisions.c.flow, revisions.c.source).where(revisions.c.id == revision_id)).one()
    return StoredRevision(row.flow, row.source)


def known(database: Database) -> dict[tuple[str, str], int]:
    """The stored id of every revision, by its flow and hash.

    Raises:
        StoreUnavailableError: the store could not be reached.
    """
    with database.reading() as db:
        return {
            (row.flow, row.hash): row.id
            for row in db.execute(select(revisions.c.id, revisions.c.flow, revisions.c.hash))
        }


def ids(database: Database) -> list[int]:
    """Every revision of every flow.

    Raises:
        StoreUnavailableError: the store could not be reached.
    """
    with database.reading() as db:
        return list(db.execute(select(revisions.c.id)).scalars())


def naming(db: Connection, word: str) -> list[StoredRevision]:
    """Every revision with a word in it, of any flow."""
    named = revisions.c.source.contains(word, autoescape=True)
    return [StoredRevision(*row) for row in db.execute(select(revisions.c.flow, revisions.c.source).where(named))]


def every(db: Connection, flow: str) -> list[StoredRevision]:
    """Every revision of a flow that was ever published, oldest first."""
    rows = db.execute(
        select(revisions.c.flow, revisions.c.source).where(revisions.c.flow == flow).order_by(revisions.c.published_at)
    )
    return [StoredRevision(*row) for row in rows]
