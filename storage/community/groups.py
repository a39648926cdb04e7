"""Groups, who is in them, and the champions who look after them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select, update

from storage.community.doubts import heard_or_new
from storage.community.invitations import WAITING, WITHDRAWN
from storage.tables import addresses, champions, contacts, groups, invitations, members
from storage.upserts import insert as upsert


@dataclass(frozen=True, slots=True)
class Group:
    """A group and how many people are in it; `invited` have not said yes."""

    name: str
    title: str
    keyword: str | None
    members: int = 0
    invited: int = 0
    champions: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a group. `attributes` are what flows remember of them."""

    contact_id: int
    language: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Champion:
    """Somebody who looks after a group, and the channel they are texted by."""

    contact_id: int
    language: str
    channel: str
    group: str
    initials: str | None = None
    """How they are told apart on a phone that several share."""


_MEMBER = select(contacts.c.id, contacts.c.language, contacts.c.attributes)
_MEMBERS = select(func.count()).where(members.c.group_name == groups.c.name).scalar_subquery()
_INVITED = (
    select(func.count())
    .where(invitations.c.group_name == groups.c.name, invitations.c.state == WAITING)
    .scalar_subquery()
)
_CHAMPIONS = select(func.count()).where(champions.c.group_name == groups.c.name).scalar_subquery()
_COUNTED = select(groups.c.name, groups.c.title, groups.c.keyword, _MEMBERS, _INVITED, _CHAMPIONS).order_by(
    groups.c.name
)


def add(db: Connection, name: str, title: str, keyword: str | None, now: int) -> bool:
    """Make a group; False where there is one of this name. `keyword` is folded."""
    row = {"name": name, "title": title, "keyword": keyword, "created_at": now}
    statement = upsert(groups).on_conflict_do_nothing(index_elements=[groups.c.name]).returning(groups.c.name)
    return db.execute(statement.values(row)).first() is not None


def change(db: Connection, name: str, title: str, keyword: str | None) -> bool:
    """Give a group another title and keyword; False where there is no such group."""
    statement = update(groups).where(groups.c.name == name).values(title=title, keyword=keyword)
    return bool(db.execute(statement).rowcount)


def remove(db: Connection, name: str) -> bool:
    """Dissolve a group; its people stay, without it. False where there is no such group."""
    for table in (members, champions, invitations):
        db.execute(delete(table).where(table.c.group_name == name))
    return bool(db.execute(delete(groups).where(groups.c.name == name)).rowcount)


def every(db: Connection) -> list[Group]:
    """All groups, by name."""
    return _groups(db, _COUNTED)


def titles(db: Connection) -> dict[str, str]:
    """What all groups are called, by name; nobody in them is counted."""
    rows = db.execute(select(groups.c.name, groups.c.title).order_by(groups.c.name))
    return {row.name: row.title for row in rows}


def get(db: Connection, name: str) -> Group | None:
    """A group by its name."""
    return next(iter(_groups(db, _COUNTED.where(groups.c.name == name))), None)


def by_keyword(db: Connection, words: Sequence[str]) -> Group | None:
    """The group whose keyword is one of these folded phrases; the longest phrase wins."""
    found = _groups(db, _COUNTED.where(groups.c.keyword.in_(words)))
    return max(found, key=lambda group: len(group.keyword or ""), default=None)


def by_name(db: Connection, phrases: Sequence[str]) -> Group | None:
    """The same by their names, in which a hyphen may stand for a space."""
    found = _groups(db, _COUNTED.where(groups.c.name.in_([phrase.replace(" ", "-") for phrase in phrases])))
    return max(found, key=lambda group: len(group.name), default=None)


def of_champion(db: Connection, contact_id: int) -> list[Group]:
    """The groups somebody looks after."""
    own = select(champions.c.group_name).where(champions.c.contact_id == contact_id)
    return _groups(db, _COUNTED.where(groups.c.name.in_(own)))


def _groups(db: Connection, statement: Select[Any]) -> list[Group]:
    return [Group(*row) for row in db.execute(statement)]


def appoint(db: Connection, contact_id: int, group: str, now: int) -> None:
    """Make somebody a champion of a group."""
    row = {"contact_id": contact_id, "group_name": group, "since": now}
    db.execute(upsert(champions).on_conflict_do_nothing().values(row))
    first = (contacts.c.id == contact_id, contacts.c.championed_at.is_(None))
    db.execute(update(contacts).where(*first).values(championed_at=now))


