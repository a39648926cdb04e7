"""What people said in their own words: read, searched, labelled and reviewed by coordinators."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, literal_column, select

from storage.tables import answer_labels, answers, reviews
from storage.upserts import insert

DEPTH = 20_000
"""Words that one search looks at: no page waits until a whole region has been read."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in somebody's own words. `reviewed` is what may be handed on; None: nobody has read it for that."""

    id: int
    node: str
    words: str
    language: str
    day: str
    personal: bool
    reviewed: str | None


_ROW = (
    answers.c.id, answers.c.node, answers.c.raw, answers.c.language, answers.c.day, answers.c.personal,
    reviews.c.words,
)  # fmt: skip


def page(
    db: Connection, flow: str, before: int | None, limit: int, *, containing: str = "", label: str = ""
) -> list[Said]:
    """The newest words said in a flow, or those older than the answer `before`; all, or those that contain a text.

    A text is looked for in what is shown, the reviewed words where there are some, and in the `DEPTH` newest:
    `next_depth` says where to go on.
    """
    row = answers.c
    query = (
        select(*_ROW)
        .outerjoin(reviews, reviews.c.answer_id == row.id)
        .where(row.flow == flow, row.kind == literal_column("'text'"), row.outcome == "answered")
        .order_by(row.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(row.id < before)
    if containing:
        query = query.where(func.coalesce(reviews.c.words, row.raw).icontains(containing, autoescape=True))
        if (end := next_depth(db, flow, before)) is not None:
            query = query.where(row.id >= end)
    if label:
        query = query.where(row.id.in_(select(answer_labels.c.answer_id).where(answer_labels.c.label == label)))
    return [Said(*found) for found in db.execute(query)]


def next_depth(db: Connection, flow: str, before: int | None) -> int | None:
    """The oldest answer that a search from `before` on looks at; None where it looks at all there are."""
    row = answers.c
    query = select(row.id).where(row.flow == flow, row.kind == literal_column("'text'"))
    if before is not None:
        query = query.where(row.id < before)
    return db.execute(query.order_by(row.id.desc()).offset(DEPTH - 1).limit(1)).scalar()


def get(db: Connection, flow: str, answer_id: int) -> Said | None:
    """One answer of a flow in somebody's own words."""
    row = answers.c
    query = select(*_ROW).outerjoin(reviews, reviews.c.answer_id == row.id)
    found = db.execute(query.where(row.id == answer_id, row.flow == flow, row.kind == "text")).first()
    return None if found is None else Said(*found)


def labels_of(db: Connection, answer_ids: Collection[int]) -> dict[int, list[str]]:
    """The labels of some answers."""
    row = answer_labels.c
    found: dict[int, list[str]] = {}
    for answer_id, label in db.execute(
        select(row.answer_id, row.label).where(row.answer_id.in_(answer_ids)).order_by(row.label)
    ):
        found.setdefault(answer_id, []).append(label)
    return found


def put_label(db: Connection, answer_id: int, label: str) -> None:
    """Give an answer a label; nothing where it has it."""
    db.execute(insert(answer_labels).on_conflict_do_nothing(), {"answer_id": answer_id, "label": label})


def take_label(db: Connection, answer_id: int, label: str) -> None:
    """Take a label off an answer."""
    row = answer_labels.c
    db.execute(delete(answer_labels).where(row.answer_id == answer_id, row.label == label))


def review(db: Connection, answer_id: int, words: str, by: str, now: int) -> None:
    """Keep the words as they may be handed on. What was said stays as it is."""
    values = {"words": words, "reviewed_by": by, "reviewed_at": now}
    statement = insert(reviews).values(answer_id=answer_id, **values)
    db.execute(statement.on_conflict_do_update(index_elements=["answer_id"], set_=values))


def withdraw_review(db: Connection, answer_id: int) -> None:
    """Hand these words on no more."""
    db.execute(delete(reviews).where(reviews.c.answer_id == answer_id))
