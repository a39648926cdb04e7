"""The outbox: whether anything waits in it, and what became of what was claimed (`storage.sending.claims`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, insert, or_, select, update

from storage.database import Database
from storage.messages import ASK_AFTER, AT_ONCE, BULK, FROM_GATEWAY, Status, forward
from storage.sending.candidates import ABANDONED, CLAIMABLE, senders_of
from storage.tables import (
    addresses,
    alerts,
    messages,
    orphan_statuses,
    senders,
)
from storage.upserts import insert as upsert


def waiting(database: Database, now: int) -> tuple[bool, bool]:
    """Whether a reply, and whether anything else, can be sent or settled."""
    with database.reading() as db:
        replies, bulk = db.execute(_WAITING, {"now": now}).one()
        return bool(replies), bool(bulk)


def _any(priority: int) -> Any:
    """Whether one of these waits. Each is looked for apart: what waits for the morning is not read through at night."""
    of_these = select(messages.c.id).where(messages.c.priority == priority)
    return or_(of_these.where(CLAIMABLE).exists(), of_these.where(ABANDONED).exists())


_WAITING = select(_any(AT_ONCE), _any(BULK))


# What became of a claim.


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gateway made of a text. `due_at`: when it is looked at again, where it waits or nobody knows."""

    message_id: int
    token: str
    status: Status
    provider_id: str | None = None
    error_code: int | None = None
    due_at: int | None = None
    uncharged: bool = False
    """The try does not count: nothing was wrong with the text itself."""


def record(database: Database, outcomes: Sequence[Outcome], now: int) -> None:
    """Keep what became of texts this worker had claimed. A report that came first is never undone.

    Raises:
        StoreUnavailableError: the store could not be written; the texts are settled when their lease is over.
    """
    accepted = [each for each in outcomes if each.status is Status.SENT and each.provider_id is not None]
    with database.transaction() as db:
        if accepted:
            told = {"now": now, "ask_at": now + ASK_AFTER}
            rows = [{"row_id": e.message_id, "claim": e.token, "named": e.provider_id, **told} for e in accepted]
            db.execute(_ACCEPTED, rows)
        for outcome in outcomes:
            if outcome.status is Status.SENT and outcome.provider_id is not None:
                continue
            mine = and_(messages.c.id == outcome.message_id, messages.c.token == outcome.token)
            values: dict[str, Any] = {"token": None, "lease_until": None, "due_at": outcome.due_at}
            if outcome.status is Status.QUEUED:
                back = messages.c.attempts - 1 if outcome.uncharged else messages.c.attempts
                waits = and_(mine, messages.c.status == Status.SENDING)
                db.execute(update(messages).where(waits).values(status=Status.QUEUED, attempts=back, **values))
                continue
            if outcome.provider_id is not None:
                values["provider_id"] = outcome.provider_id
            if outcome.error_code is not None:
                values["error_code"] = outcome.error_code
            if outcome.status is not Status.AMBIGUOUS:
                values["updated_at"] = now
            db.execute(update(messages).where(mine).values(**forward(outcome.status), **values))
        _join_orphans(db, [outcome.provider_id for outcome in outcomes if outcome.provider_id], now)


_ACCEPTED = (
    update(messages)
    .where(messages.c.id == bindparam("row_id"), messages.c.token == bindparam("claim"))
    .values(
        provider_id=bindparam("named"), updated_at=bindparam("now"), token=None, lease_until=None,
        due_at=bindparam("ask_at"), **forward(Status.SENT),
    )
)  # fmt: skip
"""What becomes of nearly all of them, in one journey."""


def _join_orphans(db: Connection, provider_ids: Sequence[str], now: int) -> None:
    """Reports that came before we knew the gateway's name of the text."""
    if not provider_ids or not db.execute(select(exists(select(orphan_statuses.c.provider_id)))).scalar():
        return
    for row in db.execute(select(orphan_statuses).where(orphan_statuses.c.provider_id.in_(provider_ids))).all():
        told = FROM_GATEWAY.get(row.status)
        if told is not None:
            named = and_(messages.c.provider_id == row.provider_id, messages.c.direction == "out")
            values = {"error_code": row.error_code} if row.error_code else {}
            db.execute(update(messages).where(named).values(updated_at=now, **values, **forward(told)))


def block(database: Database, sender: str, until: int) -> None:
    """Nothing leaves by this sender until then."""
    with database.transaction() as db:
        row = {"name": sender, "free_at": until, "blocked_until": until}
        statement = upsert(senders).values(row)
        db.execute(statement.on_conflict_do_update(index_elements=[senders.c.name], set_={"blocked_until": until}))


def refuse(database: Database, sender: str, now: int, until: int, alert_id: int) -> None:
    """A gateway refuses this sender: it is left alone until then, and a person is told, once an hour."""
    with database.transaction() as db:
        found = senders_of(db, now, [sender])[sender]
        if found.blocked_until > now:
            return
        told = db.execute(select(senders.c.alerted_at).where(senders.c.name == sender)).scalar_one()
        values = {"blocked_until": until}
        if told < now - 3_600_000_000:
            values["alerted_at"] = now
            row = {"id": alert_id, "kind": "sender refused", "detail": sender, "created_at": now}
            db.execute(insert(alerts).values(row))
        db.execute(update(senders).where(senders.c.name == sender).values(values))


def free_at(database: Database, now: int) -> int:
    """When the first sender that is held back may go on; `now` where none is."""
    with database.reading() as db:
        rows = [max(row.free_at, row.blocked_until) for row in db.execute(select(senders))]
        return min((at for at in rows if at > now), default=now)


def mark_invalid(db: Connection, contact_id: int, channel: str, now: int) -> None:
    """Nobody can be reached at a contact's address on a channel."""
    where = (addresses.c.contact_id == contact_id, addresses.c.channel == channel, addresses.c.invalid_at.is_(None))
    db.execute(update(addresses).where(*where).values(invalid_at=now))