def dismiss(db: Connection, contact_id: int, group: str) -> bool:
    """They look after the group no more; False where they did not."""
    where = (champions.c.contact_id == contact_id, champions.c.group_name == group)
    return bool(db.execute(delete(champions).where(*where)).rowcount)


def champion_at(db: Connection, address_hash: bytes, since: int) -> int | None:
    """The champion an address belongs to, where they agree to be texted and no one else may have the number by now:
    they were heard of since a time (microseconds)."""
    looks_after = select(champions.c.contact_id).where(champions.c.contact_id == contacts.c.id).exists()
    found = select(contacts.c.id).join(addresses, addresses.c.contact_id == contacts.c.id)
    return db.execute(found.where(addresses.c.hash == address_hash, looks_after, *_sure(since))).scalar()


def champions_of(db: Connection, names: Collection[str], since: int) -> list[Champion]:
    """Who looks after any of some groups, each once, where they may be texted and were heard of since a time."""
    rows = db.execute(
        select(
            contacts.c.id,
            contacts.c.language,
            champions.c.group_name,
            func.min(addresses.c.channel).label("channel"),
            func.min(addresses.c.initials).label("initials"),
        )
        .join(champions, champions.c.contact_id == contacts.c.id)
        .join(addresses, addresses.c.contact_id == contacts.c.id)
        .where(champions.c.group_name.in_(sorted(names)), *_sure(since))
        .group_by(contacts.c.id, contacts.c.language, champions.c.group_name)
        .order_by(champions.c.group_name)
    )
    found = (Champion(row.id, row.language, row.channel, row.group_name, row.initials) for row in rows)
    return list({each.contact_id: each for each in found}.values())


def _sure(since: int) -> tuple[ColumnElement[bool], ...]:
    agreed = (contacts.c.stopped_at.is_(None), contacts.c.agreed_at.is_not(None))
    return *agreed, addresses.c.invalid_at.is_(None), addresses.c.doubt.is_(None), heard_or_new(since)


def join(db: Connection, contact_id: int, group: str, now: int) -> bool:
    """Make somebody a member; False where they are one."""
    row = {"contact_id": contact_id, "group_name": group, "joined_at": now}
    statement = upsert(members).on_conflict_do_nothing().returning(members.c.contact_id)
    return db.execute(statement.values(row)).first() is not None


def is_member(db: Connection, contact_id: int, group: str) -> bool:
    """Whether somebody is in a group."""
    where = (members.c.contact_id == contact_id, members.c.group_name == group)
    return db.execute(select(members.c.joined_at).where(*where)).first() is not None


def is_near(db: Connection, contact_id: int, group: str) -> bool:
    """Whether somebody is in a group, or is invited to it and has not answered."""
    invited = db.execute(select(invitations.c.id).where(*_waits(contact_id, group))).first() is not None
    return invited or is_member(db, contact_id, group)


def leave(db: Connection, contact_id: int, group: str) -> bool:
    """Take somebody out of a group, and back the invitation to it; False where they were neither in nor invited."""
    where = (members.c.contact_id == contact_id, members.c.group_name == group)
    left = db.execute(delete(members).where(*where)).rowcount
    back = update(invitations).where(*_waits(contact_id, group)).values(state=WITHDRAWN)
    return bool(left + db.execute(back).rowcount)


def _waits(contact_id: int, group: str) -> tuple[ColumnElement[bool], ...]:
    row = invitations.c
    return row.contact_id == contact_id, row.group_name == group, row.state == WAITING


def people(db: Connection, group: str) -> list[Member]:
    """Everybody in a group."""
    return _members(
        db.execute(
            _MEMBER.join(members, members.c.contact_id == contacts.c.id)
            .where(members.c.group_name == group)
            .order_by(contacts.c.id)
        )
    )


def members_page(db: Connection, group: str, after: int, limit: int) -> list[Member]:
    """The next people of a group by id, after the one with id `after`."""
    return _members(
        db.execute(
            _MEMBER.join(members, members.c.contact_id == contacts.c.id)
            .where(members.c.group_name == group, members.c.contact_id > after)
            .order_by(members.c.contact_id)
            .limit(limit)
        )
    )


def looking_after(db: Connection, group: str) -> list[Member]:
    """The champions of a group, the longest first."""
    return _members(
        db.execute(
            _MEMBER.join(champions, champions.c.contact_id == contacts.c.id)
            .where(champions.c.group_name == group)
            .order_by(champions.c.since)
        )
    )


def _members(rows: Iterable[Any]) -> list[Member]:
    return [Member(row.id, row.language, json.loads(row.attributes)) for row in rows]
