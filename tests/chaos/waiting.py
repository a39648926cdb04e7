"""What has not come to rest in the store, and the passing of time in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, or_, select, update

from bot.sending.settling import ASK_AGAIN
from bot.service import Service
from flows.run import microseconds
from storage.counting import tallies
from storage.tables import broadcasts, messages, senders

WAITS = ("queued", "sending", "ambiguous")
SPAN = 120_000_000
"""Two minutes in microseconds: longer than any lease, and than any wait for a callback."""


def _texts(service: Service) -> Any:
    """Texts on their way, and those a gateway is just asked about: a STOP may have called them back at Twilio, and a
    worker killed with the answer in hand asks again."""
    soon = microseconds(service.now()) + ASK_AGAIN
    return or_(messages.c.status.in_(WAITS), and_(messages.c.status == "sent", messages.c.due_at <= soon))


def what_waits(service: Service) -> list[tuple[object, ...]]:
    """Texts on their way, broadcasts not done, answers not counted, texts kept on disk."""
    texts = select(messages.c.id, messages.c.status, messages.c.attempts).where(_texts(service))
    unfinished = select(broadcasts.c.id, broadcasts.c.status, broadcasts.c.planned_to).where(
        broadcasts.c.status.not_in(("done", "stopped"))
    )
    with service.database.reading() as db:
        found = [*map(tuple, db.execute(texts.order_by(messages.c.id))), *map(tuple, db.execute(unfinished))]
    if tallies.waiting(service.database):
        found.append(("uncounted",))
    return found + ([("spooled",)] if service.spool else [])


def only_time_is_missing(service: Service) -> bool:
    """Whether something waits for a moment to come. Where its moment has come, a worker has yet to come to it."""
    now = microseconds(service.now())
    moment = func.coalesce(messages.c.lease_until, messages.c.due_at)
    with service.database.reading() as db:
        moments = db.execute(select(moment).where(_texts(service))).scalars().all()
        blocked = db.execute(select(senders.c.name).where(senders.c.blocked_until > now)).first()
        leased = db.execute(select(broadcasts.c.id).where(broadcasts.c.lease_until > now)).first()
    if blocked is not None:
        return True
    return (bool(moments) or leased is not None) and all(at > now for at in moments)


def let_minutes_pass(service: Service) -> None:
    """Two minutes pass for everything that waits."""
    with service.database.transaction() as db:
        db.execute(
            update(messages)
            .where(_texts(service))
            .values(due_at=messages.c.due_at - SPAN, lease_until=messages.c.lease_until - SPAN)
        )
        db.execute(
            update(senders).values(blocked_until=senders.c.blocked_until - SPAN, free_at=senders.c.free_at - SPAN)
        )
        db.execute(update(broadcasts).values(lease_until=broadcasts.c.lease_until - SPAN))
