"""What exports of rows read: runs with their answers, a page at a time: a million need no more memory than ten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, null, select

from storage.counting.results import ANSWERED_FOR, Whom, narrowed
from storage.tables import answers, marks, reviews, revisions, runs

BATCH = 300
"""Runs of a page."""


class ExportedAnswer(NamedTuple):
    """One answer of a run. `reviewed` are its words as a coordinator let them go; None: nobody has read them."""

    run_id: int
    answered_at: int
    node: str
    outcome: str
    value: str | None
    personal: bool
    channel: str
    language: str
    basis: str
    reviewed: str | None


class ExportedRun(NamedTuple):
    """One run with its answers, in the order they were given. `revision` is the hash of the one it is pinned to;
    `answered_for`: another person wrote in this one's place."""

    id: int
    contact_id: int
    revision: str
    channel: str
    language: str
    status: str
    started_at: int
    ended_at: int | None
    answered_for: bool
    answers: list[tuple[Any, ...]]
    """Each as `ExportedAnswer` names what is in it."""


def runs_of(db: Connection, flow: str, hosts: Iterable[str], whom: Whom, *, reviewed: bool) -> Iterator[ExportedRun]:
    """Every run of a flow that `whom` lets in, oldest first; answers that were taken back are left out.

    Args:
        db: one consistent view of the store.
        flow: its id.
        hosts: other flows that run this one in their course: their runs that came to it follow.
        whom: whose.
        reviewed: with the words that a coordinator let go.
    """
    yield from _runs(db, flow, flow, whom, reviewed=reviewed)
    for host in hosts:
        yield from (run for run in _runs(db, host, flow, whom, reviewed=reviewed) if run.answers)


def _runs(db: Connection, host: str, flow: str, whom: Whom, *, reviewed: bool) -> Iterator[ExportedRun]:
    page = narrowed(
        select(
            runs.c.id, runs.c.contact_id, revisions.c.hash, runs.c.channel, runs.c.language, runs.c.status,
            runs.c.started_at, runs.c.ended_at, _answered_for(),
        )
        .join(revisions)
        .where(runs.c.flow == host)
        .order_by(runs.c.id)
        .limit(BATCH),
        whom,
    )  # fmt: skip
    given = _answers(reviewed=reviewed)
    last = -1
    while found := db.execute(page.where(runs.c.id > last)).all():
        # The driver's own rows: SQLAlchemy's, and named ones, would each take as long again as reading them.
        rows: Any = db.execute(given, {"flow": flow, "first": found[0].id, "last": found[-1].id}).cursor
        of_run = {run: list(theirs) for run, theirs in groupby(rows.fetchall(), itemgetter(0))}
        for run in found:
            row: Any = (*run[:-1], bool(run[-1]), of_run.get(run.id, []))
            yield ExportedRun(*row)
        last = found[-1].id


def _answered_for() -> Any:
    return select(marks.c.run_id).where(marks.c.run_id == runs.c.id, marks.c.dimension == ANSWERED_FOR).exists()


def _answers(*, reviewed: bool) -> Select[Any]:
    """The answers of a page of runs, run by run."""
    answer = answers.c
    query = select(
        answer.run_id, answer.answered_at, answer.node, answer.outcome, answer.value, answer.personal, answer.channel,
        answer.language, answer.basis, reviews.c.words if reviewed else null(),
    )  # fmt: skip
    if reviewed:
        query = query.outerjoin(reviews, reviews.c.answer_id == answer.id)
    page = answer.run_id.between(bindparam("first"), bindparam("last"))
    return query.where(page, answer.flow == bindparam("flow"), ~answer.withdrawn).order_by(answer.run_id, answer.id)


def how_many(db: Connection, flow: str, whom: Whom) -> int:
    """How many runs of a flow `runs_of` gives."""
    query = narrowed(select(runs.c.id).where(runs.c.flow == flow), whom)
    return int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())
