"""How often each answer was given and how runs stand: folded in batches, each change once.

What the tallies do not know yet waits: an answer in `uncounted`, a run or a mark of a run with its flag. The tallies
and what waits change in one transaction. One process folds at a time, because a mark and an answer that are folded by
two would both miss the pair they make.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
    union_all,
    update,
)

from storage.counting.tally_rows import (
    CHANGED,
    KEY,
    ONE,
    RUN_KEY,
    Counted,
    added,
    answer_rows,
    answers_added,
    change,
    kept,
    run_rows,
    runs_added,
    said,
)
from storage.database import Database
from storage.drivers.statements import Statement
from storage.tables import answers, marks, run_tallies, runs, tallies, uncounted
from storage.upserts import Insert

FOLDING = 0x5A_59_51
"""Name of the lock that keeps two processes from folding at once."""

Statements = tuple[Insert | Update | Delete, ...]


def waiting(database: Database) -> bool:
    """Whether anything is not counted yet."""
    some = (
        select(uncounted.c.answer_id),
        select(runs.c.id).where(_RUNS_WAIT),
        select(marks.c.run_id).where(_MARKS_WAIT),
    )
    with database.reading() as db:
        return any(db.execute(each.limit(1)).first() for each in some)


def fold(database: Database, limit: int) -> int:
    """Count up to `limit` answers, runs and marks each, the oldest first; returns how many: none when nothing waits.

    Raises:
        StoreUnavailableError: the store could not be reached or written; nothing was counted.
    """
    return database.retrying(lambda: _fold(database, limit))


def _fold(database: Database, limit: int) -> int:
    statements = _answers_moved() if database.is_postgresql else _answers_folded()
    with database.quick() as quick:
        counted = quick.read([(statement, {"limit": limit}) for statement in statements])
        assert counted is not None  # noqa: S101 -- for the type checker; a count is always given
        folded: int = counted[0] + _fold_runs(quick.db, limit) + _fold_marks(quick.db, limit)
        quick.commit(())
        return folded


_LOCK = select(func.pg_advisory_xact_lock(literal_column(str(FOLDING))))


def lock(db: Connection) -> None:
    """Keep others from folding until this transaction ends. SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        db.execute(_LOCK)


# Written out: a planner takes a partial index only for the words of its condition.
_RUNS_WAIT: ColumnElement[bool] = literal_column("runs.counted = 0")
_MARKS_WAIT: ColumnElement[bool] = literal_column("marks.counted IN (0, 2)")
_LIMIT = bindparam("limit", type_=BigInteger)
_RUNS_THAT_WAIT = select(runs.c.id).where(_RUNS_WAIT).order_by(runs.c.id).limit(_LIMIT).with_for_update()
_MARKS_THAT_WAIT = (
    select(marks.c.run_id, marks.c.dimension, marks.c.part).where(_MARKS_WAIT).limit(_LIMIT).with_for_update()
)


def _oldest(*columns: Any) -> Select[Any]:
    """Of what waits. An answer that was taken back as well is first added."""
    row = uncounted.c
    oldest = select(*columns).select_from(uncounted).order_by(row.answer_id, row.withdrawn).limit(_LIMIT)
    return oldest.offset(literal_column("0"))  # SQLite gets one in any case, and else as a value that nobody gives


@lru_cache(maxsize=1)
def _answers_folded() -> tuple[Statement, ...]:
    """On SQLite, which has one writer: the oldest that wait are the same for both statements; and how many."""
    row = uncounted.c
    oldest = _oldest(row.answer_id, row.withdrawn)
    waits = oldest.subquery()
    # A look of its own, because the planner would else begin at `picks`, and read all that are older.
    moved = said(change(waits)).join(waits, waits.c.answer_id == answers.c.id).cte("moved")
    counted = delete(uncounted).where(tuple_(row.answer_id, row.withdrawn).in_(oldest))
    return Statement(answers_added(moved, moved.c.sign)), Statement(counted), Statement(select(func.changes()))


@lru_cache(maxsize=1)
def _answers_moved() -> tuple[Statement, ...]:
    """On PostgreSQL: what waited is deleted, counted, and how many they were, in one statement once others are done."""
    # By their places, because the planner then expects few, and looks their answers up one by one. Places stay true:
    # rows are never changed, and nobody else deletes them.
    places = _oldest(literal_column("uncounted.ctid")).correlate(None).scalar_subquery()
    mine = literal_column("uncounted.ctid") == func.any(func.array(places))
    waited = delete(uncounted).where(mine).returning(uncounted.c.answer_id, uncounted.c.withdrawn).cte("waited")
    moved = said(change(waited)).join(waited, waited.c.answer_id == answers.c.id).cte("moved")
    counted = answers_added(moved, moved.c.sign).returning(ONE).cte("added")
    return Statement(_LOCK), Statement(select(func.count()).select_from(waited).add_cte(counted))


