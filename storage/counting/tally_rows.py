"""Which rows of the tallies answers, runs and marks stand for, as SQL: built once, run by `storage.counting.tallies`.

What is counted is grouped part by part (everybody, each mark, each of several choices), because no row of one part is
ever a row of another: grouping all of them together once more would cost as much as the rest.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, case, func, literal_column, select, text, union_all

from storage.tables import answers, marks, picks, run_tallies, runs, tallies, uncounted
from storage.upserts import Insert, insert

# Written out, here and below: values that never change would be put into the SQL anew each time it is run.
COUNTED_BY_VALUE = text("'choice', 'yes_no', 'scale', 'number', 'date', 'postcode'")
"""Kinds whose values are counted one by one; of words, only how many were given."""
MANY: ColumnElement[str] = literal_column("'many'")
PICKED: ColumnElement[str] = literal_column("'picked'")

KEY = ("flow", "revision_id", "node", "day", "channel", "language", "dimension", "part", "outcome", "value")
RUN_KEY = ("flow", "revision_id", "day", "channel", "language", "dimension", "part", "status", "waiting_node")

NOTHING: ColumnElement[str] = literal_column("''")
"""The dimension and the part of everybody."""
ONE: ColumnElement[int] = literal_column("1")


class Counted(IntEnum):
    """Where a mark stands with the tallies."""

    WAITS = 0
    """To be added."""
    IN = 1
    WITHDRAWN = 2
    """In the tallies, to be taken out."""
    OUT = 3
    """Withdrawn, and not in the tallies."""


CHANGED = (Counted.WAITS, Counted.WITHDRAWN)
HELD = (Counted.IN, Counted.WITHDRAWN)


SAID = ("id", "run_id", "kind", *(name for name in KEY if name in answers.c))
"""What is read of an answer to count it."""
IN_TALLIES = marks.c.counted.in_(text(", ".join(map(str, map(int, HELD)))))
"""A mark that the tallies know: answers that come later are counted by it too."""


def said(sign: ColumnElement[int], *which: Any) -> Select[Any]:
    """Answers to be counted, each with a sign."""
    return select(*(answers.c[name] for name in SAID), sign.label("sign")).where(*which)


def change(waits: FromClause) -> ColumnElement[int]:
    """What a row of `uncounted` will do to the tallies."""
    return case((waits.c.withdrawn, literal_column("-1")), else_=literal_column("1"))


def kept(*which: Any) -> FromClause:
    """Answers as the tallies hold them: those that count, less what is not counted yet. The signs of one answer add up.

    To be read in one statement: between two an answer may come, or be counted.
    """
    waits = said(-change(uncounted), *which).join(uncounted, uncounted.c.answer_id == answers.c.id)
    return union_all(said(ONE, ~answers.c.withdrawn, *which), waits).subquery("kept")


def answers_added(answers_said: FromClause, sign: Any, column: str = "count") -> Insert:
    """Adds answers to the tallies, whole and with every mark that is counted.

    Args:
        answers_said: what `said` or `kept` reads.
        sign: of each: its own, or the opposite to take it out.
        column: where they are added: `count`, or `past` of those that only the tallies will know.
    """
    rows = answer_rows(answers_said, sign) + answer_rows(answers_said, sign, marks, IN_TALLIES)
    return added(tallies, KEY, rows, column)


def runs_added(sign: Any, *which: Any, column: str = "count") -> Insert:
    """Adds runs to the tallies as `counted_as` says, or takes them out where `sign` is -1."""
    rows = [run_rows(sign, *which), run_rows(sign, *which, IN_TALLIES, by=marks)]
    return added(run_tallies, RUN_KEY, rows, column)


def answer_rows(answers_said: FromClause, sign: Any, by: FromClause | None = None, *which: Any) -> list[Select[Any]]:
    """The tally rows that answers stand for: one each, and one more for each choice of several.

    Args:
        answers_said: what `said` or `kept` reads.
        sign: of each.
        by: marks, those that `which` holds for: a row for each mark of its run then, in place of one for everybody.
        which: the condition on marks.
    """
    row = answers_said.c
    value = case((row.kind.in_(COUNTED_BY_VALUE), func.coalesce(row.value, NOTHING)), else_=NOTHING)
    whole = {"outcome": row.outcome, "value": value, **_borne(by)}
    picked = {"outcome": PICKED, "value": picks.c.choice, **_borne(by)}
    source = answers_said if by is None else answers_said.join(by, by.c.run_id == row.run_id)
    choices = source.join(picks, picks.c.answer_id == row.id)
    return [
        _keyed(KEY, answers_said, whole, sign).select_from(source).where(*which),
        _keyed(KEY, answers_said, picked, sign).select_from(choices).where(*which, row.kind == MANY),
    ]


def run_rows(sign: Any, *which: Any, by: FromClause | None = None) -> Select[Any]:
    """The tally rows that runs stand for; with marks, one for each mark."""
    given = {"status": runs.c.counted_as, "waiting_node": runs.c.counted_at, **_borne(by)}
    source = runs if by is None else runs.join(by, by.c.run_id == runs.c.id)
    return _keyed(RUN_KEY, runs, given, sign).select_from(source).where(*which, runs.c.counted_as.is_not(None))


def _borne(by: FromClause | None) -> dict[str, Any]:
    return {name: NOTHING if by is None else by.c[name] for name in ("dimension", "part")}


def _keyed(key: tuple[str, ...], said: FromClause, given: dict[str, Any], sign: Any) -> Select[Any]:
    columns = [(given[name] if name in given else said.c[name]).label(name) for name in key]
    return select(*columns, sign.label("count"))


def added(table: Table, key: tuple[str, ...], rows: list[Select[Any]], column: str = "count") -> Insert:
    """Adds rows, each a `count` with its key, to a column of the tallies; the parts share no key."""
    statement = insert(table).from_select([*key, column], union_all(*(_summed(key, part) for part in rows)))
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={column: table.c[column] + statement.excluded[column]}
    )


def _summed(key: tuple[str, ...], rows: Select[Any]) -> Select[Any]:
    found = rows.subquery()
    columns = [found.c[name] for name in key]
    summed = func.sum(found.c.count)
    return select(*columns, summed.label("count")).group_by(*columns).having(summed != literal_column("0"))
