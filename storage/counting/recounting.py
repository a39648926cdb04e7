"""The tallies against the answers: everything counted anew, or a sample compared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from storage.counting import tallies as counting
from storage.counting.tally_rows import KEY, Counted
from storage.database import Database
from storage.tables import answers, marks, run_tallies, runs, tallies

SAMPLE = 50_000
"""Answers back from the newest at which the last day has begun, unless it was an uncommonly busy one."""


def rebuild(database: Database) -> tuple[int, int]:
    """Count every answer, run and mark again; returns the rows of tallies before and after.

    What was deleted for its age is known to the tallies alone, and stays as it was counted.

    Raises:
        StoreUnavailableError: the store could not be reached or written; the tallies are as they were.
    """
    with database.transaction() as db:
        counting.lock(db)
        if database.is_postgresql:
            db.exec_driver_sql("SET LOCAL statement_timeout = 0")
        before = _size(db)
        for table in (tallies, run_tallies):
            db.execute(delete(table).where(table.c.past == 0))
            db.execute(update(table).values(count=table.c.past))
        for table in (answers, marks):
            db.execute(update(table).where(table.c.counted == Counted.WITHDRAWN).values(counted=Counted.OUT))
            db.execute(update(table).where(table.c.counted == Counted.WAITS).values(counted=Counted.IN))
        counted = {"counted": 1, "counted_as": runs.c.status, "counted_at": func.coalesce(runs.c.waiting_node, "")}
        db.execute(update(runs).values(counted))
        counting.count_anew(db)
        return before, _size(db)


def _size(db: Connection) -> int:
    return sum(
        int(db.execute(select(func.count()).select_from(table).where(table.c.count != 0)).scalar_one())
        for table in (tallies, run_tallies)
    )


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
    kept: dict[tuple[Any, ...], int] = {tuple(row[:-1]): int(row[-1]) for row in db.execute(rows)}
    in_tallies = (Counted.IN, Counted.WITHDRAWN)
    which = and_(answers.c.id >= _first_of(db, day), answers.c.day == day, answers.c.counted.in_(in_tallies))
    given = counting.held(db, which, in_tallies)
    keys = {*kept, *given}
    return day, len(keys), sum(kept.get(key) != given.get(key) for key in keys)


def _first_of(db: Connection, day: str) -> int:
    """An id before every answer of the last day; ids grow with time, so the store need not be read to its beginning."""
    row = db.execute(select(answers.c.id, answers.c.day).order_by(answers.c.id.desc()).offset(SAMPLE).limit(1)).first()
    return row.id if row is not None and row.day < day else 0
