"""How often each answer was given and how runs stand: folded in batches, each change once.

An answer, a run or a mark of a run that is not in the tallies yet waits with its flag; the tallies and the flag change
in one transaction. One process folds at a time, because a mark and an answer that are folded by two would both miss
the pair they make.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
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

from storage.counting.tally_rows import (
    CHANGED,
    HELD,
    KEY,
    NOTHING,
    RUN_KEY,
    Counted,
    added,
    answer_rows,
    answers_added,
    run_rows,
    runs_added,
)
from storage.database import Database
from storage.tables import answers, marks, run_tallies, runs, tallies
from storage.upserts import Insert

FOLDING = 0x5A_59_51
"""Name of the lock that keeps two processes from folding at once."""

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


def _oldest(table: Table, *columns: Any) -> Select[Any]:
    return select(table.c.id, *columns).where(_waits(table)).order_by(table.c.id).limit(bindparam("limit"))


_SAID = (answers.c.run_id, answers.c.kind, *(answers.c[name] for name in KEY if name in answers.c))


def _fold_answers(db: Connection, limit: int) -> int:
    if db.dialect.name == "postgresql":
        return int(db.execute(_answers_moved(), {"limit": limit}).scalar_one())
    oldest = _oldest(answers).subquery()
    last, count = db.execute(select(func.max(oldest.c.id), func.count()), {"limit": limit}).one()
    if count:
        add, mark = _answers_folded()
        db.execute(add, {"limit": limit})
        db.execute(mark, {"last": last})
    return int(count)


@lru_cache(maxsize=1)
def _answers_folded() -> Statements:
    """On SQLite, which has one writer: the oldest that wait are the same for both statements."""
    sign = case((answers.c.counted == Counted.WAITS, 1), else_=-1).label("sign")
    # A look of its own, because the planner would else begin at `picks`, and read all that are older.
    said = _oldest(answers, *_SAID, sign).cte("said")
    mine = and_(_waits(answers), answers.c.id <= bindparam("last"))
    return answers_added(said.c.sign, said=said), update(answers).where(mine).values(counted=answers.c.counted + 1)


@lru_cache(maxsize=1)
def _answers_moved() -> Select[Any]:
    """On PostgreSQL: the mark, the tallies and how many they were, in one statement and one look at each answer."""
    # As an array the planner looks the answers up one by one, however few it takes for the whole table to hold.
    # Those that were withdrawn since have changed their flag, and are left out.
    mine = and_(answers.c.id == func.any(func.array(_oldest(answers).scalar_subquery())), _waits(answers))
    sign = case((answers.c.counted == Counted.IN, 1), else_=-1).label("sign")  # what it has become
    change = update(answers).where(mine).values(counted=answers.c.counted + 1)
    moved = change.returning(answers.c.id, *_SAID, sign).cte("moved")
    counted = answers_added(moved.c.sign, said=moved).returning(literal_column("1")).cte("added")
    return select(func.count()).select_from(moved).add_cte(counted)


def _fold_runs(db: Connection, limit: int) -> int:
    ids = list(db.execute(_oldest(runs).with_for_update(), {"limit": limit}).scalars())
    if ids:
        _run_all(db, _runs_folded(db.dialect.name), ids)
    return len(ids)


@lru_cache(maxsize=2)
def _runs_folded(dialect: str) -> Statements:
    mine = _among(dialect, runs.c.id)
    now = {"counted": 1, "counted_as": runs.c.status, "counted_at": func.coalesce(runs.c.waiting_node, "")}
    return runs_added(literal(-1), mine), update(runs).where(mine).values(now), runs_added(literal(1), mine)


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
    mine = and_(_among(dialect, marks.c.run_id), marks.c.counted.in_(CHANGED))
    sign = case((marks.c.counted == Counted.WAITS, 1), else_=-1)
    by_mark = select(marks, sign.label("sign")).where(mine).subquery()
    held = answers.join(by_mark, by_mark.c.run_id == answers.c.run_id)
    mark = (by_mark.c.dimension, by_mark.c.part, by_mark.c.sign)
    begun = runs.join(by_mark, by_mark.c.run_id == runs.c.id)
    return (
        added(tallies, KEY, answer_rows(held, answers.c.counted.in_(HELD), *mark)),
        added(run_tallies, RUN_KEY, [run_rows(begun, literal_column("1 = 1"), *mark)]),
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
    db.execute(runs_added(literal(-1), which_runs))


def take_answers_out(db: Connection, which: Any) -> None:
    """Take answers out of the tallies; the caller changes or deletes them in the same transaction."""
    db.execute(answers_added(literal(-1), which))


def count_anew(db: Connection) -> None:
    """Add every answer and run that is marked as counted; the tallies hold nothing but what is past."""
    db.execute(answers_added(literal(1), answers.c.counted == Counted.IN))
    db.execute(runs_added(literal(1)))


def leave_behind(db: Connection, which_answers: Any, which_runs: Any) -> None:
    """Note that the tallies alone know of these from now on; the caller deletes them in the same transaction."""
    db.execute(answers_added(literal(1), which_answers, column="past"))
    db.execute(runs_added(literal(1), which_runs, column="past"))


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
    marked = answers.join(marks, and_(marks.c.run_id == answers.c.run_id, marks.c.counted.in_(marked_as)))
    rows = [
        *answer_rows(answers, which, NOTHING, NOTHING, literal(1)),
        *answer_rows(marked, which, marks.c.dimension, marks.c.part, literal(1)),
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
