"""Texts in and out: what waits to be sent, what gateways report, and a contact's thread.

A text out is queued, sending, then one of those that say how it ended; what did not leave is queued again, and what has
ended stays so. Only `queued` is ever sent; a worker that died while `sending` leaves a text of which nobody knows
whether it went out. So does a web that died with a reply it had yet to give: what went back in an HTTP answer is
`sent`, and `ambiguous` where nothing shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, case, func, insert, or_, select, update

from storage.database import Database
from storage.ids import new_id
from storage.tables import messages


class Status(StrEnum):
    """How a text of ours stands."""

    QUEUED = "queued"
    SENDING = "sending"
    AMBIGUOUS = "ambiguous"
    SENT = "sent"
    """The gateway has it."""
    UNKNOWN = "unknown"
    """The gateway had it, and nobody has told since what became of it."""
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    READ = "read"


CODE = "code"
"""The kind of a text with a code to sign in. It leaves before everything else that nobody waits for."""
REPLY = "reply"
"""The kind of a text that answers one of theirs at once."""
CRISIS = "crisis"
"""The kind of a reply that says whom to call: it reaches also somebody whose text, or a later one, said STOP."""
BY_HAND = "by hand"
"""The kind of a text that a person of the team has written."""
INVITATION = "invitation"
"""The kind of a text that asks somebody into a group. It leaves only while that invitation waits for an answer."""
QUESTION = "question"
"""The kind of a text that goes on with a conversation when the day of its next question has come."""
REMINDER = "reminder"
"""The kind of a text that asks a waiting question once more."""
AWAITED = (REPLY, CRISIS, BY_HAND, CODE)
"""The kinds that somebody waits for: they leave first, at any hour and whatever the day has cost."""
AT_ONCE, BULK = 0, 1
"""The order in which the outbox sends."""
SHOWN = case((messages.c.kind == CODE, "[code]"), else_=messages.c.body)
"""The words of a text as anybody but its receiver may see them."""

ASK_AFTER = 3_600_000_000
"""Microseconds without a report after which a gateway is asked what became of a text it took."""

_RANK = {
    Status.QUEUED: 0, Status.SENDING: 1, Status.AMBIGUOUS: 2, Status.SENT: 3, Status.UNKNOWN: 4,
    Status.CANCELLED: 5, Status.FAILED: 5, Status.UNDELIVERED: 5, Status.DELIVERED: 5, Status.READ: 6,
}  # fmt: skip
"""A status gives way only to one of a higher rank."""

FROM_GATEWAY = {
    "accepted": Status.SENT, "scheduled": Status.SENT, "queued": Status.SENT, "sending": Status.SENT,
    "sent": Status.SENT, "delivered": Status.DELIVERED, "read": Status.READ, "undelivered": Status.UNDELIVERED,
    "partially_delivered": Status.UNDELIVERED, "failed": Status.FAILED, "canceled": Status.CANCELLED,
}  # fmt: skip
"""A gateway's words in ours; others change nothing."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One text of a thread; `reply_id` is the reply a text in got."""

    id: int
    direction: str
    body: str
    status: str
    reply_id: int | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text of ours that the outbox is to send from `due_at` on."""

    contact_id: int
    channel: str
    body: str
    kind: str
    due_at: int
    broadcast_id: int | None = None
    run_id: int | None = None
    content: str | None = None
    id: int = field(default_factory=new_id)

    @property
    def priority(self) -> int:
        """Where it stands in the outbox."""
        return priority_of(self.kind)


def priority_of(kind: str) -> int:
    """Where texts of a kind stand in the outbox."""
    return AT_ONCE if kind in AWAITED else BULK


def queue(db: Connection, rows: Sequence[Waiting]) -> None:
    """Put texts into the outbox, committed with the caller's transaction."""
    db.execute(
        insert(messages),
        [
            {
                "id": row.id,
                "contact_id": row.contact_id,
                "run_id": row.run_id,
                "direction": "out",
                "channel": row.channel,
                "body": row.body,
                "status": Status.QUEUED,
                "kind": row.kind,
                "broadcast_id": row.broadcast_id,
                "content": row.content,
                "priority": row.priority,
                "created_at": row.due_at,
                "due_at": row.due_at,
            }
            for row in rows
        ],
    )


