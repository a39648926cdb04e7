"""What exports read: runs with their answers, a page at a time, so that a million need no more memory than ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.tables import answers, runs

BATCH = 500


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """One answer of a run."""

    node: str
    outcome: str
    value: str | None
    personal: bool


@dataclass(frozen=True, slots=True)
class ExportedRun:
    """One run with its answers, in the order they were given."""

    id: int
    channel: str
    language: str
    status: str
    started_at: int
    ended_at: int | None
    answers: list[ExportedAnswer]


def runs_of(db: Connection, flow: str) -> Iterator[ExportedRun]:
    """Every run of a flow, oldest first."""
    page = (
        select(runs.c.id, runs.c.channel, runs.c.language, runs.c.status, runs.c.started_at, runs.c.ended_at)
        .where(runs.c.flow == flow)
        .order_by(runs.c.id)
        .limit(BATCH)
    )
    last = -1
    while found := db.execute(page.where(runs.c.id > last)).all():
        given = defaultdict(list)
        for row in db.execute(
            select(answers.c.run_id, answers.c.node, answers.c.outcome, answers.c.value, answers.c.personal)
            .where(answers.c.run_id.in_([run.id for run in found]))
            .order_by(answers.c.id)
        ):
            given[row.run_id].append(ExportedAnswer(row.node, row.outcome, row.value, row.personal))
        for run in found:
            yield ExportedRun(*run, given[run.id])
        last = found[-1].id
