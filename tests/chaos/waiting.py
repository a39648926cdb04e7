"""What has not come to rest in the store, and the passing of time in it."""

from __future__ import annotations

from sqlalchemy import func, select, update

from bot.service import Service
from flows.run import microseconds
from storage.counting import tallies
from storage.tables import broadcasts, messages, senders

WAITS = ("queued", "sending", "ambiguous")
SPAN = 120_000_000
"""Two minutes in microseconds: longer than any lease, and than any wait for a callback."""


def what_waits(service: Service) -> list[tuple[object, ...]]:
    """Texts on their way, broadcasts not done, answers not counted, texts kept on disk."""
    texts = select(messages.c.id, messages.c.status, messages.c.attempts).where(messages.c.status.in_(WAITS))
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
        moments = db.execute(select(moment).where(messages.c.status.in_(WAITS))).scalars().all()
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
            .where(messages.c.status.in_(WAITS))
            .values(due_at=messages.c.due_at - SPAN, lease_until=messages.c.lease_until - SPAN)
        )
        db.execute(
            update(senders).values(blocked_until=senders.c.blocked_until - SPAN, free_at=senders.c.free_at - SPAN)
        )
        db.execute(update(broadcasts).values(lease_until=broadcasts.c.lease_until - SPAN))
