"""Things a person must look at: what is still waiting, and settling it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, case, func, insert, select, update

from storage.ids import new_id
from storage.tables import alerts

UNREADABLE = "text held"
"""A text or a run that cannot be read waits; `detail` is its flow and a day."""
SUSPECTED = "texts suspected"
"""A gateway takes our texts for fraud; `detail` is the sender."""
HOUR = 3_600_000_000
"""Microseconds."""
URGENT = ("safeguarding",)
"""Kinds shown before all others."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at. `detail` is never a person's number or words."""

    id: int
    kind: str
    contact_id: int | None
    message_id: int | None
    detail: str
    created_at: int
    times: int = 1
    """How often it came before anybody settled it."""
    last_at: int | None = None
    """When it came last, where it came more than once."""


def tell_once(db: Connection, kind: str, detail: str, now: int, *, since: int = 0) -> None:
    """Something about the service itself that a person must look at, unless the same was told since a time."""
    row = alerts.c
    told = select(row.id).where(row.kind == kind, row.detail == detail, row.created_at > since).limit(1)
    if db.execute(told).first() is None:
        db.execute(insert(alerts).values(id=new_id(), kind=kind, detail=detail, created_at=now))


def waiting(db: Connection, limit: int) -> list[Alert]:
    """What nobody has settled: urgent kinds first, then the longest waiting."""
    urgent = case((alerts.c.kind.in_(URGENT), 0), else_=1)
    return [Alert(*found) for found in db.execute(_waiting().order_by(urgent, alerts.c.id).limit(limit))]


def get(db: Connection, alert_id: int) -> Alert | None:
    """One that nobody has settled; None where there is no such alert."""
    found = db.execute(_waiting().where(alerts.c.id == alert_id)).first()
    return Alert(*found) if found else None


def waiting_of(db: Connection, kind: str, contact_id: int) -> Alert | None:
    """The newest of a kind about somebody that nobody has settled; locked, so that nobody settles it meanwhile."""
    mine = (alerts.c.kind == kind, alerts.c.contact_id == contact_id)
    newest = _waiting().where(*mine).order_by(alerts.c.id.desc()).limit(1)
    found = db.execute(newest.with_for_update()).first()
    return Alert(*found) if found else None


def _waiting() -> Select[Any]:
    row = alerts.c
    columns = (row.id, row.kind, row.contact_id, row.message_id, row.detail, row.created_at, row.times, row.last_at)
    return select(*columns).where(row.settled_at.is_(None))


def count_waiting(db: Connection) -> int:
    """How many nobody has settled."""
    return int(db.execute(select(func.count()).select_from(alerts).where(alerts.c.settled_at.is_(None))).scalar_one())


def settle(db: Connection, alert: Alert, by: str, now: int) -> bool:
    """Write down that somebody has looked after it as they saw it; False where somebody else has, where it has come
    again since, or where there is no such alert."""
    row = alerts.c
    same = (row.id == alert.id, row.times == alert.times, row.settled_at.is_(None))
    change = update(alerts).where(*same).values(settled_at=now, settled_by=by)
    return db.execute(change).rowcount == 1


def reopen(db: Connection, alert_id: int) -> bool:
    """Undo that; False where there is no such settled alert."""
    row = alerts.c
    change = update(alerts).where(row.id == alert_id, row.settled_at.is_not(None))
    return db.execute(change.values(settled_at=None, settled_by=None)).rowcount == 1
