"""Numbers that may have changed hands: who keeps silent for months may have given theirs up, and networks give it away.

An address in doubt names the text that waits until somebody there has said whose number it is: `UNASKED` where we have
not asked, `NOTHING` where we asked first and no text waits.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from storage.ids import new_id
from storage.messages import Status
from storage.tables import addresses, contacts, messages, runs

UNASKED, NOTHING = -1, 0
WHOSE = "whose"
"""The kind of a text in which we ask, before something else that we have to send."""


def doubt(db: Connection, hashes: Collection[bytes], waits: int | None) -> None:
    """Doubt whose these phones are; with None for `waits` it is known again."""
    db.execute(update(addresses).where(addresses.c.hash.in_(hashes)).values(doubt=waits))


def doubt_phones_of(db: Connection, contact_id: int) -> None:
    """Doubt whose the phones of a contact are, where we ask before something of ours leaves."""
    theirs = select(addresses.c.hash).where(addresses.c.contact_id == contact_id)
    db.execute(update(addresses).where(addresses.c.hash.in_(theirs), addresses.c.doubt.is_(None)).values(doubt=NOTHING))


def heard_or_new(since: int) -> ColumnElement[bool]:
    """A condition on contacts: they have texted, or we have met them, since a time (microseconds)."""
    texts = (messages.c.contact_id == contacts.c.id, messages.c.direction == "in", messages.c.created_at >= since)
    return or_(contacts.c.created_at >= since, select(messages.c.id).where(*texts).exists())


def is_silent(db: Connection, contact_id: int, since: int) -> bool:
    """Whether nobody has texted from a contact's phones since a time, and we have known them for longer."""
    known = select(contacts.c.id).where(contacts.c.id == contact_id, contacts.c.created_at < since)
    return db.execute(known).first() is not None and not heard_since(db, [contact_id], since)


def wait_no_longer(db: Connection, address_hash: bytes, now: int) -> None:
    """What waited to be sent to whoever is on a phone may be looked at now."""
    people = select(addresses.c.contact_id).where(addresses.c.hash == address_hash)
    waits = (messages.c.contact_id.in_(people), messages.c.status == Status.QUEUED, messages.c.due_at > now)
    db.execute(update(messages).where(*waits).values(due_at=now))


def change_hands(
    db: Connection, address_hash: bytes, former_hash: bytes, address_id: int, *, language: str, held: int, now: int
) -> None:
    """A number is somebody else's now, of whom nothing is known. Who had it stays, with all they said, and is not
    reached any more; what they were in the middle of is over.

    Args:
        db: the open transaction.
        address_hash: of the phone.
        former_hash: by which those who had it are found from now on.
        address_id: the row of whoever had it in hand.
        language: the newcomer is written to in.
        held: the text of the newcomer's that was taken for the other's; 0 for none.
        now: microseconds.
    """
    there = addresses.c.hash == address_hash
    people = list(db.execute(select(addresses.c.contact_id).where(there)).scalars())
    open_runs = (runs.c.contact_id.in_(people), runs.c.status == "open")
    db.execute(
        update(runs).where(*open_runs).values(status="expired", updated_at=now, ended_at=now, due_at=None, counted=0)
    )
    kept = db.execute(
        select(addresses.c.channel, addresses.c.gateway, addresses.c.encrypted).where(addresses.c.id == address_id)
    ).one()
    db.execute(update(addresses).where(there).values(hash=former_hash, in_hand=0, invalid_at=now, doubt=None))
    newcomer = new_id()
    db.execute(contacts.insert().values(id=newcomer, language=language, attributes="{}", created_at=now))
    db.execute(
        addresses.insert().values(
            id=new_id(), contact_id=newcomer, channel=kept.channel, gateway=kept.gateway, hash=address_hash,
            encrypted=kept.encrypted, created_at=now,
        )
    )  # fmt: skip
    db.execute(update(messages).where(messages.c.id == held).values(contact_id=newcomer))


def heard_since(db: Connection, contact_ids: Collection[int], since: int) -> set[int]:
    """Those of these people from whose phones somebody has texted since a time."""
    theirs = addresses.alias("theirs")
    query = (
        select(addresses.c.contact_id)
        .join(theirs, theirs.c.hash == addresses.c.hash)
        .join(messages, messages.c.contact_id == theirs.c.contact_id)
        .where(addresses.c.contact_id.in_(contact_ids), messages.c.direction == "in", messages.c.created_at >= since)
    )
    return set(db.execute(query.distinct()).scalars())


def asked_since(db: Connection, contact_ids: Collection[int], since: int) -> set[int]:
    """Those of these people who were asked since a time, or are going to be."""
    texts = and_(messages.c.kind == WHOSE, messages.c.status != Status.CANCELLED, messages.c.created_at >= since)
    query = select(messages.c.contact_id).where(messages.c.contact_id.in_(contact_ids), texts)
    return set(db.execute(query.distinct()).scalars())
