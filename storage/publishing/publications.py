"""Results that anybody may see: frozen when they were published."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select

from storage.tables import publications
from storage.upserts import insert


@dataclass(frozen=True, slots=True)
class Publication:
    """One flow's published results. `document` is JSON, suppressed before it came here."""

    flow: str
    published_at: int
    document: str


_ONE = select(publications).where(publications.c.flow == bindparam("flow"))


def get(db: Connection, flow: str) -> Publication | None:
    """What is published of a flow; None where nothing is."""
    found = db.execute(_ONE, {"flow": flow}).first()
    return None if found is None else Publication(*found)


def publish(db: Connection, flow: str, document: str, now: int) -> None:
    """Publish a flow's results, in place of earlier ones."""
    values = {"published_at": now, "document": document}
    statement = insert(publications).values(flow=flow, **values)
    db.execute(statement.on_conflict_do_update(index_elements=["flow"], set_=values))


def withdraw(db: Connection, flow: str) -> None:
    """Show a flow's results to nobody outside any more."""
    db.execute(delete(publications).where(publications.c.flow == flow))
