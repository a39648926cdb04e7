"""The audit trail: who did what, to whom, when and why. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from storage.ids import new_id
from storage.tables import audits, users

COMMAND_LINE = "command line"
"""The actor of what is done in a terminal on the machine itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing somebody did. `actor` and `target` are ids such as `user:1`; `at` is microseconds since 1970, UTC."""

    id: int
    at: int
    actor: str
    action: str
    target: str
    reason: str


def note(db: Connection, actor: str, action: str, target: str, reason: str, now: int) -> None:
    """Add an entry, in the transaction of what it is about. Never a number or a resident's words."""
    values = {"id": new_id(), "at": now, "actor": actor, "action": action, "target": target, "reason": reason}
    db.execute(insert(audits).values(**values))


def page(db: Connection, before: int | None, limit: int, target: str | None = None) -> list[Entry]:
    """The newest entries, or those older than the entry `before`; all, or those about one target."""
    row = audits.c
    query = select(row.id, row.at, row.actor, row.action, row.target, row.reason).order_by(row.id.desc()).limit(limit)
    if before is not None:
        query = query.where(row.id < before)
    if target is not None:
        query = query.where(row.target == target)
    return [Entry(*found) for found in db.execute(query)]


def names(db: Connection, actors: Collection[str]) -> dict[str, str]:
    """What users are called, by `user:<id>`; also those no longer on the team."""
    ids = [int(actor.removeprefix("user:")) for actor in actors if actor.startswith("user:")]
    found = db.execute(select(users.c.id, users.c.name).where(users.c.id.in_(ids)))
    return {f"user:{row.id}": row.name for row in found}
