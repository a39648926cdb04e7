"""How often each answer was given and how runs stand: folded in batches, each change once.

An answer, a run or a mark of a run that is not in the tallies yet waits with its flag; the tallies and the flag change
in one transaction. One process folds at a time, because a mark and an answer that are folded by two would both miss
the pair they make.
"""

from __future__ import annotations

import json
from enum import IntEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    FromClause,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert

from storage.database import Database
from storage.tables import answers, marks, picks, run_tallies, runs, tallies

COUNTED_BY_VALUE = ("choice", "yes_no", "scale", "number", "date", "postcode")
"""Kinds whose values are counted one by one; of words, only how many were given."""
MANY = "many"
PICKED = "picked"
FOLDING = 0x5A_59_51
"""Name of the lock that keeps two processes from folding at once."""

KEY = ("flow", "revision_id", "node", "day", "channel", "language", "dimension", "part", "outcome", "value")
RUN_KEY = ("flow", "revision_id", "day", "channel", "language", "dimension", "part", "status", "waiting_node")


class Counted(IntEnum):
    """Where an answer or a mark stands with the tallies."""

    WAITS = 0
    """To be added."""
    IN = 1
    WITHDRAWN = 2
    """In the tallies, to be taken out."""
    OUT = 3
    """Withdrawn, and not in the tallies."""


_CHANGED = (Counted.WAITS, Counted.WITHDRAWN)
_HELD = (Counted.IN, Counted.WITHDRAWN)

Statements = tuple[Insert | Update, ...]


def waiting(database: Database) -> bool:
    """Whether anything is not counted yet."""
    with database.reading() as db:
        return any(
            db.execute(select(_id(table)).where(_waits(table)).limit(1)).first() for table in (answers, runs, marks)
        )


def fold(database: Database, limit: int) -> int:
    """Count up to `limit` answers, runs and marks each, the oldest first; returns how many: none when nothing waits.

    Raises:
        StoreUnavailableError: the store could not be reached or written; nothing was counted.
    """
    return database.retrying(lambda: _fold(database, limit))


def _fold(database: Database, limit: int) -> int:
    with database.transaction() as db:
        lock(db)
        return _fold_answers(db, limit) + _fold_runs(db, limit) + _fold_marks(db, limit)


