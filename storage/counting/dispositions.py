"""How far each person who was asked, or who began by themselves, came with a flow."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from storage.counting.results import Whom, narrowed, runs_of
from storage.tables import answers, broadcasts, messages, recipients, runs

_REACHED = {"failed": "unreachable", "undelivered": "unreachable", "delivered": "delivered", "read": "delivered"}
EVERYBODY = Whom()


def asked(db: Connection, flow: str, whom: Whom) -> dict[str, int]:
    """People of a flow's broadcasts, by `sent`, `delivered` or `unreachable`."""
    query = (
        select(messages.c.status, func.count())
        .select_from(recipients)
        .join(broadcasts)
        .join(messages, messages.c.id == recipients.c.message_id)
        .where(broadcasts.c.flow == flow, recipients.c.state == "asked")
        .group_by(messages.c.status)
    )
    if whom != EVERYBODY:
        query = narrowed(query.join(runs, runs.c.id == recipients.c.run_id), whom)
    found = {"sent": 0, "delivered": 0, "unreachable": 0}
    for status, count in db.execute(query):
        found[_REACHED.get(status, "sent")] += count
    return found


def excluded(db: Connection, flow: str) -> dict[str, int]:
    """People left out of a flow's broadcasts, by why."""
    query = (
        select(recipients.c.reason, func.count())
        .join(broadcasts)
        .where(broadcasts.c.flow == flow, recipients.c.state == "left_out")
        .group_by(recipients.c.reason)
    )
    return {row[0] or "other": row[1] for row in db.execute(query)}


def begun(db: Connection, flow: str, whom: Whom) -> dict[str, int]:
    """Runs by how they stand, from the tallies."""
    found: dict[str, int] = {}
    for each in runs_of(db, flow, whom, ()):
        found[each.status] = found.get(each.status, 0) + each.count
    return found


def answered_something(db: Connection, flow: str, whom: Whom) -> dict[str, int]:
    """Runs that are not completed and have at least one answer, by how they stand."""
    given = (
        select(answers.c.run_id)
        .distinct()
        .where(answers.c.flow == flow, answers.c.outcome == "answered", ~answers.c.withdrawn)
        .subquery()
    )
    query = (
        select(runs.c.status, func.count())
        .join(given, given.c.run_id == runs.c.id)
        .where(runs.c.flow == flow, runs.c.status != "completed")
        .group_by(runs.c.status)
    )
    return {row[0]: row[1] for row in db.execute(narrowed(query, whom))}
