"""What exports of rows read: runs with their answers, a page at a time: a million need no more memory than ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from storage.counting.results import ANSWERED_FOR, GROUP, Whom
from storage.tables import answers, marks, reviews, revisions, runs

BATCH = 1_000


class ExportedAnswer(NamedTuple):
    """One answer of a run. `reviewed` are its words as a coordinator let them go; None: nobody has read them."""

    id: int
    node: str
    outcome: str
    value: str | None
    personal: bool
    language: str
    channel: str
    answered_at: int
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


def runs_of(db: Connection, flow: str, whom: Whom = Whom()) -> Iterator[ExportedRun]:  # noqa: B008 -- frozen
    """Every run of a flow that `whom` lets in, oldest first; answers that were taken back are left out."""
    page = _narrowed(
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
    last = -1
    while found := db.execute(page.where(runs.c.id > last)).all():
        given = _answers(db, flow, found[0].id, found[-1].id)
        for run in found:
            row: Any = (*run[:-1], bool(run[-1]), given.get(run.id, []))
            yield ExportedRun(*row)
        last = found[-1].id


def _answered_for() -> Any:
    return select(marks.c.run_id).where(marks.c.run_id == runs.c.id, marks.c.dimension == ANSWERED_FOR).exists()


def _answers(db: Connection, flow: str, first: int, last: int) -> dict[int, list[ExportedAnswer]]:
    given: dict[int, list[ExportedAnswer]] = defaultdict(list)
    answer = answers.c
    rows = db.execute(
        select(
            answer.run_id, answer.id, answer.node, answer.outcome, answer.value, answer.personal, answer.language,
            answer.channel, answer.answered_at, answer.basis, reviews.c.words,
        )
        .outerjoin(reviews, reviews.c.answer_id == answer.id)
        .where(answer.run_id.between(first, last), answer.flow == flow, ~answer.withdrawn)
        .order_by(answer.id)
    )  # fmt: skip
    for row in rows.all():
        given[row[0]].append(ExportedAnswer._make(row[1:]))
    return given


def _narrowed(query: Select[Any], whom: Whom) -> Select[Any]:
    for name, value in (("channel", whom.channel), ("language", whom.language)):
        if value:
            query = query.where(runs.c[name] == value)
    if whom.since:
        query = query.where(runs.c.day >= whom.since)
    if whom.until:
        query = query.where(runs.c.day <= whom.until)
    if whom.group:
        borne = select(marks.c.run_id).where(marks.c.dimension == GROUP, marks.c.part == whom.group)
        query = query.where(runs.c.id.in_(borne))
    return query


def how_many(db: Connection, flow: str, whom: Whom = Whom()) -> int:  # noqa: B008 -- frozen
    """How many runs `runs_of` gives."""
    query = _narrowed(select(runs.c.id).where(runs.c.flow == flow), whom)
    return int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())
