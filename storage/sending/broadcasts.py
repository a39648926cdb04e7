"""Broadcasts: what was confirmed, how far its planning is, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from storage.community.doubts import WHOSE
from storage.database import Database
from storage.messages import Status, Waiting, queue
from storage.sending import unreported
from storage.tables import broadcasts, messages, recipients, runs

_COLUMNS = (
    broadcasts.c.id, broadcasts.c.kind, broadcasts.c.flow, broadcasts.c.revision_id, broadcasts.c.body,
    broadcasts.c.audience, broadcasts.c.status, broadcasts.c.starts_at, broadcasts.c.repeat, broadcasts.c.series_at,
    broadcasts.c.asked_by, broadcasts.c.created_at, broadcasts.c.planned_to,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredBroadcast:
    """A broadcast as it was confirmed. `audience` is JSON; `planned_to` the id of the last person planned."""

    id: int
    kind: str
    flow: str | None
    revision_id: int | None
    body: str | None
    audience: str
    status: str
    starts_at: int
    repeat: str
    series_at: int
    asked_by: int | None
    created_at: int
    planned_to: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of a broadcast: to be asked, with the run as it will begin, or left out for a reason."""

    contact_id: int
    reason: str | None = None
    message: Waiting | None = None
    run_id: int | None = None
    run_state: str | None = None
    before: Waiting | None = None
    """Whether the number is still theirs, asked first."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many people a broadcast has in each state, and why the others are left out."""

    waiting: int
    asked: int
    left_out: dict[str, int]
    delivered: int
    failed: int
    answered: int


def add(db: Connection, broadcast: StoredBroadcast) -> None:
    """Keep a confirmed broadcast; from its `starts_at` on, workers plan and send it."""
    db.execute(
        insert(broadcasts).values(
            **{name: getattr(broadcast, name) for name in StoredBroadcast.__dataclass_fields__ if name != "planned_to"}
        )
    )


def get(db: Connection, broadcast_id: int) -> StoredBroadcast | None:
    """One broadcast."""
    found = db.execute(select(*_COLUMNS).where(broadcasts.c.id == broadcast_id)).first()
    return _read(found) if found else None


def latest(db: Connection, limit: int, before: int | None = None) -> list[StoredBroadcast]:
    """The newest broadcasts, or those older than the broadcast `before`; newest first."""
    query = select(*_COLUMNS).order_by(broadcasts.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(broadcasts.c.id < before)
    return [_read(row) for row in db.execute(query)]


def unfinished(db: Connection, limit: int) -> list[StoredBroadcast]:
    """The broadcasts that are not over yet, those that began first in front."""
    where = broadcasts.c.status.in_(("scheduled", "planning", "sending"))
    return [
        _read(row) for row in db.execute(select(*_COLUMNS).where(where).order_by(broadcasts.c.starts_at).limit(limit))
    ]


def running(db: Connection, flow: str) -> list[StoredBroadcast]:
    """The broadcasts of a flow that are not over yet, newest first."""
    where = (broadcasts.c.flow == flow, broadcasts.c.status.in_(("scheduled", "planning", "sending")))
    return [_read(row) for row in db.execute(select(*_COLUMNS).where(*where).order_by(broadcasts.c.id.desc()))]


def _read(row: Any) -> StoredBroadcast:
    return StoredBroadcast(*row)


# Planning.


def _due(now: int) -> Any:
    free = or_(broadcasts.c.lease_until.is_(None), broadcasts.c.lease_until <= now)
    return and_(broadcasts.c.status.in_(("scheduled", "planning")), broadcasts.c.starts_at <= now, free)


def waiting(database: Database, now: int) -> bool:
    """Whether any broadcast is to be planned."""
    with database.reading() as db:
        return db.execute(select(broadcasts.c.id).where(_due(now)).limit(1)).first() is not None


def claim(database: Database, now: int, lease: int) -> StoredBroadcast | None:
    """The broadcast longest due, for this worker alone for `lease` microseconds; None where none is due."""
    chosen = select(broadcasts.c.id).where(_due(now)).order_by(broadcasts.c.starts_at).limit(1)
    with database.transaction() as db:
        found = db.execute(
            update(broadcasts)
            .where(broadcasts.c.id.in_(chosen.with_for_update(skip_locked=True)))
            .values(status="planning", lease_until=now + lease)
            .returning(*_COLUMNS)
        ).first()
        return _read(found) if found else None


def still_planned_by(db: Connection, broadcast_id: int, planned_to: int) -> bool:
    """Lock a broadcast; whether its planning is where this worker left it: not stopped, and nobody else went on."""
    found = db.execute(
        select(broadcasts.c.status, broadcasts.c.planned_to).where(broadcasts.c.id == broadcast_id).with_for_update()
    ).first()
    return found is not None and (found.status, found.planned_to) == ("planning", planned_to)


def plan(
    db: Connection, broadcast_id: int, rows: Sequence[Recipient], planned_to: int, now: int, lease: int, *, counts: bool
) -> None:
    """Keep the plan for these people, and put their texts into the outbox."""
    if rows:
        db.execute(insert(recipients), _recipient_rows(broadcast_id, rows, counts=counts))
    texts = [text for row in rows for text in (row.before, row.message) if text is not None]
    if texts:
        queue(db, texts)
    db.execute(
        update(broadcasts).where(broadcasts.c.id == broadcast_id).values(planned_to=planned_to, lease_until=now + lease)
    )


def _recipient_rows(broadcast_id: int, rows: Sequence[Recipient], *, counts: bool) -> list[dict[str, Any]]:
    return [
        {
            "broadcast_id": broadcast_id,
            "contact_id": row.contact_id,
            "state": "left_out" if row.message is None else "waiting",
            "reason": row.reason,
            "message_id": row.message.id if row.message else None,
            "run_id": row.run_id,
            "run_state": row.run_state,
            "counts": int(counts and row.message is not None),
            "asked_at": None,
        }
        for row in rows
    ]


def leave(database: Database, broadcast_id: int) -> None:
    """Whoever comes next goes on with the planning at once."""
    with database.transaction() as db:
        mine = (broadcasts.c.id == broadcast_id, broadcasts.c.status == "planning")
        db.execute(update(broadcasts).where(*mine).values(lease_until=None))


def planned(db: Connection, broadcast_id: int) -> None:
    """Everybody is planned: from now on it is sending."""
    db.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(status="sending", lease_until=None))


