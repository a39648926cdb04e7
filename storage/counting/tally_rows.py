"""Which rows of the tallies answers, runs and marks stand for, as SQL: built once, run by `storage.counting.tallies`.

What is counted is grouped part by part (everybody, each mark, each of several choices), because no row of one part is
ever a row of another: grouping all of them together once more would cost as much as the rest.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, case, func, literal_column, select, union_all

from storage.tables import answers, marks, picks, run_tallies, runs, tallies
from storage.upserts import Insert, insert

COUNTED_BY_VALUE = ("choice", "yes_no", "scale", "number", "date", "postcode")
"""Kinds whose values are counted one by one; of words, only how many were given."""
MANY = "many"
PICKED = "picked"

KEY = ("flow", "revision_id", "node", "day", "channel", "language", "dimension", "part", "outcome", "value")
RUN_KEY = ("flow", "revision_id", "day", "channel", "language", "dimension", "part", "status", "waiting_node")

NOTHING: ColumnElement[str] = literal_column("''")
"""The dimension and the part of everybody."""


class Counted(IntEnum):
    """Where an answer or a mark stands with the tallies."""

    WAITS = 0
    """To be added."""
    IN = 1
    WITHDRAWN = 2
    """In the tallies, to be taken out."""
    OUT = 3
    """Withdrawn, and not in the tallies."""


CHANGED = (Counted.WAITS, Counted.WITHDRAWN)
HELD = (Counted.IN, Counted.WITHDRAWN)


EACH: ColumnElement[bool] = literal_column("1 = 1")


def answers_added(sign: Any, which: Any = EACH, said: FromClause = answers, column: str = "count") -> Insert:
    """Adds answers to the tallies, or takes them out where `sign` is -1: whole, and with every mark that is counted.

    Args:
        sign: an expression of each.
        which: the condition on them.
        said: where they are read; a table with the columns of `answers` that matter here.
        column: where they are added: `count`, or `past` of those that only the tallies will know.
    """
    marked = said.join(marks, marks.c.run_id == said.c.run_id)
    held = and_(which, marks.c.counted.in_(HELD))
    rows = answer_rows(said, which, NOTHING, NOTHING, sign, said)
    return added(tallies, KEY, rows + answer_rows(marked, held, marks.c.dimension, marks.c.part, sign, said), column)


def runs_added(sign: Any, which: Any = EACH, column: str = "count") -> Insert:
    """Adds runs to the tallies as `counted_as` says, or takes them out where `sign` is -1."""
    marked = runs.join(marks, marks.c.run_id == runs.c.id)
    held = and_(which, marks.c.counted.in_(HELD))
    rows = [run_rows(runs, which, NOTHING, NOTHING, sign)]
    return added(run_tallies, RUN_KEY, [*rows, run_rows(marked, held, marks.c.dimension, marks.c.part, sign)], column)


def answer_rows(
    source: FromClause, which: Any, dimension: Any, part: Any, sign: Any, said: FromClause = answers
) -> list[Select[Any]]:
    """The tally rows that answers stand for: one each, and one more for each choice of several."""
    value = case((said.c.kind.in_(COUNTED_BY_VALUE), func.coalesce(said.c.value, "")), else_="")
    picked = source.join(picks, picks.c.answer_id == said.c.id)
    shared = {"dimension": dimension, "part": part}
    return [
        _keyed(KEY, said, {"outcome": said.c.outcome, "value": value, **shared}, sign).select_from(source).where(which),
        _keyed(KEY, said, {"outcome": literal_column(f"'{PICKED}'"), "value": picks.c.choice, **shared}, sign)
        .select_from(picked)
        .where(which, said.c.kind == MANY),
    ]


def run_rows(source: FromClause, which: Any, dimension: Any, part: Any, sign: Any) -> Select[Any]:
    """The tally row that a run stands for."""
    given = {"status": runs.c.counted_as, "waiting_node": runs.c.counted_at, "dimension": dimension, "part": part}
    found = _keyed(RUN_KEY, runs, given, sign)
    return found.select_from(source).where(which, runs.c.counted_as.is_not(None))


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
    return select(*columns, summed.label("count")).group_by(*columns).having(summed != 0)
