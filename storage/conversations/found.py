"""What a turn finds in the store: the contact, their open run, and the text itself where it came before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from storage.drivers.statements import Pair, Statement
from storage.tables import addresses, champions, contacts, erased, members, messages, runs

Value = str | int | float | bool | tuple[str, ...] | None
"""What a contact's attribute may hold."""


@dataclass(frozen=True, slots=True)
class StoredContact:
    """A contact as a turn finds it; address and gateway are those of the address that texted, or of their first."""

    id: int
    language: str
    attributes: dict[str, Value]
    groups: frozenset[str]
    stopped_at: int | None
    agreed_at: int | None
    muted_until: int | None
    champion: bool
    """They look after a group."""
    address_id: int
    gateway: str
    channel: str
    """That of the address."""
    held_by: str | None
    """The user who answers in place of flows, as `user:1`."""
    initials: str | None = None
    """On a phone that people share: how this person is told apart, empty where they have not said; else None."""
    in_hand_at: int | None = None
    """On such a phone: when they last wrote, took it over, or were asked something by their initials."""
    answered_for: bool = False
    """Another person writes in their place."""
    unreachable: bool = False
    """The gateway has said that nobody can be reached at the address."""
    doubt: int | None = None
    """Whether somebody else may have their number now: see `storage.community.doubts`."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A contact's open run."""

    id: int
    revision_id: int
    state: str
    channel: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A text that came before, and the reply it got."""

    message_id: int
    contact_id: int
    body: str
    reply_id: int | None
    reply_body: str | None
    outbox_replies: bool
    """The reply is the outbox's to send, not the HTTP answer's."""
    same_phone: bool
    """It came from the phone that this one came from, whoever has that in hand now."""


@dataclass(frozen=True, slots=True)
class Found:
    """All of it; None where there is none."""

    contact: StoredContact | None = None
    run: StoredRun | None = None
    seen: int | None = None
    """The text came before: our id of it."""
    forgotten: bool = False
    """The text came before, from somebody who was erased since."""
    silent: bool = False
    """They are no newcomer, and nobody has texted from this phone since the time that was asked about."""


_BREAK = "\n"
"""Between the groups' names, which are single words."""


class _Joined(FunctionElement[str]):
    """Texts of several rows as one, which the two stores call differently."""

    inherit_cache = True


@compiles(_Joined, "postgresql")
def _joined_on_postgresql(element: _Joined, compiler: Any, **how: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **how)}, chr(10))"


@compiles(_Joined, "sqlite")
def _joined_on_sqlite(element: _Joined, compiler: Any, **how: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **how)}, char(10))"


def groups_of(contact_id: Any) -> Any:
    """The groups of a contact as one text, for `groups_in`."""
    return select(_Joined(members.c.group_name)).where(members.c.contact_id == contact_id).scalar_subquery()


def groups_in(joined: str | None) -> frozenset[str]:
    """The names that `groups_of` put together."""
    return frozenset(joined.split(_BREAK)) if joined else frozenset()


_champion = select(champions.c.contact_id).where(champions.c.contact_id == contacts.c.id).exists()
_CONTACT = (
    contacts.c.id, contacts.c.language, contacts.c.attributes, groups_of(contacts.c.id), contacts.c.stopped_at,
    contacts.c.agreed_at, contacts.c.muted_until, _champion, addresses.c.id, addresses.c.gateway,
    addresses.c.channel, contacts.c.held_by, addresses.c.initials, addresses.c.in_hand_at, addresses.c.answered_for,
    addresses.c.invalid_at, addresses.c.doubt,
)  # fmt: skip
_RUN = (runs.c.id, runs.c.revision_id, runs.c.state, runs.c.channel)
_reply = messages.alias("reply")
_own = addresses.alias("own")
_SAME_PHONE = (
    select(_own.c.id).where(_own.c.contact_id == messages.c.contact_id, _own.c.hash == bindparam("hash")).exists()
)
# What goes back in an HTTP answer is never claimed, and so has no attempts; what may not have arrived is looked up.
_KEPT_BACK = ("queued", "cancelled", "ambiguous", "unknown")
_NOT_NOW: list[ColumnElement[str]] = [literal_column(f"'{status}'") for status in _KEPT_BACK]
_BY_OUTBOX = _reply.c.status.in_(_NOT_NOW) | (_reply.c.attempts > literal_column("0"))
_SEEN = (
    select(
        messages.c.id,
        messages.c.contact_id,
        messages.c.body,
        messages.c.reply_id,
        _reply.c.body.label("reply_body"),
        _BY_OUTBOX.label("outbox_replies"),
        _SAME_PHONE.label("same_phone"),
    )
    .outerjoin(_reply, _reply.c.id == messages.c.reply_id)
    .where(messages.c.id == bindparam("message_id"))
)
# Word for word as in the index, so that no other run of theirs is looked at.
_WHICH = case((runs.c.status == literal_column("'open'"), literal_column("0")), else_=runs.c.id)
_OPEN = (runs.c.contact_id == contacts.c.id) & (literal_column("0") == _WHICH)

