"""People as a coordinator looks them up: the list, page by page, and all that is known about one of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select, text

from storage.community.invitations import WAITING
from storage.tables import addresses, champions, consents, contacts, groups, invitations, members, runs

MOST_CONSENTS = 100
_LISTED = (
    contacts.c.id, contacts.c.language, contacts.c.attributes, contacts.c.agreed_at, contacts.c.stopped_at,
    contacts.c.created_at,
)  # fmt: skip
_FIRST_NAME = {
    name: text(f"lower({way}) = lower(:first_name) AND ({way}) IS NOT NULL")
    for name, way in (
        ("sqlite", "json_extract(attributes, '$.first_name')"),
        ("postgresql", "attributes::json ->> 'first_name'"),
    )
}
"""Word for word as in the index on it, which a store uses for nothing else."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of people. Times in microseconds since 1970-01-01 UTC."""

    id: int
    language: str
    attributes: Mapping[str, Any]
    agreed_at: int | None
    stopped_at: int | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach somebody; `encrypted` is the sealed address."""

    channel: str
    encrypted: bytes
    invalid_at: int | None


@dataclass(frozen=True, slots=True)
class Consent:
    """One entry of the consent ledger; `wording` names what they answered."""

    kind: str
    scope: str
    wording: str
    language: str
    channel: str
    at: int


@dataclass(frozen=True, slots=True)
class Card:
    """What is known about one person, without a word they wrote. Groups are names and titles."""

    who: Listed
    addresses: tuple[Address, ...]
    consents: tuple[Consent, ...]
    groups: tuple[tuple[str, str], ...]
    invited_to: tuple[tuple[str, str], ...]
    champion_of: tuple[tuple[str, str], ...]
    conversations: int


@dataclass(frozen=True, slots=True)
class Leader:
    """A champion and the groups they look after, as names and titles."""

    who: Listed
    groups: tuple[tuple[str, str], ...]


def page(db: Connection, before: int | None, limit: int, group: str = "") -> list[Listed]:
    """The people we met last, or those met before the person `before`; all, or those of one group."""
    if group:
        key = members.c.contact_id
        query = select(*_LISTED).join(members, key == contacts.c.id).where(members.c.group_name == group)
    else:
        key, query = contacts.c.id, select(*_LISTED)
    if before is not None:
        query = query.where(key < before)
    return _listed(db, query.order_by(key.desc()).limit(limit))


def named(db: Connection, first_name: str, limit: int) -> list[Listed]:
    """People of a first name, whatever its case; the last met first."""
    query = select(*_LISTED).where(_FIRST_NAME[db.dialect.name].bindparams(first_name=first_name))
    return _listed(db, query.order_by(contacts.c.id.desc()).limit(limit))


def at(db: Connection, address_hashes: Sequence[bytes]) -> list[Listed]:
    """Everybody who is reached at any of these addresses: several people may share a phone."""
    ids = select(addresses.c.contact_id).where(addresses.c.hash.in_(address_hashes))
    return _listed(db, select(*_LISTED).where(contacts.c.id.in_(ids)).order_by(contacts.c.id))


def card(db: Connection, contact_id: int) -> Card | None:
    """What is known about one person; None where there is no such person."""
    who = next(iter(_listed(db, select(*_LISTED).where(contacts.c.id == contact_id))), None)
    if who is None:
        return None
    address, ledger = addresses.c, consents.c
    ways = select(address.channel, address.encrypted, address.invalid_at).where(address.contact_id == contact_id)
    said = select(ledger.kind, ledger.scope, ledger.wording, ledger.language, ledger.channel, ledger.at)
    said = said.where(ledger.contact_id == contact_id).order_by(ledger.id.desc()).limit(MOST_CONSENTS)
    asked = invitations.c.state == WAITING
    return Card(
        who,
        tuple(Address(*row) for row in db.execute(ways.order_by(address.id))),
        tuple(Consent(*row) for row in db.execute(said)),
        _groups_by(db, members, members.c.contact_id == contact_id),
        _groups_by(db, invitations, invitations.c.contact_id == contact_id, asked),
        _groups_by(db, champions, champions.c.contact_id == contact_id),
        db.execute(select(func.count()).where(runs.c.contact_id == contact_id)).scalar_one(),
    )


def leaders(db: Connection, after: int, limit: int) -> list[Leader]:
    """The champions by id, after the one with id `after`, each with their groups."""
    looks_after = select(champions.c.contact_id).where(champions.c.contact_id > after).distinct()
    ids = looks_after.order_by(champions.c.contact_id).limit(limit).subquery()
    found = _listed(db, select(*_LISTED).where(contacts.c.id.in_(select(ids))).order_by(contacts.c.id))
    own: dict[int, list[tuple[str, str]]] = {}
    for contact_id, name, title in db.execute(
        select(champions.c.contact_id, groups.c.name, groups.c.title)
        .join(groups, groups.c.name == champions.c.group_name)
        .where(champions.c.contact_id.in_([each.id for each in found]))
        .order_by(groups.c.name)
    ):
        own.setdefault(contact_id, []).append((name, title))
    return [Leader(each, tuple(own[each.id])) for each in found]


def _groups_by(db: Connection, table: Any, *where: Any) -> tuple[tuple[str, str], ...]:
    query = select(groups.c.name, groups.c.title).join(table, table.c.group_name == groups.c.name).where(*where)
    return tuple((row.name, row.title) for row in db.execute(query.distinct().order_by(groups.c.name)))


def _listed(db: Connection, query: Select[Any]) -> list[Listed]:
    rows: Iterable[Any] = db.execute(query)
    return [
        Listed(row.id, row.language, json.loads(row.attributes), row.agreed_at, row.stopped_at, row.created_at)
        for row in rows
    ]