def lock(db: Connection) -> None:
    """Keep others from folding until this transaction ends. SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(FOLDING)))


def _id(table: Table) -> Column[Any]:
    return table.c.run_id if table is marks else table.c.id


def _waits(table: Table) -> Any:
    # Written out: a planner takes a partial index only for the words of its condition.
    return literal_column("runs.counted = 0" if table is runs else f"{table.name}.counted IN (0, 2)")


def _oldest(db: Connection, table: Table, limit: int) -> list[int]:
    found = select(table.c.id).where(_waits(table)).order_by(table.c.id).limit(limit).with_for_update()
    return list(db.execute(found).scalars())


def _fold_answers(db: Connection, limit: int) -> int:
    ids = _oldest(db, answers, limit)
    if ids:
        _run_all(db, _answers_folded(db.dialect.name), ids)
    return len(ids)


@lru_cache(maxsize=2)
def _answers_folded(dialect: str) -> Statements:
    mine = _among(dialect, answers.c.id)
    added = _answers_added(mine, case((answers.c.counted == Counted.WAITS, 1), else_=-1))
    return added, update(answers).where(mine).values(counted=answers.c.counted + 1)


def _fold_runs(db: Connection, limit: int) -> int:
    ids = _oldest(db, runs, limit)
    if ids:
        _run_all(db, _runs_folded(db.dialect.name), ids)
    return len(ids)


@lru_cache(maxsize=2)
def _runs_folded(dialect: str) -> Statements:
    mine = _among(dialect, runs.c.id)
    now = {"counted": 1, "counted_as": runs.c.status, "counted_at": func.coalesce(runs.c.waiting_node, "")}
    return _runs_added(mine, literal(-1)), update(runs).where(mine).values(now), _runs_added(mine, literal(1))


def _fold_marks(db: Connection, limit: int) -> int:
    found = list(
        db.execute(
            select(marks.c.run_id, marks.c.dimension, marks.c.part).where(_waits(marks)).limit(limit).with_for_update()
        )
    )
    if found:
        _run_all(db, _marks_folded(db.dialect.name), list({row.run_id for row in found}))
    return len(found)


@lru_cache(maxsize=2)
def _marks_folded(dialect: str) -> Statements:
    mine = and_(_among(dialect, marks.c.run_id), marks.c.counted.in_(_CHANGED))
    sign = case((marks.c.counted == Counted.WAITS, 1), else_=-1)
    by_mark = select(marks, sign.label("sign")).where(mine).subquery()
    held = answers.join(by_mark, by_mark.c.run_id == answers.c.run_id)
    mark = (by_mark.c.dimension, by_mark.c.part, by_mark.c.sign)
    begun = runs.join(by_mark, by_mark.c.run_id == runs.c.id)
    return (
        _added(tallies, KEY, _answer_rows(held, answers.c.counted.in_(_HELD), *mark)),
        _added(run_tallies, RUN_KEY, [_run_rows(begun, literal_column("1 = 1"), *mark)]),
        update(marks).where(mine).values(counted=marks.c.counted + 1),
    )


def _run_all(db: Connection, statements: Statements, ids: list[int]) -> None:
    given = {"ids": ids if db.dialect.name == "postgresql" else json.dumps(ids)}
    for statement in statements:
        db.execute(statement, given)


def _answers_added(which: Any, sign: Any, column: str = "count") -> Insert:
    """Adds answers to the tallies, or takes them out where `sign` is -1: whole, and with every mark that is counted."""
    nothing = literal("")
    marked = answers.join(marks, marks.c.run_id == answers.c.run_id)
    held = and_(which, marks.c.counted.in_(_HELD))
    rows = _answer_rows(answers, which, nothing, nothing, sign)
    return _added(tallies, KEY, rows + _answer_rows(marked, held, marks.c.dimension, marks.c.part, sign), column)


def _runs_added(which: Any, sign: Any, column: str = "count") -> Insert:
    """Adds runs to the tallies as `counted_as` says, or takes them out where `sign` is -1."""
    nothing = literal("")
    marked = runs.join(marks, marks.c.run_id == runs.c.id)
    held = and_(which, marks.c.counted.in_(_HELD))
    rows = [_run_rows(runs, which, nothing, nothing, sign)]
    return _added(run_tallies, RUN_KEY, [*rows, _run_rows(marked, held, marks.c.dimension, marks.c.part, sign)], column)


def _answer_rows(source: FromClause, which: Any, dimension: Any, part: Any, sign: Any) -> list[Select[Any]]:
    """The tally rows that answers stand for: one each, and one more for each choice of several."""
    value = case((answers.c.kind.in_(COUNTED_BY_VALUE), func.coalesce(answers.c.value, "")), else_="")
    picked = source.join(picks, picks.c.answer_id == answers.c.id)
    return [
        _keyed(answers.c.outcome, value, dimension, part, sign).select_from(source).where(which),
        _keyed(literal(PICKED), picks.c.choice, dimension, part, sign).select_from(picked).where(which),
    ]


def _keyed(outcome: Any, value: Any, dimension: Any, part: Any, sign: Any) -> Select[Any]:
    given = {"outcome": outcome, "value": value, "dimension": dimension, "part": part}
    columns = [(given[name] if name in given else answers.c[name]).label(name) for name in KEY]
    return select(*columns, sign.label("count"))


def _run_rows(source: FromClause, which: Any, dimension: Any, part: Any, sign: Any) -> Select[Any]:
    given = {"status": runs.c.counted_as, "waiting_node": runs.c.counted_at, "dimension": dimension, "part": part}
    columns = [(given[name] if name in given else runs.c[name]).label(name) for name in RUN_KEY]
    return select(*columns, sign.label("count")).select_from(source).where(which, runs.c.counted_as.is_not(None))


def _among(dialect: str, column: Column[Any]) -> Any:
    """One parameter for all ids: a thousand would be read and bound anew by each part of each statement."""
    if dialect == "postgresql":
        return column == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
    return column.in_(text("SELECT value FROM json_each(:ids)"))


def _added(table: Table, key: tuple[str, ...], rows: list[Select[Any]], column: str = "count") -> Insert:
    found = union_all(*rows).subquery()
    columns = [found.c[name] for name in key]
    summed = (
        select(*columns, func.sum(found.c.count).label("count"))
        .group_by(*columns)
        .having(func.sum(found.c.count) != 0)
        .order_by(*columns)
    )
    statement = insert(table).from_select([*key, column], summed)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={column: table.c[column] + statement.excluded[column]}
    )


def take_out(db: Connection, which_answers: Any, which_runs: Any) -> None:
    """Take answers and runs out of the tallies for good; the caller deletes them in the same transaction."""
    take_answers_out(db, which_answers)
    db.execute(_runs_added(which_runs, literal(-1)))


def take_answers_out(db: Connection, which: Any) -> None:
    """Take answers out of the tallies; the caller changes or deletes them in the same transaction."""
    db.execute(_answers_added(which, literal(-1)))


def count_anew(db: Connection) -> None:
    """Add every answer and run that is marked as counted; the tallies hold nothing but what is past."""
    db.execute(_answers_added(answers.c.counted == Counted.IN, literal(1)))
    db.execute(_runs_added(literal_column("1 = 1"), literal(1)))


def leave_behind(db: Connection, which_answers: Any, which_runs: Any) -> None:
    """Note that the tallies alone know of these from now on; the caller deletes them in the same transaction."""
    db.execute(_answers_added(which_answers, literal(1), "past"))
    db.execute(_runs_added(which_runs, literal(1), "past"))


def recount(database: Database, flow: str | None = None) -> dict[tuple[Any, ...], int]:
    """What the tallies of answers must come to once nothing waits: every answer counted anew, and what is past.

    The key is `KEY`; with `flow`, of that flow alone. Changes nothing.
    """
    only = [answers.c.flow == flow] if flow else []
    past = select(*(tallies.c[name] for name in KEY), tallies.c.past.label("count")).where(tallies.c.past != 0)
    with database.reading() as db:
        return held(
            db,
            and_(answers.c.counted.in_((Counted.WAITS, Counted.IN)), *only),
            (Counted.WAITS, Counted.IN),
            past.where(tallies.c.flow == flow) if flow else past,
        )


def held(db: Connection, which: Any, marked_as: tuple[Counted, ...], *more: Any) -> dict[tuple[Any, ...], int]:
    """What these answers come to, whole and by each mark that stands so; `more` are queries that add to it."""
    nothing = literal("")
    marked = answers.join(marks, and_(marks.c.run_id == answers.c.run_id, marks.c.counted.in_(marked_as)))
    rows = [
        *_answer_rows(answers, which, nothing, nothing, literal(1)),
        *_answer_rows(marked, which, marks.c.dimension, marks.c.part, literal(1)),
        *more,
    ]
    found = union_all(*rows).subquery()
    columns = [found.c[name] for name in KEY]
    rows_found = db.execute(select(*columns, func.sum(found.c.count)).group_by(*columns))
    return {tuple(row[:-1]): int(row[-1]) for row in rows_found}


def stored(database: Database, flow: str | None = None) -> dict[tuple[Any, ...], int]:
    """The tallies of answers as they stand, keyed like `recount`; with `flow`, of that flow alone."""
    query = select(*(tallies.c[name] for name in KEY), tallies.c.count).where(tallies.c.count != 0)
    with database.reading() as db:
        rows = db.execute(query.where(tallies.c.flow == flow) if flow else query)
        return {tuple(row[:-1]): int(row[-1]) for row in rows}
