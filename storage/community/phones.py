"""Several people on one phone: an address row each, all with the phone's hash; one of them has it in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from storage.ids import new_id
from storage.tables import addresses, contacts, messages, runs


@dataclass(frozen=True, slots=True)
class Holder:
    """One of the people on a phone. `initials` are None where nobody shares it, empty where they have not said."""

    address_id: int
    contact_id: int
    initials: str | None
    fresh: bool
    """Nothing of theirs could be shown to anybody: they had no conversation yet."""


def people_on(db: Connection, address_hash: bytes) -> list[Holder]:
    """Everybody on a phone, who was there first at the front."""
    talked = select(runs.c.id).where(runs.c.contact_id == addresses.c.contact_id).exists()
    rows = db.execute(
        select(addresses.c.id, addresses.c.contact_id, addresses.c.initials, talked.label("talked"))
        .where(addresses.c.hash == address_hash)
        .order_by(addresses.c.id)
    )
    return [Holder(row[0], row[1], row[2], fresh=not row[3]) for row in rows]


def join(
    db: Connection, address_hash: bytes, encrypted: bytes, *, channel: str, gateway: str, language: str, initials: str,
    agreed_at: int | None, now: int,
) -> Holder:  # fmt: skip
    """Somebody new on a phone. They do not have it in hand yet, unless nobody was on it before.

    Args:
        db: the open transaction.
        address_hash: of the phone.
        encrypted: its address, sealed.
        channel: of the address.
        gateway: who carries texts to it.
        language: they are written to in.
        initials: how they are told apart.
        agreed_at: since when they agree to be texted; None where another person speaks for them.
        now: microseconds.
    """
    contact_id, address_id = new_id(), new_id()
    nobody = db.execute(select(addresses.c.id).where(addresses.c.hash == address_hash).limit(1)).first() is None
    db.execute(
        insert(contacts).values(id=contact_id, language=language, attributes="{}", agreed_at=agreed_at, created_at=now)
    )
    db.execute(
        insert(addresses).values(
            id=address_id, contact_id=contact_id, channel=channel, gateway=gateway, hash=address_hash,
            encrypted=encrypted, in_hand=int(nobody), initials=initials, created_at=now,
        )
    )  # fmt: skip
    return Holder(address_id, contact_id, initials, fresh=True)


def name(db: Connection, address_id: int, initials: str) -> None:
    """How somebody on a phone is told apart from the others."""
    db.execute(update(addresses).where(addresses.c.id == address_id).values(initials=initials))


def hand_over(db: Connection, address_hash: bytes, address_id: int, now: int, *, answered_for: bool = False) -> None:
    """From now on this person has the phone in hand; it is known as one that people share."""
    phone = addresses.c.hash == address_hash
    # One after the other: at no moment do two have it.
    db.execute(update(addresses).where(phone, addresses.c.in_hand == 1).values(in_hand=0))
    db.execute(update(addresses).where(phone, addresses.c.initials.is_(None)).values(initials=""))
    db.execute(
        update(addresses)
        .where(addresses.c.id == address_id)
        .values(in_hand=1, in_hand_at=now, answered_for=int(answered_for))
    )


def hand_over_row(db: Connection, address_id: int, now: int) -> None:
    """As `hand_over`, by an address row of a phone that is known to be shared."""
    address_hash = db.execute(select(addresses.c.hash).where(addresses.c.id == address_id)).scalar_one()
    hand_over(db, address_hash, address_id, now)


def pick_up(db: Connection, hashes: list[bytes]) -> None:
    """Give phones that nobody has in hand any more to whoever was on them first."""
    for each in hashes:
        phone = addresses.c.hash == each
        held = db.execute(select(addresses.c.id).where(phone, addresses.c.in_hand == 1)).first()
        if held is None:
            first = select(func.min(addresses.c.id)).where(phone).scalar_subquery()
            db.execute(update(addresses).where(addresses.c.id == first).values(in_hand=1))


def others_on_phones_of(db: Connection, contact_id: int) -> list[int]:
    """Everybody who shares a phone with this contact, without them."""
    own = select(addresses.c.hash).where(addresses.c.contact_id == contact_id)
    shared = and_(addresses.c.hash.in_(own), addresses.c.contact_id != contact_id)
    return sorted(set(db.execute(select(addresses.c.contact_id).where(shared)).scalars()))


def is_stopped(db: Connection, address_hash: bytes) -> bool:
    """Whether anybody on a phone has said STOP: it is said for the whole phone."""
    stopped = select(contacts.c.id).join(addresses, addresses.c.contact_id == contacts.c.id)
    found = stopped.where(addresses.c.hash == address_hash, contacts.c.stopped_at.is_not(None)).limit(1)
    return db.execute(found).first() is not None


def open_runs(db: Connection, contact_ids: list[int]) -> dict[int, int]:
    """The open run of each of these contacts who has one."""
    query = select(runs.c.contact_id, runs.c.id).where(runs.c.contact_id.in_(contact_ids), runs.c.status == "open")
    return {row[0]: row[1] for row in db.execute(query)}


def words_of(db: Connection, message_id: int) -> str:
    """What a text that came in said; nothing where it is gone."""
    query = select(messages.c.body).where(messages.c.id == message_id, messages.c.direction == "in")
    return str(db.execute(query).scalar() or "")


def is_busy(other: Any) -> Any:
    """A condition: somebody else on the phone of an address row is in a conversation.

    `other`: an alias of `addresses`, for the rows of the others.
    """
    return (
        select(runs.c.id)
        .join(other, and_(other.c.contact_id == runs.c.contact_id, runs.c.status == "open"))
        .where(other.c.hash == addresses.c.hash, other.c.contact_id != addresses.c.contact_id)
        .exists()
    )