# Stopping and ending.


def stop(db: Connection, broadcast_id: int, now: int) -> bool:
    """End a broadcast at once: what has not been handed to a gateway never will be. False where it was over."""
    unfinished = broadcasts.c.status.in_(("scheduled", "planning", "sending"))
    stopped = db.execute(
        update(broadcasts)
        .where(broadcasts.c.id == broadcast_id, unfinished)
        .values(status="stopped", ended_at=now, lease_until=None)
    ).rowcount
    waits = (messages.c.broadcast_id == broadcast_id, messages.c.status == Status.QUEUED)
    db.execute(update(messages).where(*waits).values(status=Status.CANCELLED, updated_at=now))
    db.execute(
        update(recipients)
        .where(recipients.c.broadcast_id == broadcast_id, recipients.c.state == "waiting")
        .values(state="left_out", reason="called_off", counts=0, run_state=None)
    )
    unreported.call_off_again(db, broadcast_id, now)
    unreported.ask_at_once(db, now, broadcast_id=broadcast_id)
    return bool(stopped)


def end_finished(database: Database, now: int) -> None:
    """Mark as done the broadcasts of which nobody waits any more."""
    waits = recipients.c.broadcast_id == broadcasts.c.id
    with database.transaction() as db:
        db.execute(
            update(broadcasts)
            .where(
                broadcasts.c.status == "sending",
                ~select(recipients.c.contact_id).where(waits, recipients.c.state == "waiting").exists(),
            )
            .values(status="done", ended_at=now)
        )


def progress(db: Connection, broadcast_id: int) -> Progress:
    """How a broadcast stands."""
    own = recipients.c.broadcast_id == broadcast_id
    states: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for state, reason, count in db.execute(
        select(recipients.c.state, recipients.c.reason, func.count())
        .where(own)
        .group_by(recipients.c.state, recipients.c.reason)
    ):
        states[state] = states.get(state, 0) + count
        if state == "left_out":
            left_out[reason or ""] = count
    sent: dict[str, int] = {
        row[0]: row[1]
        for row in db.execute(
            select(messages.c.status, func.count())
            .where(messages.c.broadcast_id == broadcast_id, messages.c.kind != WHOSE)
            .group_by(messages.c.status)
        )
    }
    answered = db.execute(
        select(func.count())
        .select_from(recipients.join(runs, runs.c.id == recipients.c.run_id))
        .where(own, runs.c.status == "completed")
    ).scalar_one()
    return Progress(
        states.get("waiting", 0), states.get("asked", 0), left_out,
        sent.get("delivered", 0) + sent.get("read", 0), sent.get("failed", 0) + sent.get("undelivered", 0), answered,
    )  # fmt: skip
