"""Everything held about one person, for that person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Label, select

from storage.community.contacts import rows_of
from storage.messages import SHOWN
from storage.tables import addresses, answers, consents, contacts, members, messages, runs


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is held; times in microseconds. Each entry of the lists is one row by the names of its columns."""

    contact: dict[str, Any]
    groups: list[str]
    addresses: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    messages: list[dict[str, Any]]


def of(db: Connection, contact_id: int) -> Dossier:
    """All of one person's rows, oldest first; addresses without their sealed form."""
    who = contacts.c
    found = db.execute(
        select(who.id, who.language, who.attributes, who.stopped_at, who.created_at).where(who.id == contact_id)
    ).one()
    contact = {**found._mapping, "attributes": json.loads(found.attributes)}
    groups = db.execute(select(members.c.group_name).where(members.c.contact_id == contact_id)).scalars()
    return Dossier(
        contact,
        sorted(groups),
        _rows(db, addresses, contact_id, "channel", "initials", "created_at"),
        _rows(db, consents, contact_id, "kind", "scope", "wording", "language", "channel", "at"),
        _rows(db, runs, contact_id, "flow", "status", "channel", "language", "started_at", "ended_at"),
        _rows(db, answers, contact_id, *ANSWER),
        _rows(db, messages, contact_id, "direction", "channel", SHOWN.label("body"), "status", "created_at"),
    )


ANSWER = ("id", "flow", "node", "kind", "outcome", "value", "raw", "purpose", "basis", "withdrawn", "answered_at")


def _rows(db: Connection, table: Any, contact_id: int, *names: str | Label[Any]) -> list[dict[str, Any]]:
    query = (
        select(*(table.c[name] if isinstance(name, str) else name for name in names))
        .where(rows_of(table, contact_id))
        .order_by(table.c.id)
    )
    return [dict(row._mapping) for row in db.execute(query)]
