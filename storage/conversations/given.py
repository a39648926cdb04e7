"""The answers one person gave: the latest, and taking back all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from storage.community.contacts import rows_of
from storage.tables import answers, runs, uncounted


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that counts, and the run it was given in."""

    id: int
    run_id: int
    run_state: str
    run_language: str
    flow: str
    revision_id: int
    node: str
    outcome: str
    value: str | None
    raw: str


def lately(db: Connection, contact_id: int, since: int, limit: int) -> list[Given]:
    """Up to `limit` answers since a time (microseconds), newest first."""
    given = answers.c
    query: Select[Any] = (
        select(
            given.id, given.run_id, runs.c.state, runs.c.language, given.flow, given.revision_id, given.node,
            given.outcome, given.value, given.raw,
        )
        .join(runs, runs.c.id == given.run_id)
        .where(
            given.contact_id == contact_id,
            runs.c.contact_id == contact_id,  # by its index: answers have none by contact
            given.answered_at >= since,
            ~given.withdrawn,
        )
        .order_by(given.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [Given(*row) for row in db.execute(query)]


def take_back_all(db: Connection, contact_id: int) -> int:
    """No answer of theirs counts any more or is in a file; the rows stay until they are forgotten. Returns how many."""
    counted = rows_of(answers, contact_id), ~answers.c.withdrawn
    take_back = update(answers).where(*counted).values(withdrawn=True).returning(answers.c.id)
    rows = [{"answer_id": answer_id, "withdrawn": True} for answer_id in db.execute(take_back).scalars()]
    if rows:
        db.execute(insert(uncounted), rows)
    return len(rows)