def _fold_runs(db: Connection, limit: int) -> int:
    ids = list(db.execute(_RUNS_THAT_WAIT, {"limit": limit}).scalars())
    if ids:
        _run_all(db, _runs_folded(db.dialect.name), ids)
    return len(ids)


@lru_cache(maxsize=2)
def _runs_folded(dialect: str) -> Statements:
    mine = _among(dialect, runs.c.id)
    now = {"counted": 1, "counted_as": runs.c.status, "counted_at": func.coalesce(runs.c.waiting_node, "")}
    return runs_added(literal(-1), mine), update(runs).where(mine).values(now), runs_added(literal(1), mine)


def _fold_marks(db: Connection, limit: int) -> int:
    found = list(db.execute(_MARKS_THAT_WAIT, {"limit": limit}))
    if found:
        _run_all(db, _marks_folded(db.dialect.name), list({row.run_id for row in found}))
    return len(found)


@lru_cache(maxsize=2)
def _marks_folded(dialect: str) -> Statements:
    mine = and_(_among(dialect, marks.c.run_id), marks.c.counted.in_(CHANGED))
    sign = case((marks.c.counted == Counted.WAITS, 1), else_=-1)
    by = select(marks, sign.label("sign")).where(mine).subquery()
    given = kept(_among(dialect, answers.c.run_id))
    return (
        added(tallies, KEY, answer_rows(given, given.c.sign * by.c.sign, by)),
        added(run_tallies, RUN_KEY, [run_rows(by.c.sign, by=by)]),
        update(marks).where(mine).values(counted=marks.c.counted + 1),
    )


def _run_all(db: Connection, statements: Statements, ids: list[int]) -> None:
    given = {"ids": ids if db.dialect.name == "postgresql" else json.dumps(ids)}
    for statement in statements:
        db.execute(statement, given)


def _among(dialect: str, column: Column[Any]) -> Any:
    """One parameter for all ids: a thousand would be read and bound anew by each part of each statement."""
    if dialect == "postgresql":
        return column == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
    return column.in_(text("SELECT value FROM json_each(:ids)"))


def take_out(db: Connection, which_answers: Any, which_runs: Any) -> None:
    """Take answers and runs out of the tallies for good; the caller deletes them in the same transaction."""
    take_answers_out(db, which_answers)
    theirs = select(answers.c.id).where(which_answers)
    db.execute(delete(uncounted).where(uncounted.c.answer_id.in_(theirs)))
    db.execute(runs_added(literal(-1), which_runs))


def take_answers_out(db: Connection, which: Any) -> None:
    """Take answers out of the tallies; the caller, who holds the lock, changes them and puts them back."""
    given = kept(which)
    db.execute(answers_added(given, -given.c.sign))


def put_answers_back(db: Connection, which: Any) -> None:
    """Add answers to the tallies that were taken out; what waited to be counted still waits."""
    given = kept(which)
    db.execute(answers_added(given, given.c.sign))


def leave_behind(db: Connection, which_answers: Any, which_runs: Any) -> None:
    """Note that the tallies alone know of these from now on; the caller deletes them in the same transaction."""
    given = kept(which_answers)
    db.execute(answers_added(given, given.c.sign, column="past"))
    db.execute(runs_added(ONE, which_runs, column="past"))


def held(db: Connection, given: Any, which_marks: Any, *more: Select[Any]) -> dict[tuple[Any, ...], int]:
    """What these answers come to, whole and by each mark that `which_marks` holds for; `more` are queries that add."""
    rows = [*answer_rows(given, given.c.sign), *answer_rows(given, given.c.sign, marks, which_marks), *more]
    return added_up(db, KEY, rows)


def added_up(db: Connection, key: tuple[str, ...], rows: list[Select[Any]]) -> dict[tuple[Any, ...], int]:
    """What queries of keys and counts come to: the keys whose sum is not 0."""
    found = union_all(*rows).subquery()
    columns = [found.c[name] for name in key]
    total = func.sum(found.c.count)
    return {
        tuple(row[:-1]): int(row[-1])
        for row in db.execute(select(*columns, total).group_by(*columns).having(total != 0))
    }
