"""The outbox: whether anything waits in it, and what became of what was claimed (`storage.sending.claims`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from storage.database import Database
from storage.messages import ASK_AFTER, AT_ONCE, BULK, FROM_GATEWAY, Status, forward
from storage.sending.candidates import ABANDONED, CLAIMABLE, all_senders, senders_of
from storage.sending.returning import Back, give_back, lock_people
from storage.tables import addresses, messages, orphan_statuses, senders
from storage.team.alerts import HOUR, tell_once

AWAY = 300_000_000
"""Microseconds in which nothing could leave by a sender before a person is told."""


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
    back: Back | None = None
    """What the try took, where the gateway did not take the text."""


def record(database: Database, outcomes: Sequence[Outcome], now: int) -> None:
    """Keep what became of texts this worker had claimed. A report that came first is never undone.

    Raises:
        StoreUnavailableError: the store could not be written; the texts are settled when their lease is over.
    """
    accepted = [each for each in outcomes if each.status is Status.SENT and each.provider_id is not None]
    with database.transaction() as db:
        lock_people(db, [outcome.back for outcome in outcomes if outcome.back is not None])
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
                queued = update(messages).where(waits).values(status=Status.QUEUED, attempts=back, **values)
                if db.execute(queued).rowcount and outcome.back is not None:
                    give_back(db, outcome.back)
                continue
            if outcome.provider_id is not None:
                values["provider_id"] = outcome.provider_id
            if outcome.error_code is not None:
                values["error_code"] = outcome.error_code
            if outcome.status is not Status.AMBIGUOUS:
                values["updated_at"] = now
            ended = update(messages).where(mine).values(**forward(outcome.status), **values)
            if db.execute(ended).rowcount and outcome.back is not None:
                give_back(db, outcome.back)
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
    """Reports that came before we knew the gateway's name of the text. Of one that tells of a failure the gateway is
    asked at once: what follows from a failure is decided by whoever hears its answer."""
    if not provider_ids or not db.execute(select(exists(select(orphan_statuses.c.provider_id)))).scalar():
        return
    for row in db.execute(select(orphan_statuses).where(orphan_statuses.c.provider_id.in_(provider_ids))).all():
        told = FROM_GATEWAY.get(row.status)
        named = and_(messages.c.provider_id == row.provider_id, messages.c.direction == "out")
        if row.error_code is not None:
            db.execute(update(messages).where(named, messages.c.status == Status.SENT).values(due_at=now))
        elif told is not None:
            db.execute(update(messages).where(named).values(updated_at=now, **forward(told)))


def shut(database: Database, sender: str, now: int, until: int, *, refused: bool) -> None:
    """Nothing leaves by this sender until then, or longer where that was said before.

    A person is told, once an hour at most: at once where its gateway refuses it, and where nothing could leave for
    `AWAY`.
    """
    with database.transaction() as db:
        found = senders_of(db, now, [sender])[sender]
        since = min(found.failing_since or now, now)
        values = {"blocked_until": max(found.blocked_until, until), "failing_since": since}
        db.execute(update(senders).where(senders.c.name == sender).values(values))
        if refused:
            tell_once(db, "sender refused", sender, now, since=now - HOUR)
        elif now - since >= AWAY:
            tell_once(db, "gateway away", sender, now, since=now - HOUR)


def leaves_again(database: Database, names: Sequence[str]) -> None:
    """Something has left: these senders are not failing any more."""
    with database.transaction() as db:
        db.execute(update(senders).where(senders.c.name.in_(names)).values(failing_since=0))


def free_at(database: Database, now: int) -> int:
    """When the first sender that is held back may go on; `now` where none is."""
    with database.reading() as db:
        opens = [each.opens_at for each in all_senders(db, now)]
        return min((at for at in opens if at > now), default=now)


def mark_invalid(db: Connection, contact_id: int, channel: str, now: int) -> None:
    """Nobody can be reached at a contact's address on a channel."""
    where = (addresses.c.contact_id == contact_id, addresses.c.channel == channel, addresses.c.invalid_at.is_(None))
    db.execute(update(addresses).where(*where).values(invalid_at=now))