def forward(status: Status) -> dict[str, Any]:
    """The change to a status that gives way only to one of a higher rank."""
    lower = [each for each, rank in _RANK.items() if rank < _RANK[status]]
    return {"status": case((or_(*(messages.c.status == each for each in lower)), status), else_=messages.c.status)}


# What gateways report.


def apply_status(
    database: Database, message_id: int | None, provider_id: str, status: str, error_code: int | None, now: int
) -> str:
    """Take in what a gateway says became of a text: late, twice, out of order, or before the send is recorded.

    Returns:
        `applied`, `old` where we knew as much, or `unknown` where we never sent such a text.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    return database.retrying(lambda: _apply_status(database, message_id, provider_id, status, error_code, now))


def _apply_status(
    database: Database, message_id: int | None, provider_id: str, status: str, error_code: int | None, now: int
) -> str:
    by_name = and_(messages.c.provider_id == provider_id, messages.c.direction == "out")
    # Our own id counts only for a text the gateway has not named otherwise.
    unnamed = or_(messages.c.provider_id.is_(None), messages.c.provider_id == provider_id)
    by_id = and_(messages.c.id == message_id, messages.c.direction == "out", unnamed)
    with database.transaction() as db:
        found = db.execute(
            select(messages.c.id, messages.c.status)
            .where(by_name if message_id is None else by_id)
            .limit(1)
            .with_for_update()
        ).first()
        if found is None:
            return "unknown"
        told = FROM_GATEWAY.get(status)
        if told is None or _RANK[told] <= _RANK[Status(found.status)]:
            return "old"
        db.execute(
            update(messages)
            .where(messages.c.id == found.id)
            .values(status=told, provider_id=provider_id, error_code=error_code, updated_at=now)
        )
        return "applied"


def last_heard_at(db: Connection) -> int | None:
    """When the text of somebody that we took in last had come; None where none did."""
    newest = select(messages.c.created_at).where(messages.c.direction == "in").order_by(messages.c.id.desc()).limit(1)
    return db.execute(newest).scalar()


# A contact's thread.


def recent(db: Connection, contact_id: int, since: int, limit: int) -> list[tuple[str, str]]:
    """Direction and words of a contact's texts since a time, newest first, at most `limit`."""
    rows = db.execute(
        select(messages.c.direction, messages.c.body)
        .where(messages.c.contact_id == contact_id, messages.c.created_at >= since)
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def last_out(db: Connection, contact_id: int) -> tuple[str, str]:
    """Kind and words of the last text of ours to a contact, of those that have left; empty where none has."""
    missing = (Status.QUEUED, Status.CANCELLED, Status.FAILED, Status.UNDELIVERED)
    last = db.execute(
        select(messages.c.kind, messages.c.body)
        .where(messages.c.contact_id == contact_id, messages.c.direction == "out", messages.c.status.not_in(missing))
        .order_by(messages.c.id.desc())
        .limit(1)
    ).first()
    return (last[0], last[1]) if last else ("", "")


def are_between(db: Connection, contact_id: int, since: int, now: int) -> bool:
    """Whether a contact wrote, or was written to, after one time and not after another."""
    within = (messages.c.created_at > since, messages.c.created_at <= now)
    found = select(messages.c.id).where(messages.c.contact_id == contact_id, *within).limit(1)
    return db.execute(found).first() is not None


def said_since(db: Connection, contact_id: int, since: int, most: int) -> int:
    """How many texts we have for a contact since a time, counted up to `most`: however many of theirs lie between."""
    ours = (messages.c.contact_id == contact_id, messages.c.direction == "out", messages.c.created_at >= since)
    some = select(messages.c.id).where(*ours).limit(most).subquery()
    return int(db.execute(select(func.count()).select_from(some)).scalar_one())


def conversation(db: Connection, *contact_ids: int, limit: int = 200) -> list[StoredMessage]:
    """The last texts both ways of a contact, or of all who share a phone, oldest first."""
    rows = db.execute(
        select(
            messages.c.id, messages.c.direction, messages.c.body, messages.c.status, messages.c.reply_id,
            messages.c.created_at,
        )
        .where(messages.c.contact_id.in_(contact_ids))
        .order_by(messages.c.id.desc())
        .limit(limit)
    ).all()  # fmt: skip
    return [StoredMessage(*row) for row in reversed(rows)]
