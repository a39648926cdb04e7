"""How often each answer was given: folded in batches, each answer once, because tally and mark change together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Select, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.database import Database
from storage.tables import answers, runs, tallies

COUNTED_BY_VALUE = ("choice", "yes_no", "scale", "number")
"""Kinds whose values are counted one by one; of words, only how many were given."""

_KEY = ("flow", "node", "day", "channel", "language", "outcome", "value")


@dataclass(frozen=True, slots=True)
class Tally:
    """So many answers of one kind at one question, by one channel, in one language."""

    node: str
    outcome: str
    value: str
    channel: str
    language: str
    count: int


@dataclass(frozen=True, slots=True)
class WaitingRuns:
    """So many runs that were asked a question and have not left it, or never will."""

    waiting_node: str
    channel: str
    language: str
    count: int


def waiting(database: Database) -> bool:
    """Whether any answer is not counted yet."""
    with database.reading() as db:
        return db.execute(select(answers.c.id).where(answers.c.counted == 0).limit(1)).first() is not None


def fold(database: Database, limit: int) -> int:
    """Count up to `limit` answers, the oldest first; returns how many: none when nothing waits.

    Raises:
        StoreUnavailableError: the store could not be reached or written; nothing was counted.
    """
    return database.retrying(lambda: _fold(database, limit))


def _fold(database: Database, limit: int) -> int:
    chosen = select(answers.c.id).where(answers.c.counted == 0).order_by(answers.c.id).limit(limit)
    with database.transaction() as db:
        if database.is_postgresql:
            # Two that fold at once take different answers, and touch the same tallies in the same order.
            ids = list(db.execute(chosen.with_for_update(skip_locked=True)).scalars())
            mine = answers.c.id == func.any(literal(ids))
        else:
            mine = answers.c.id.in_(chosen)
        _add(db, select(*_key_of_answers()).where(mine).subquery())
        return db.execute(update(answers).where(mine).values(counted=1)).rowcount


def _add(db: Connection, uncounted: FromClause) -> None:
    statement = insert(tallies).from_select(
        [*_KEY, "count"], _counts(uncounted).order_by(*(uncounted.c[name] for name in _KEY))
    )
    db.execute(
        statement.on_conflict_do_update(
            index_elements=list(_KEY), set_={"count": tallies.c.count + statement.excluded.count}
        )
    )


def _key_of_answers() -> list[Any]:
    value = case((answers.c.kind.in_(COUNTED_BY_VALUE), func.coalesce(answers.c.value, "")), else_="")
    return [value.label("value") if name == "value" else answers.c[name] for name in _KEY]


def _counts(source: FromClause) -> Select[Any]:
    key = [source.c[name] for name in _KEY]
    return select(*key, func.count().label("count")).group_by(*key)


def recount(database: Database) -> dict[tuple[str, ...], int]:
    """What the tallies must come to once nothing waits: every answer counted anew. Changes nothing.

    The key is flow, node, day, channel, language, outcome and value.
    """
    with database.reading() as db:
        rows = db.execute(_counts(select(*_key_of_answers()).subquery()))
        return {tuple(row[:-1]): row[-1] for row in rows}


def stored(database: Database) -> dict[tuple[str, ...], int]:
    """The tallies as they stand, keyed like `recount`."""
    with database.reading() as db:
        return {
            tuple(row[:-1]): row[-1] for row in db.execute(select(*(tallies.c[name] for name in _KEY), tallies.c.count))
        }


def by_question(db: Connection, flow: str) -> Iterator[Tally]:
    """A flow's tallies over all days."""
    key = (tallies.c.node, tallies.c.outcome, tallies.c.value, tallies.c.channel, tallies.c.language)
    # PostgreSQL's sum of whole numbers is a decimal.
    rows = db.execute(select(*key, func.sum(tallies.c.count)).where(tallies.c.flow == flow).group_by(*key))
    return (Tally(*row[:-1], int(row[-1])) for row in rows)


def waiting_runs(db: Connection, flow: str) -> Iterator[WaitingRuns]:
    """A flow's runs by the question they were asked last and have not left."""
    key = (runs.c.waiting_node, runs.c.channel, runs.c.language)
    asked = (runs.c.flow == flow, runs.c.waiting_node.is_not(None))
    return (WaitingRuns(*row) for row in db.execute(select(*key, func.count()).where(*asked).group_by(*key)))
