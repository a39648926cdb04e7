"""What tables are made from: a flow's tallies, whole and by one breakdown, for everybody or for some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage.tables import marks, revisions, run_tallies, runs, tallies

GROUP = "group"
ANSWERED_FOR = "answered_for"
"""The mark of runs in which another person wrote: a carer, an interpreter. They are always counted apart as well."""
BUILT_IN = ("channel", "language", "day", "week", "month", "revision")
"""Breakdowns that every answer has; the others are marks of runs."""
BY_DAY = frozenset({"day", "week", "month"})
"""Breakdowns by when something happened: an answer on its own day, which may be later than that its run began."""
REVISION_DIGITS = 12
"""Digits of a revision's hash that name it in files."""
CERTAINLY_MANY = 1_000
"""Runs in a part of everybody beyond which people are not counted: that so few people made so many is not believed."""

Column = tuple[str, str]
WHOLE: Column = ("", "")


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose answers are counted: everybody's, but for what is named. Days are local, both ends included."""

    since: str = ""
    until: str = ""
    channel: str = ""
    language: str = ""
    group: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether people are left out by who they are, not only by when they answered."""
        return bool(self.channel or self.language or self.group)


@dataclass(frozen=True, slots=True)
class Tally:
    """So many answers of one kind at one question, in one part of everybody."""

    node: str
    outcome: str
    value: str
    column: Column
    count: int


@dataclass(frozen=True, slots=True)
class RunTally:
    """So many runs that stand like this, in one part of everybody."""

    status: str
    waiting_node: str
    column: Column
    count: int


def answers_of(db: Connection, flow: str, whom: Whom, breakdowns: Sequence[str]) -> Iterator[Tally]:
    """A flow's answers, whole and by each breakdown."""
    names = revision_names(db, flow) if "revision" in breakdowns else {}
    for dimension in ("", *breakdowns):
        part = _part(tallies, dimension)
        key = (tallies.c.node, tallies.c.outcome, tallies.c.value, part)
        for row in db.execute(_summed(tallies, key, flow, whom, dimension)):
            yield Tally(row[0], row[1], row[2], (dimension, _named(dimension, row[3], names)), int(row[4]))


def runs_of(db: Connection, flow: str, whom: Whom, breakdowns: Sequence[str]) -> Iterator[RunTally]:
    """A flow's runs, whole and by each breakdown."""
    names = revision_names(db, flow) if "revision" in breakdowns else {}
    for dimension in ("", *breakdowns):
        part = _part(run_tallies, dimension)
        key = (run_tallies.c.status, run_tallies.c.waiting_node, part)
        for row in db.execute(_summed(run_tallies, key, flow, whom, dimension)):
            yield RunTally(row[0], row[1], (dimension, _named(dimension, row[2], names)), int(row[3]))


def week_of(day: str) -> str:
    """The Monday of the week a day (YYYY-MM-DD) is in."""
    then = date.fromisoformat(day)
    return (then - timedelta(days=then.weekday())).isoformat()


def revision_names(db: Connection, flow: str) -> dict[int, str]:
    """What the revisions of a flow are called in files, by number."""
    found = db.execute(select(revisions.c.id, revisions.c.hash).where(revisions.c.flow == flow))
    return {number: name[:REVISION_DIGITS] for number, name in found}


def part_of_day(dimension: str, day: str) -> str:
    """The day, week or month a day is in."""
    return week_of(day) if dimension == "week" else day[:7] if dimension == "month" else day


def _named(dimension: str, part: Any, revision_names: Mapping[int, str]) -> str:
    """A part of everybody; the days of a week come one by one, and are added up by whoever makes a table of them."""
    if not dimension or not part:
        return ""  # everybody, or all of the group that is asked for
    if dimension == "revision":
        return revision_names.get(part, "")
    return part_of_day(dimension, part) if dimension == "week" else str(part)


def _part(table: Any, dimension: str) -> Any:
    if dimension == "month":
        return func.substr(table.c.day, 1, 7)
    if dimension == "week":
        return table.c.day
    if dimension == "revision":
        return table.c.revision_id
    return table.c[dimension] if dimension in BUILT_IN else table.c.part


def _summed(table: Any, key: Sequence[Any], flow: str, whom: Whom, dimension: str) -> Select[Any]:
    query: Select[Any] = select(*key, func.sum(table.c.count)).where(table.c.flow == flow)
    if whom.group:
        query = query.where(table.c.dimension == GROUP, table.c.part == whom.group)
    elif dimension and dimension not in BUILT_IN:
        query = query.where(table.c.dimension == dimension)
    else:
        query = query.where(table.c.dimension == "")
    query = only(query, table.c, whom)
    return query.group_by(*key).having(func.sum(table.c.count) != 0)


def only(query: Select[Any], row: Any, whom: Whom) -> Select[Any]:
    """A query over rows with a channel, a language and a day, of those that `whom` lets in; groups aside."""
    for name, value in (("channel", whom.channel), ("language", whom.language)):
        if value:
            query = query.where(row[name] == value)
    if whom.since:
        query = query.where(row.day >= whom.since)
    if whom.until:
        query = query.where(row.day <= whom.until)
    return query


def people_of(db: Connection, flow: str, whom: Whom, column: Column, enough: int) -> int:
    """How many different people began a flow in one part of everybody, counted no further than `enough`."""
    dimension, part = column
    query = narrowed(select(runs.c.contact_id).distinct().where(runs.c.flow == flow), whom)
    if part and dimension not in BUILT_IN:
        query = query.where(_bears(dimension, part))
    elif part and dimension == "revision":
        named = func.substr(revisions.c.hash, 1, REVISION_DIGITS) == part
        query = query.where(runs.c.revision_id.in_(select(revisions.c.id).where(revisions.c.flow == flow, named)))
    elif part and dimension in ("channel", "language", "day"):
        query = query.where(runs.c[dimension] == part)
    elif part and dimension == "week":
        sunday = (date.fromisoformat(part) + timedelta(days=6)).isoformat()
        query = query.where(runs.c.day.between(part, sunday))
    elif part and dimension == "month":
        query = query.where(func.substr(runs.c.day, 1, 7) == part)
    return int(db.execute(select(func.count()).select_from(query.limit(enough).subquery())).scalar_one())


def narrowed(query: Select[Any], whom: Whom) -> Select[Any]:
    """A query over runs, of those alone that `whom` lets in."""
    query = only(query, runs.c, whom)
    return query.where(_bears(GROUP, whom.group)) if whom.group else query


def _bears(dimension: str, part: str) -> Any:
    borne = select(marks.c.run_id).where(marks.c.dimension == dimension, marks.c.part == part)
    return runs.c.id.in_(borne)


def flows_answered(db: Connection) -> list[str]:
    """Every flow that anybody has answered or begun."""
    return sorted(set(_flows_in(db, tallies)) | set(_flows_in(db, run_tallies)))


def _flows_in(db: Connection, table: Any) -> list[str]:
    """The flows of a table, by one step along its index for each: the rows of a flow may be very many."""
    first = select(func.min(table.c.flow).label("flow")).cte(recursive=True)
    following = select(func.min(table.c.flow)).where(table.c.flow > first.c.flow).scalar_subquery()
    found = first.union_all(select(following).where(first.c.flow.is_not(None)))
    return list(db.execute(select(found.c.flow).where(found.c.flow.is_not(None))).scalars())


def breakdowns_of(db: Connection, flow: str) -> list[str]:
    """The marks a flow's runs are told apart by."""
    found = db.execute(select(tallies.c.dimension).distinct().where(tallies.c.flow == flow, tallies.c.dimension != ""))
    return sorted(found.scalars())
