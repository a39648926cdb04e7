"""Answers from a list of choices, as they were sorted, and sorting one of them again: tallies follow, words stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from storage.counting import tallies
from storage.tables import answers, picks

SORTED = ("choice", "many", "yes_no")
"""Kinds whose answers are sorted under choices."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """One answer that counts, and what it was sorted under: a choice's key, several with a space between, or none."""

    id: int
    flow: str
    revision_id: int
    node: str
    kind: str
    outcome: str
    value: str | None
    raw: str
    day: str


_ROW = tuple(answers.c[name] for name in Sorted.__dataclass_fields__)
_COUNTS = (answers.c.kind.in_(SORTED), ~answers.c.withdrawn)


def listed(
    db: Connection, flow: str, limit: int, *, node: str = "", outcome: str = "", before: int | None = None
) -> list[Sorted]:
    """The newest answers of a flow, or those older than `before`; of one question, or left in one way, where named."""
    query = select(*_ROW).where(answers.c.flow == flow, *_COUNTS).order_by(answers.c.id.desc()).limit(limit)
    if node:
        query = query.where(answers.c.node == node)
    if outcome:
        query = query.where(answers.c.outcome == outcome)
    if before is not None:
        query = query.where(answers.c.id < before)
    return [Sorted(*found) for found in db.execute(query)]


def get(db: Connection, answer_id: int) -> Sorted | None:
    """One of them, by its id."""
    found = db.execute(select(*_ROW).where(answers.c.id == answer_id, *_COUNTS)).first()
    return None if found is None else Sorted(*found)


def sort(db: Connection, answer: Sorted, keys: Sequence[str]) -> bool:
    """Sort an answer under these choices; under none: nobody can tell. False where it was changed or erased meanwhile.

    The tallies follow in this transaction.
    """
    tallies.lock(db)
    this = (answers.c.id == answer.id, answers.c.outcome == answer.outcome, *_COUNTS)
    if db.execute(select(answers.c.id).where(*this).with_for_update()).first() is None:
        return False
    tallies.take_answers_out(db, answers.c.id == answer.id)
    value, outcome = (" ".join(sorted(keys)), "answered") if keys else (None, "unclear")
    db.execute(update(answers).where(answers.c.id == answer.id).values(value=value, outcome=outcome))
    db.execute(delete(picks).where(picks.c.answer_id == answer.id))
    if answer.kind == "many" and keys:
        db.execute(insert(picks), [{"answer_id": answer.id, "choice": key} for key in keys])
    tallies.put_answers_back(db, answers.c.id == answer.id)
    return True
