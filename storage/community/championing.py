"""What champions ask about their groups: who answered what, and what was counted at a meeting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, ScalarSelect, Select, and_, delete, func, insert, select

from storage.ids import new_id
from storage.tables import answers, broadcasts, contacts, meeting_counts, members, recipients, runs


@dataclass(frozen=True, slots=True)
class Asked:
    """A flow in a group: whom it was sent to, and who of them has answered at least one question."""

    asked: frozenset[int]
    answered: frozenset[int]

    @property
    def silent(self) -> frozenset[int]:
        """Who has not answered."""
        return self.asked - self.answered


def asked(db: Connection, flow: str, group: str) -> Asked:
    """Who in a group was asked by the latest broadcast of a flow, and who has answered."""
    given = answers.c.run_id == recipients.c.run_id, ~answers.c.withdrawn
    answered = select(answers.c.id).where(*given).exists()
    rows = db.execute(
        select(recipients.c.contact_id, answered).where(
            recipients.c.broadcast_id == _latest(flow, group),
            recipients.c.state == "asked",
            recipients.c.contact_id.in_(_within(group)),
        )
    ).all()
    return Asked(frozenset(row[0] for row in rows), frozenset(row[0] for row in rows if row[1]))


def counts(db: Connection, flow: str, group: str, node: str) -> dict[str, int]:
    """How often each value was given at a question by those in a group whom the latest broadcast of a flow asked."""
    asked_runs = select(recipients.c.run_id).where(recipients.c.broadcast_id == _latest(flow, group))
    rows = db.execute(
        select(answers.c.value, func.count())
        .join(runs, runs.c.id == answers.c.run_id)
        .where(
            answers.c.flow == flow, answers.c.node == node, answers.c.outcome == "answered",
            ~answers.c.withdrawn,
            runs.c.contact_id.in_(_within(group)),
            answers.c.run_id.in_(asked_runs),
        )
        .group_by(answers.c.value)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def latest(db: Connection, flow: str, group: str) -> int | None:
    """The latest broadcast of a flow that asked somebody in a group; None where none did."""
    return db.execute(select(_latest(flow, group))).scalar_one()


def _within(group: str) -> Select[int]:
    return select(members.c.contact_id).where(members.c.group_name == group)


def _latest(flow: str, group: str) -> ScalarSelect[int]:
    """The latest broadcast of a flow that asked somebody in a group."""
    return (
        select(func.max(recipients.c.broadcast_id))
        .join(broadcasts, broadcasts.c.id == recipients.c.broadcast_id)
        .where(
            broadcasts.c.flow == flow,
            broadcasts.c.kind == "survey",
            recipients.c.state == "asked",
            recipients.c.contact_id.in_(_within(group)),
        )
        .scalar_subquery()
    )


def visible_names(db: Connection, contact_ids: frozenset[int]) -> list[str]:
    """The first names of those of these people who chose to be visible to their champion, in alphabetical order."""
    rows = db.execute(select(contacts.c.attributes).where(contacts.c.id.in_(contact_ids)))
    known = [json.loads(row.attributes) for row in rows]
    return sorted(str(each["first_name"]) for each in known if each.get("visible") is True and each.get("first_name"))


def note_meeting(
    db: Connection, message_id: int, flow: str, group: str, counted: Mapping[str, int], by: int, *, since: int, now: int
) -> bool:
    """Keep what a champion counted at a meeting, apart from what people answered. It takes the place of what the same
    champion counted of the same answers since a time; returns whether there was such a count."""
    counts = meeting_counts.c
    same = (counts.flow == flow, counts.group_name == group, counts.counted_by == by, counts.counted_at >= since)
    replaced = db.execute(delete(meeting_counts).where(*same, counts.choice.in_(counted))).rowcount
    rows = [
        {
            "id": new_id(),
            "message_id": message_id,
            "flow": flow,
            "group_name": group,
            "choice": choice,
            "count": count,
            "counted_by": by,
            "counted_at": now,
        }
        for choice, count in counted.items()
        if count
    ]
    if rows:
        db.execute(insert(meeting_counts), rows)
    return bool(replaced)


def meeting(db: Connection, flow: str, group: str) -> dict[str, int]:
    """What champions counted at meetings of a group, or of all groups where none is named."""
    where = and_(meeting_counts.c.flow == flow, *([meeting_counts.c.group_name == group] if group else []))
    rows = db.execute(
        select(meeting_counts.c.choice, func.sum(meeting_counts.c.count)).where(where).group_by(meeting_counts.c.choice)
    )
    return {row[0]: int(row[1]) for row in rows}
