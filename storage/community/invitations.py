"""Invitations to groups: somebody added by another person is asked once, and counts only after their own yes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from storage.ids import new_id
from storage.tables import addresses, groups, invitations

WAITING, ACCEPTED, REFUSED, WITHDRAWN = "waiting", "accepted", "refused", "withdrawn"
"""What has become of an invitation."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that waits for its answer."""

    id: int
    group: str
    title: str
    name: str | None
    wording: str
    language: str
    invited_at: int


def add(
    db: Connection, contact_id: int, group: str, *, name: str | None, invited_by: int | None, wording: str,
    language: str, now: int,
) -> None:  # fmt: skip
    """Note that somebody is asked to join a group, in which wording of which language."""
    db.execute(
        insert(invitations).values(
            id=new_id(),
            contact_id=contact_id,
            group_name=group,
            invited_by=invited_by,
            name=name,
            wording=wording,
            language=language,
            state=WAITING,
            invited_at=now,
        )
    )


def last_at(db: Connection, contact_id: int) -> int | None:
    """When somebody was last asked to join any group."""
    return db.execute(select(func.max(invitations.c.invited_at)).where(invitations.c.contact_id == contact_id)).scalar()


def last_on_phone(db: Connection, address_hash: bytes) -> int | None:
    """When anybody on a phone was last asked to join any group, or is going to be."""
    on_it = select(addresses.c.contact_id).where(addresses.c.hash == address_hash)
    return db.execute(select(func.max(invitations.c.invited_at)).where(invitations.c.contact_id.in_(on_it))).scalar()


def waiting(db: Connection, contact_id: int) -> Invitation | None:
    """The last invitation somebody has not answered."""
    found = db.execute(
        select(
            invitations.c.id, invitations.c.group_name, groups.c.title, invitations.c.name, invitations.c.wording,
            invitations.c.language, invitations.c.invited_at,
        )
        .join(groups, groups.c.name == invitations.c.group_name)
        .where(invitations.c.contact_id == contact_id, invitations.c.state == WAITING)
        .order_by(invitations.c.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    return Invitation(*found) if found else None


def answer(db: Connection, contact_id: int, state: str, now: int, group: str | None = None) -> None:
    """Their invitations that wait, to one group or to any, are answered, or withdrawn."""
    whose = [invitations.c.contact_id == contact_id, invitations.c.state == WAITING]
    if group is not None:
        whose.append(invitations.c.group_name == group)
    db.execute(update(invitations).where(*whose).values(state=state, answered_at=now))


def has_refused(db: Connection, contact_id: int) -> bool:
    """Whether somebody has ever said no to an invitation."""
    where = (invitations.c.contact_id == contact_id, invitations.c.state == REFUSED)
    return db.execute(select(invitations.c.id).where(*where).limit(1)).first() is not None
