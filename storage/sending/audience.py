"""Everybody a broadcast may be meant for, read in batches with all that planning needs to know of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, literal_column, or_, select, true

from storage.secrets import Secrets
from storage.tables import addresses, contacts, members, messages, recipients, runs

_ATTRIBUTES: dict[str, ColumnElement[Any]] = {
    "sqlite": literal_column("contacts.attributes"),
    "postgresql": literal_column("contacts.attributes::jsonb"),
}
"""Of a person, as each store looks into them."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is meant for: members of these groups, these people, or everybody."""

    groups: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One address of a person. `invalid`: a gateway has said that nobody can be reached there. `initials`: how they are
    told apart from others on this phone; None where they have it alone."""

    channel: str
    gateway: str
    address: str
    invalid: bool
    initials: str | None = None
    doubt: int | None = None
    """Whether somebody else may have it now: see `storage.community.doubts`."""


@dataclass(slots=True)
class Person:
    """Somebody a broadcast may reach. `asked` counts surveys that weigh on their budget; `run` is their open one."""

    id: int
    language: str
    attributes: dict[str, Any]
    stopped: bool
    agreed: bool
    muted_until: int
    asked: int
    run_id: int | None
    run_flow: str | None
    run_state: str | None
    groups: frozenset[str] = frozenset()
    ways: list[Way] = field(default_factory=list)
    heard_at: int = 0
    """When they last wrote by WhatsApp; 0 where they never did."""
    created_at: int = 0
    silent: bool = False
    """Nobody has texted from their phones for months."""


@dataclass(frozen=True, slots=True)
class Alike:
    """People of whom the same is known, as far as somebody asked."""

    language: str
    attributes: dict[str, Any]
    groups: frozenset[str]
    members: str

    @property
    def ids(self) -> list[int]:
        """Who they are. Read only of those who are meant: of 100,000 people it takes a while."""
        return [int(each) for each in self.members.split(",")]


def people(
    db: Connection, secrets: Secrets, audience: Audience, after: int, limit: int, counts_since: int
) -> list[Person]:
    """The next people of an audience by id, at most `limit`, after the one with id `after`.

    `counts_since`: surveys asked from this moment on, or waiting to be asked, weigh on the budget.
    """
    asked = (
        select(func.count())
        .where(
            recipients.c.contact_id == contacts.c.id,
            recipients.c.counts == 1,
            or_(recipients.c.asked_at >= counts_since, recipients.c.state == "waiting"),
        )
        .scalar_subquery()
    )
    rows = db.execute(
        select(
            contacts.c.id, contacts.c.language, contacts.c.attributes, contacts.c.stopped_at, contacts.c.agreed_at,
            contacts.c.muted_until, asked.label("asked"), runs.c.id.label("run_id"), runs.c.flow, runs.c.state,
            contacts.c.created_at,
        )
        .outerjoin(runs, and_(runs.c.contact_id == contacts.c.id, runs.c.status == "open"))
        .where(contacts.c.id > after, _within(audience, contacts.c.id))
        .order_by(contacts.c.id)
        .limit(limit)
    ).all()  # fmt: skip
    found = {
        row.id: Person(
            row.id, row.language, json.loads(row.attributes), row.stopped_at is not None, row.agreed_at is not None,
            row.muted_until or 0, row.asked, row.run_id, row.flow, row.state, created_at=row.created_at,
        )
        for row in rows
    }  # fmt: skip
    if found:
        _add_ways(db, secrets, audience, found)
        _add_groups(db, audience, found)
    return list(found.values())


def alike(
    db: Connection, audience: Audience, attributes: Sequence[str], groups: Sequence[str], *, language: bool
) -> list[Alike]:
    """Everybody of an audience, those together who have the same of these attributes, are in the same of these groups
    and, where that is asked for, read the same language. Reads no more of a person than that."""
    known = [
        cast(_ATTRIBUTES[db.dialect.name].op("->")(name), Text).label(f"known_{place}")
        for place, name in enumerate(attributes)
    ]
    spoken: ColumnElement[Any] = contacts.c.language if language else literal_column("''")
    inside = [
        contacts.c.id.in_(select(members.c.contact_id).where(members.c.group_name == name)).label(f"inside_{place}")
        for place, name in enumerate(groups)
    ]
    each = (
        select(contacts.c.id, spoken.label("language"), *inside, *known)
        .where(_within(audience, contacts.c.id))
        .subquery()
    )
    same = list(each.c)[1:]
    rows = db.execute(select(func.aggregate_strings(cast(each.c.id, Text), ","), *same).group_by(*same))
    return [
        Alike(
            language,
            {
                name: json.loads(value)
                for name, value in zip(attributes, values[len(groups) :], strict=True)
                if value is not None
            },
            frozenset(name for name, is_in in zip(groups, values, strict=False) if is_in),
            ids,
        )
        for ids, language, *values in rows
    ]


def size(db: Connection, audience: Audience) -> int:
    """How many people an audience is of, whether or not they can be reached."""
    return db.execute(select(func.count()).select_from(contacts).where(_within(audience, contacts.c.id))).scalar_one()


def at_places(db: Connection, audience: Audience, places: Sequence[int]) -> tuple[int, ...]:
    """The ids of the people at these places of an audience (the first is 1), in the order in which they came."""
    place = func.row_number().over(order_by=contacts.c.id).label("place")
    numbered = select(contacts.c.id, place).where(_within(audience, contacts.c.id)).subquery()
    return tuple(db.execute(select(numbered.c.id).where(numbered.c.place.in_(places))).scalars())


def _within(audience: Audience, contact_id: Any) -> ColumnElement[bool]:
    if audience.everybody:
        return true()
    named: list[ColumnElement[bool]] = []
    if audience.groups:
        named.append(contact_id.in_(select(members.c.contact_id).where(members.c.group_name.in_(audience.groups))))
    if audience.people:
        named.append(contact_id.in_(audience.people))
    return or_(*named) if named else contact_id.is_(None)


def _between(column: Any, found: dict[int, Person], audience: Audience) -> ColumnElement[bool]:
    return and_(column.between(min(found), max(found)), _within(audience, column))


def _add_ways(db: Connection, secrets: Secrets, audience: Audience, found: dict[int, Person]) -> None:
    rows = db.execute(
        select(
            addresses.c.contact_id, addresses.c.channel, addresses.c.gateway, addresses.c.encrypted,
            addresses.c.invalid_at, addresses.c.initials, addresses.c.doubt,
        )
        .where(_between(addresses.c.contact_id, found, audience))
        .order_by(addresses.c.id)
    )  # fmt: skip
    by_whatsapp = []
    for row in rows:
        person = found.get(row.contact_id)
        if person is None:
            continue
        address = secrets.unseal(row.encrypted).decode()
        person.ways.append(Way(row.channel, row.gateway, address, row.invalid_at is not None, row.initials, row.doubt))
        if row.channel == "whatsapp":
            by_whatsapp.append(row.contact_id)
    for contact_id, heard_at in last_heard(db, by_whatsapp):
        found[contact_id].heard_at = heard_at


def last_heard(db: Connection, contact_ids: Sequence[int]) -> list[tuple[int, int]]:
    """When each of these people last wrote by WhatsApp; who never did is left out."""
    if not contact_ids:
        return []
    rows = db.execute(
        select(messages.c.contact_id, func.max(messages.c.created_at))
        .where(messages.c.contact_id.in_(contact_ids), messages.c.direction == "in", messages.c.channel == "whatsapp")
        .group_by(messages.c.contact_id)
    )
    return [(row[0], row[1]) for row in rows]


def _add_groups(db: Connection, audience: Audience, found: dict[int, Person]) -> None:
    rows = db.execute(
        select(members.c.contact_id, members.c.group_name).where(_between(members.c.contact_id, found, audience))
    )
    for contact_id, group in rows:
        if contact_id in found:
            found[contact_id].groups |= {group}
