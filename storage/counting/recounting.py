"""The tallies against the answers: everything counted anew, or a sample compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, or_, select, update

from storage.counting import tallies as counting
from storage.counting.tally_rows import IN_TALLIES, KEY, ONE, RUN_KEY, answer_rows, kept, run_rows
from storage.database import Database
from storage.tables import answers, marks, run_tallies, runs, tallies
from storage.upserts import insert

SAMPLE = 50_000
"""Answers back from the newest at which the last day has begun, unless it was an uncommonly busy one."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many tallies there are, what they come to, and how many of them were wrong and are right now."""

    tallies: int
    sum: int
    wrong: int


def rebuild(database: Database) -> Rebuilt:
    """Count every answer, run and mark again, mend each tally by what it is short of or beyond, and count what waits.

    By how much a tally is wrong stays the same while people answer and workers count, who only add to it: so everything
    is read in one view of the store, and nobody waits but for the mending. What was deleted for its age is known to the
    tallies alone, and stays as it was counted.

    Raises:
        StoreUnavailableError: the store could not be reached or written; the tallies are as they were, or right.
    """
    with database.reading() as db:
        if database.is_postgresql:
            db.exec_driver_sql("SET LOCAL statement_timeout = 0")
        short = [(table, key, counting.added_up(db, key, rows)) for table, key, rows in _all()]
    with database.transaction() as db:
        counting.lock(db)
        for table, key, found in short:
            _mend(db, table, key, found)
        db.execute(update(runs).where(runs.c.counted != 0, _stands_otherwise()).values(counted=0))
    while counting.fold(database, SAMPLE):
        pass
    with database.reading() as db:
        sizes = [_size(db, table) for table in (tallies, run_tallies)]
    return Rebuilt(
        sum(size for size, _ in sizes), sum(total for _, total in sizes), sum(len(each[2]) for each in short)
    )


def _all() -> list[tuple[Table, tuple[str, ...], list[Select[Any]]]]:
    """Each table of tallies, its key, and the queries that add up to what it is short of."""
    given = kept()
    of_answers = answer_rows(given, given.c.sign) + answer_rows(given, given.c.sign, marks, IN_TALLIES)
    of_runs = [run_rows(ONE), run_rows(ONE, IN_TALLIES, by=marks)]
    return [
        (tallies, KEY, [*of_answers, _less(tallies, KEY)]),
        (run_tallies, RUN_KEY, [*of_runs, _less(run_tallies, RUN_KEY)]),
    ]


def _less(table: Table, key: tuple[str, ...]) -> Select[Any]:
    return select(*(table.c[name] for name in key), (table.c.past - table.c.count).label("count"))


def _mend(db: Connection, table: Table, key: tuple[str, ...], short: dict[tuple[Any, ...], int]) -> None:
    names = (*key, "count")
    statement = insert(table).values({name: bindparam(name) for name in names})
    add = statement.on_conflict_do_update(
        index_elements=list(key), set_={"count": table.c["count"] + statement.excluded["count"]}
    )
    if short:
        db.execute(add, [dict(zip(names, (*of, count), strict=True)) for of, count in short.items()])


def _stands_otherwise() -> Any:
    """Runs that the tallies hold for what they are not, though nothing says that they wait."""
    at = func.coalesce(runs.c.waiting_node, "")
    return or_(runs.c.counted_as.is_distinct_from(runs.c.status), runs.c.counted_at.is_distinct_from(at))


def _size(db: Connection, table: Table) -> tuple[int, int]:
    row = db.execute(select(func.count(), func.sum(table.c["count"])).where(table.c["count"] != 0)).one()
    return int(row[0]), int(row[1] or 0)


def compare(db: Connection) -> tuple[str, int, int] | None:
    """The last day with tallies, how many it has, and how many of them are not what its answers come to.

    One view of the store: what waits to be counted is on neither side. None where nothing was counted yet.
    """
    day: str | None = db.execute(select(func.max(tallies.c.day))).scalar()
    if day is None:
        return None
    count_of_answers = tallies.c.count - tallies.c.past
    rows = select(*(tallies.c[name] for name in KEY), count_of_answers).where(
        tallies.c.day == day, count_of_answers != 0
    )
    stored: dict[tuple[Any, ...], int] = {tuple(row[:-1]): int(row[-1]) for row in db.execute(rows)}
    given = counting.held(db, kept(answers.c.id >= _first_of(db, day), answers.c.day == day), IN_TALLIES)
    keys = {*stored, *given}
    return day, len(keys), sum(stored.get(key) != given.get(key) for key in keys)


def _first_of(db: Connection, day: str) -> int:
    """An id before every answer of the last day; ids grow with time, so the store need not be read to its beginning."""
    row = db.execute(select(answers.c.id, answers.c.day).order_by(answers.c.id.desc()).offset(SAMPLE).limit(1)).first()
    return row.id if row is not None and row.day < day else 0
