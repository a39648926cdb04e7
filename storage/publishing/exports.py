"""What exports of rows read: runs with their answers, a page at a time: a million need no more memory than ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, null, select

from storage.counting.results import ANSWERED_FOR, Whom, narrowed
from storage.tables import answers, marks, reviews, revisions, runs

BATCH = 1_000


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
    answers: list[ExportedAnswer]


def runs_of(db: Connection, flow: str, whom: Whom, *, reviewed: bool) -> Iterator[ExportedRun]:
    """Every run of a flow that `whom` lets in, oldest first; answers that were taken back are left out.

    `reviewed`: with the words that a coordinator let go.
    """
    page = narrowed(
        select(
            runs.c.id, runs.c.contact_id, revisions.c.hash, runs.c.channel, runs.c.language, runs.c.status,
            runs.c.started_at, runs.c.ended_at, _answered_for(),
        )
        .join(revisions)
        .where(runs.c.flow == flow)
        .order_by(runs.c.id)
        .limit(BATCH),
        whom,
    )  # fmt: skip
    given = _answers(reviewed=reviewed)
    last = -1
    while found := db.execute(page.where(runs.c.id > last)).all():
        of_run: dict[int, list[ExportedAnswer]] = defaultdict(list)
        for answer in db.execute(given, {"flow": flow, "first": found[0].id, "last": found[-1].id}):
            of_run[answer[0]].append(ExportedAnswer._make(answer))
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
    """How many runs `runs_of` gives."""
    query = narrowed(select(runs.c.id).where(runs.c.flow == flow), whom)
    return int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())