_anybody = select(literal_column("1").label("one")).subquery("anybody")
_text = (
    (messages.c.provider_id == bindparam("provider_id"))
    & (messages.c.channel == bindparam("channel"))
    & (messages.c.direction == literal_column("'in'"))
)


def _lock(where: ColumnElement[bool]) -> Statement:
    """Lock the contact, with whoever shares their phone. A lock waits for whoever holds it, and the next statement sees
    what they did."""
    everybody = select(contacts.c.id).select_from(addresses.join(contacts)).where(where).order_by(contacts.c.id)
    locked = everybody.with_for_update(of=contacts)
    return Statement(locked, only_postgresql=True)


_forgotten = select(erased.c.hash).where(erased.c.hash == bindparam("text_hash")).exists()
_ON_PHONE = addresses.c.hash == bindparam("hash")
_theirs = addresses.alias("theirs")
_heard = messages.alias("heard")
_lately = (
    select(_heard.c.id)
    .join(_theirs, _theirs.c.contact_id == _heard.c.contact_id)
    .where(
        _theirs.c.hash == bindparam("hash"),
        _heard.c.direction == literal_column("'in'"),
        _heard.c.created_at >= bindparam("silent_since"),
    )
)
# Of a newcomer the time is unknown, so that AND would look for texts all the same: by a plan that PostgreSQL made for
# empty tables it read through every text there was.
_SILENT = case((contacts.c.created_at < bindparam("silent_since"), ~_lately.exists()), else_=literal_column("false"))
_BY_HASH = _ON_PHONE & (addresses.c.in_hand == literal_column("1"))
_LOCK_SENDER = _lock(_ON_PHONE)
_READ_SENDER = Statement(
    select(*_CONTACT, *_RUN, messages.c.id, _forgotten, _SILENT).select_from(
        _anybody.outerjoin(addresses, _BY_HASH)
        .outerjoin(contacts, contacts.c.id == addresses.c.contact_id)
        .outerjoin(runs, _OPEN)
        .outerjoin(messages, _text)
    )
)
_BY_ID = addresses.c.contact_id == bindparam("contact_id")
_LOCK_CONTACT = _lock(_BY_ID)
_READ_CONTACT = Statement(
    select(*_CONTACT, *_RUN)
    .select_from(addresses.join(contacts).outerjoin(runs, _OPEN))
    .where(_BY_ID)
    .order_by(addresses.c.id)
)


def of_sender(address_hash: bytes, channel: str, provider_id: str, text_hash: bytes, silent_since: int) -> list[Pair]:
    """Statements that lock and read what there is about a text that came in."""
    values = {
        "hash": address_hash, "channel": channel, "provider_id": provider_id, "text_hash": text_hash,
        "silent_since": silent_since,
    }  # fmt: skip
    return [(_LOCK_SENDER, {"hash": address_hash}), (_READ_SENDER, values)]


def holder(db: Connection, address_hash: bytes) -> Found:
    """Who has a phone in hand now, with their open run."""
    query = select(*_CONTACT, *_RUN).select_from(addresses.join(contacts).outerjoin(runs, _OPEN)).where(_BY_HASH)
    row = db.execute(query, {"hash": address_hash}).first()
    return understood(tuple(row) if row else None)


def text_of(db: Connection, message_id: int, address_hash: bytes) -> Seen:
    """A text that came before, and its reply. Few do: to read it with every text would cost each a join and a look."""
    row = db.execute(_SEEN, {"message_id": message_id, "hash": address_hash}).one()
    return Seen(*row[:5], *map(bool, row[5:]))


def of_contact(contact_id: int) -> list[Pair]:
    """Statements that lock and read what there is about a contact."""
    return [(_LOCK_CONTACT, {"contact_id": contact_id}), (_READ_CONTACT, {"contact_id": contact_id})]


def understood(row: tuple[Any, ...] | None) -> Found:
    """The row those statements give, as records."""
    if row is None:
        return Found()
    whose, rest = row[: len(_CONTACT)], row[len(_CONTACT) :]
    run, text = rest[: len(_RUN)], rest[len(_RUN) :]
    return Found(
        _contact(*whose) if whose[0] is not None else None,
        StoredRun(*run) if run[0] is not None else None,
        text[0] if text else None,
        forgotten=bool(text and text[1]),
        silent=bool(text and text[2]),
    )


def _contact(
    contact_id: int, language: str, attributes: str, groups: str | None, stopped_at: int | None, *others: Any
) -> StoredContact:
    (
        agreed_at, muted_until, champion, address_id, gateway, channel, held_by, initials, in_hand_at, answered_for,
        invalid_at, doubt,
    ) = others  # fmt: skip
    known: dict[str, Any] = json.loads(attributes)
    return StoredContact(
        id=contact_id,
        language=language,
        attributes={name: tuple(value) if isinstance(value, list) else value for name, value in known.items()},
        groups=groups_in(groups),
        stopped_at=stopped_at,
        agreed_at=agreed_at,
        muted_until=muted_until,
        champion=bool(champion),
        address_id=address_id,
        gateway=gateway,
        channel=channel,
        held_by=held_by,
        initials=initials,
        in_hand_at=in_hand_at,
        answered_for=bool(answered_for),
        unreachable=invalid_at is not None,
        doubt=doubt,
    )
