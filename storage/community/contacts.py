"""Contacts and their addresses: found, made, and marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, insert, select, update

from storage.ids import id_at, new_id
from storage.secrets import Secrets
from storage.tables import addresses, answers, contacts, marks, metadata, runs


@dataclass(frozen=True, slots=True)
class Contact:
    """A person as somebody else's text finds them. `channel` and `gateway` are those of the address looked for."""

    id: int
    language: str
    attributes: dict[str, Any]
    stopped: bool
    agreed: bool


def find(db: Connection, address_hash: bytes) -> int | None:
    """The contact an address belongs to; None for an address nobody has texted from.

    Of several people on one phone, whoever has it in hand.
    """
    in_hand = (addresses.c.hash == address_hash, addresses.c.in_hand == 1)
    return db.execute(select(addresses.c.contact_id).where(*in_hand)).scalar()


def get(db: Connection, contact_id: int) -> Contact | None:
    """One contact."""
    found = db.execute(
        select(
            contacts.c.id, contacts.c.language, contacts.c.attributes, contacts.c.stopped_at, contacts.c.agreed_at
        ).where(contacts.c.id == contact_id)
    ).first()
    if found is None:
        return None
    stopped, agreed = found.stopped_at is not None, found.agreed_at is not None
    return Contact(found.id, found.language, json.loads(found.attributes), stopped, agreed)


def add(db: Connection, secrets: Secrets, address: str, gateway: str, language: str, now: int) -> int:
    """Somebody another person told us of; their id. They have agreed to nothing."""
    contact_id = new_id()
    db.execute(insert(contacts).values(id=contact_id, language=language, attributes="{}", created_at=now))
    add_address(db, secrets, contact_id, address, gateway, now)
    return contact_id


def add_address(db: Connection, secrets: Secrets, contact_id: int, address: str, gateway: str, now: int) -> None:
    """One more way to reach a contact."""
    db.execute(
        insert(addresses).values(
            id=new_id(),
            contact_id=contact_id,
            channel=address.partition(":")[0],
            gateway=gateway,
            hash=secrets.hash(address),
            encrypted=secrets.seal(address.encode()),
            created_at=now,
        )
    )


def met_since(db: Connection, since: int) -> int:
    """How many people we have met since a time, up to a thousand; ids grow with time."""
    met = select(contacts.c.id).where(contacts.c.id >= id_at(since)).limit(1000).subquery()
    return db.execute(select(func.count()).select_from(met)).scalar_one()


def set_attributes(db: Connection, contact_id: int, attributes: dict[str, Any]) -> None:
    """All of a contact's attributes, in place of those they had."""
    text = json.dumps(attributes, ensure_ascii=False)
    db.execute(update(contacts).where(contacts.c.id == contact_id).values(attributes=text))


def tables_of_answers() -> Iterator[Table]:
    """Every table with rows that belong to an answer, to be deleted before it; new tables are found as well."""
    return (table for table in metadata.sorted_tables if any(key.column.table is answers for key in table.foreign_keys))


def rows_of(table: Table, contact_id: int) -> ColumnElement[bool]:
    """A condition: the rows of a table that are one person's. Of answers and marks by the run, which an index knows."""
    if table in (answers, marks):
        return table.c.run_id.in_(select(runs.c.id).where(runs.c.contact_id == contact_id))
    return table.c.contact_id == contact_id
