"""Conversations as a coordinator reads them: who wrote lately, and one person's thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from storage.messages import SHOWN
from storage.tables import addresses, contacts, members, messages, runs


@dataclass(frozen=True, slots=True)
class Lately:
    """The newest text of somebody, without its words: who wrote, when, and in which flow."""

    message_id: int
    contact_id: int
    channel: str
    at: int
    flow: str | None
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a thread."""

    id: int
    direction: str
    channel: str
    body: str
    status: str
    at: int


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as the console shows one. `encrypted` is the sealed address texts go to."""

    id: int
    language: str
    attributes: Mapping[str, object]
    groups: tuple[str, ...]
    stopped_at: int | None
    held_by: str | None
    channel: str
    encrypted: bytes
    created_at: int


def lately(db: Connection, before: int | None, limit: int) -> list[Lately]:
    """Who wrote last, each person once; or of those whose newest text is older than the text `before`."""
    row, newer = messages.c, messages.alias().c
    wrote_again = select(newer.id).where(newer.contact_id == row.contact_id, newer.direction == "in", newer.id > row.id)
    query = (
        select(row.id, row.contact_id, row.channel, row.created_at, runs.c.flow, contacts.c.held_by)
        .join(contacts, contacts.c.id == row.contact_id)
        .outerjoin(runs, runs.c.id == row.run_id)
        .where(row.direction == "in", ~wrote_again.exists())
        .order_by(row.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(row.id < before)
    return [Lately(*found) for found in db.execute(query)]


def person(db: Connection, contact_id: int) -> Person | None:
    """A contact with the address texts go to; None where there is no such contact."""
    row, address = contacts.c, addresses.c
    found = db.execute(
        select(
            row.id, row.language, row.attributes, row.stopped_at, row.held_by, address.channel, address.encrypted,
            row.created_at,
        )
        .join(addresses, address.contact_id == row.id)
        .where(row.id == contact_id)
        .order_by(address.id)
        .limit(1)
    ).first()  # fmt: skip
    if found is None:
        return None
    groups = db.execute(select(members.c.group_name).where(members.c.contact_id == contact_id)).scalars()
    return Person(
        found.id,
        found.language,
        json.loads(found.attributes),
        tuple(sorted(groups)),
        found.stopped_at,
        found.held_by,
        found.channel,
        found.encrypted,
        found.created_at,
    )


def lines(db: Connection, contact_id: int, before: int | None, limit: int) -> list[Line]:
    """The newest texts of a thread, or those older than the text `before`; the oldest of them first."""
    row = messages.c
    query = (
        select(row.id, row.direction, row.channel, SHOWN, row.status, row.created_at)
        .where(row.contact_id == contact_id)
        .order_by(row.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(row.id < before)
    return [Line(*found) for found in db.execute(query)][::-1]


def holder(db: Connection, contact_id: int) -> str | None:
    """Who answers this contact in place of the flows; None where nobody does."""
    return db.execute(select(contacts.c.held_by).where(contacts.c.id == contact_id)).scalar()


def hold(db: Connection, contact_id: int, by: str | None) -> None:
    """From now on a person answers this contact, and flows wait; None hands them back."""
    db.execute(update(contacts).where(contacts.c.id == contact_id).values(held_by=by))
