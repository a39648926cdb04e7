"""How the day goes, in figures: read by ranges of ids, so that a full store is as quick as an empty one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, literal_column, select

from storage.ids import id_at
from storage.tables import answers, messages


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A question that people could not answer, and how many of them."""

    flow: str
    node: str
    count: int


def answers_since(db: Connection, at: int) -> int:
    """How many answers were given since a time."""
    row = answers.c
    counted = select(func.count()).where(row.id >= id_at(at), row.outcome == "answered")
    return int(db.execute(counted).scalar_one())


def texts_since(db: Connection, at: int) -> int:
    """How many texts came in since a time."""
    row = messages.c
    counted = select(func.count()).where(row.id >= id_at(at), row.direction == "in")
    return int(db.execute(counted).scalar_one())


def puzzles_since(db: Connection, at: int, limit: int) -> list[Puzzle]:
    """The questions most often left unclear since a time, the worst first."""
    row = answers.c
    query = (
        select(row.flow, row.node, func.count().label("times"))
        .where(row.id >= id_at(at), row.outcome == literal_column("'unclear'"))
        .group_by(row.flow, row.node)
        .order_by(func.count().desc(), row.flow, row.node)
        .limit(limit)
    )
    return [Puzzle(*found) for found in db.execute(query)]
