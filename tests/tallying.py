"""The tallies as they stand, and what they must come to: counted anew from every answer, as the product never does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from storage.counting.tallies import held
from storage.counting.tally_rows import KEY, ONE, Counted, said
from storage.database import Database
from storage.tables import answers, marks, tallies

Counts = dict[tuple[Any, ...], int]
"""By `KEY`."""


def recount(database: Database) -> Counts:
    """What the tallies of answers must come to once nothing waits: every answer, and what is past."""
    given = said(ONE, ~answers.c.withdrawn).subquery()
    past = select(*(tallies.c[name] for name in KEY), tallies.c.past.label("count")).where(tallies.c.past != 0)
    with database.reading() as db:
        return held(db, given, marks.c.counted.in_((Counted.WAITS, Counted.IN)), past)


def stored(database: Database) -> Counts:
    """The tallies of answers as they stand."""
    query = select(*(tallies.c[name] for name in KEY), tallies.c.count).where(tallies.c.count != 0)
    with database.reading() as db:
        return {tuple(row[:-1]): int(row[-1]) for row in db.execute(query)}
