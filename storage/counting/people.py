"""How many different people stand behind counts: one person may have taken part many times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from storage.counting.results import BUILT_IN, GROUP, WHOLE, Column, Whom, only, part_of_day, revision_names
from storage.tables import answers, marks, runs

BELIEVED = 2_000
"""Runs of a flow beyond which single answers are not looked through: it would take longer than the rest of a table, and
so many are hardly of a few people."""

BY_VALUE = frozenset({"choice", "yes_no", "scale", "number", "date", "postcode"})
"""Kinds whose values are counted one by one."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """That somebody gave an answer of this kind at a question, in one part of everybody."""

    node: str
    outcome: str
    value: str
    column: Column
    contact_id: int


def answerers_of(
    db: Connection, flow: str, hosts: Sequence[str], whom: Whom, breakdowns: Sequence[str]
) -> Iterator[Answerer] | None:
    """Who gave each answer that tallies count, whole and by each breakdown; None where they are too many to ask.

    Args:
        db: one view of the store.
        flow: its id.
        hosts: other flows that run this one in their course.
        whom: whose answers.
        breakdowns: as for `answers_of`.
    """
    theirs = runs.c.flow.in_([flow, *hosts])
    begun = select(runs.c.id).where(theirs).limit(BELIEVED + 1).subquery()
    if db.execute(select(func.count()).select_from(begun)).scalar_one() > BELIEVED:
        return None
    return _answerers(db, flow, theirs, whom, breakdowns)


def _answerers(db: Connection, flow: str, theirs: Any, whom: Whom, breakdowns: Sequence[str]) -> Iterator[Answerer]:
    borne: dict[tuple[int, str], list[str]] = {}
    for run, dimension, part in db.execute(
        select(marks.c.run_id, marks.c.dimension, marks.c.part).join(runs).where(theirs)
    ):
        borne.setdefault((run, dimension), []).append(part)
    names = revision_names(db, flow) if "revision" in breakdowns else {}
    row = answers.c
    query = (
        select(
            row.run_id, row.node, row.outcome, row.kind, row.value, row.contact_id, row.channel, row.language, row.day,
            row.revision_id,
        )
        .join(runs, runs.c.id == row.run_id)
        .where(theirs, row.flow == flow, ~row.withdrawn)
    )  # fmt: skip
    for each in db.execute(only(query, row, whom)):
        if whom.group and whom.group not in borne.get((each.run_id, GROUP), ()):
            continue
        columns = [WHOLE]
        for dimension in breakdowns:
            if dimension in BUILT_IN:
                columns.append((dimension, _built_in(dimension, each, names)))
            else:
                columns += [(dimension, part) for part in borne.get((each.run_id, dimension), ())]
        counted = [(each.outcome, (each.value or "") if each.kind in BY_VALUE else "")]
        if each.kind == "many" and each.outcome == "answered":
            counted += [("picked", choice) for choice in (each.value or "").split()]
        for outcome, value in counted:
            for column in columns:
                yield Answerer(each.node, outcome, value, column, each.contact_id)


def _built_in(dimension: str, answer: Any, revisions: Mapping[int, str]) -> str:
    if dimension == "revision":
        return revisions.get(answer.revision_id, "")
    if dimension in ("channel", "language"):
        return str(getattr(answer, dimension))
    return part_of_day(dimension, answer.day)
