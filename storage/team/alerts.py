"""Things a person must look at: what is still waiting, and settling it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, update

from storage.tables import alerts

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


def waiting(db: Connection, limit: int) -> list[Alert]:
    """What nobody has settled: urgent kinds first, then the longest waiting."""
    urgent = case((alerts.c.kind.in_(URGENT), 0), else_=1)
    return [Alert(*found) for found in db.execute(_waiting().order_by(urgent, alerts.c.id).limit(limit))]


def get(db: Connection, alert_id: int) -> Alert | None:
    """One that nobody has settled; None where there is no such alert."""
    found = db.execute(_waiting().where(alerts.c.id == alert_id)).first()
    return Alert(*found) if found else None


def _waiting() -> Select[Any]:
    row = alerts.c
    columns = (row.id, row.kind, row.contact_id, row.message_id, row.detail, row.created_at)
    return select(*columns).where(row.settled_at.is_(None))


def count_waiting(db: Connection) -> int:
    """How many nobody has settled."""
    return int(db.execute(select(func.count()).select_from(alerts).where(alerts.c.settled_at.is_(None))).scalar_one())


def settle(db: Connection, alert_id: int, by: str, now: int) -> bool:
    """Write down that somebody has looked after it; False where somebody else has, or there is no such alert."""
    row = alerts.c
    change = update(alerts).where(row.id == alert_id, row.settled_at.is_(None)).values(settled_at=now, settled_by=by)
    return db.execute(change).rowcount == 1


def reopen(db: Connection, alert_id: int) -> bool:
    """Undo that; False where there is no such settled alert."""
    row = alerts.c
    change = update(alerts).where(row.id == alert_id, row.settled_at.is_not(None))
    return db.execute(change.values(settled_at=None, settled_by=None)).rowcount == 1
