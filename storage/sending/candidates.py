"""Texts that may be sent now, with all that decides whether they are; and the senders they leave by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, literal_column, select

from storage.community.invitations import WAITING
from storage.community.phones import is_busy
from storage.conversations.found import groups_in, groups_of
from storage.database import Database
from storage.messages import INVITATION
from storage.sending.audience import last_heard
from storage.tables import addresses, broadcasts, contacts, invitations, messages, recipients, runs, senders, spending
from storage.upserts import insert as upsert


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be sent, with all that decides whether it is."""

    id: int
    contact_id: int
    run_id: int | None
    channel: str
    body: str
    kind: str
    content: str | None
    attempts: int
    created_at: int
    broadcast_id: int | None
    broadcast_status: str | None
    flow: str | None
    revision_id: int | None
    run_state: str | None
    """The run as this text begins it."""
    stopped: bool
    agreed: bool
    attributes: Mapping[str, Any]
    gateway: str
    address: str
    invalid: bool
    open_run: int | None
    open_state: str | None
    asked: int
    """Surveys that weigh on this person's budget already."""
    groups: frozenset[str] = frozenset()
    address_id: int = 0
    initials: str | None = None
    """How this person is told apart on a phone that several share; None where they have it alone."""
    shared_busy: bool = False
    """Somebody else on that phone is in a conversation."""
    heard_at: int = 0
    in_doubt: bool = False
    """Somebody else may have their number now, and was not heard of yet."""
    invited: bool = True
    """The invitation it brings, if it brings one, waits for an answer."""
    rang: bool = False
    """Their open run was begun by a missed call of theirs."""

    @property
    def sender(self) -> str:
        """What it leaves by: a gateway and a channel."""
        return f"{self.gateway} {self.channel}"


@dataclass(slots=True)
class Sender:
    """How fast a sender goes: when the next segment may leave, and until when nothing may. Microseconds.

    Replies in HTTP answers are counted up to the text `counted_to`.
    """

    name: str
    free_at: int
    blocked_until: int
    counted_to: int
    failing_since: int = 0
    """Since when nothing could leave by it; 0 where something did."""

    @property
    def opens_at(self) -> int:
        """When something may leave by it again."""
        return max(self.free_at, self.blocked_until)


LONGEST_SHUT = 300_000_000
"""Microseconds for which a sender is shut at most."""
FARTHEST = 60_000_000
"""How far ahead, at most, a sender's rate is used up."""


# Written out, as in the conditions of their indexes: given as values, SQLite would read through every text there is.
CLAIMABLE = and_(messages.c.status == literal_column("'queued'"), messages.c.due_at <= bindparam("now"))
"""Texts whose time has come."""
ABANDONED = and_(messages.c.status == literal_column("'sending'"), messages.c.lease_until <= bindparam("now"))
"""Texts whose worker has died while it sent them."""


def senders_of(db: Connection, now: int, names: Iterable[str]) -> dict[str, Sender]:
    """These senders, locked; made where they are new."""
    wanted = list(names)
    if not wanted:
        return {}
    rows = [{"name": name, "free_at": now} for name in wanted]
    found = known_senders(db, now, wanted)
    if len(found) < len(wanted):
        db.execute(upsert(senders).on_conflict_do_nothing(), rows)
        found = known_senders(db, now, wanted)
    return found


def closed_until(db: Connection) -> dict[str, int]:
    """Until when nothing leaves by each sender: its gateway is away, busy or refuses us. A time past: it leaves."""
    return {row.name: row.blocked_until for row in db.execute(select(senders.c.name, senders.c.blocked_until))}


def known_senders(db: Connection, now: int, names: Sequence[str]) -> dict[str, Sender]:
    """Those of these senders that are there; locked in a transaction that writes."""
    return {row.name: _sender(now, *row) for row in db.execute(_KNOWN, {"names": names})}


def all_senders(db: Connection, now: int) -> list[Sender]:
    """Every sender that was used."""
    return [_sender(now, *row) for row in db.execute(_SENDERS)]


def _sender(now: int, name: str, free_at: int, blocked_until: int, *others: int) -> Sender:
    """A time farther ahead than any is set is of a clock that was put back since: nobody waits an hour for it."""
    blocked_until = blocked_until if blocked_until <= now + LONGEST_SHUT else 0
    return Sender(name, min(free_at, now + FARTHEST), blocked_until, *others)


_SENDERS = select(
    senders.c.name, senders.c.free_at, senders.c.blocked_until, senders.c.counted_to, senders.c.failing_since
).order_by(senders.c.name)
_KNOWN = _SENDERS.where(senders.c.name.in_(bindparam("names", expanding=True))).with_for_update()
_other = recipients.alias("other")
_asked = (
    select(func.count())
    .where(_other.c.contact_id == contacts.c.id, _other.c.counts == 1, _other.c.asked_at >= bindparam("counts_since"))
    .scalar_subquery()
)
_open_run = runs.alias("open_run")
# The last up to this text: one that did not arrive is sent again as another, a little later.
_invitation = (
    select(invitations.c.state)
    .where(
        messages.c.kind == literal_column(f"'{INVITATION}'"),
        invitations.c.contact_id == contacts.c.id,
        invitations.c.invited_at <= messages.c.created_at,
    )
    .order_by(invitations.c.invited_at.desc())
    .limit(1)
    .scalar_subquery()
)
_PEOPLE = (
    select(
        messages.c.id, messages.c.contact_id, messages.c.run_id, messages.c.channel, messages.c.body,
        messages.c.kind, messages.c.content, messages.c.attempts, messages.c.created_at,
        messages.c.broadcast_id, broadcasts.c.status.label("broadcast_status"), broadcasts.c.flow,
        broadcasts.c.revision_id, recipients.c.run_state, contacts.c.stopped_at, contacts.c.agreed_at,
        contacts.c.attributes, addresses.c.gateway, addresses.c.encrypted, addresses.c.invalid_at,
        _open_run.c.id.label("open_run"), _open_run.c.state.label("open_state"), _asked.label("asked"),
        groups_of(contacts.c.id).label("groups"), addresses.c.id.label("address_id"), addresses.c.initials,
        addresses.c.doubt, _invitation.label("invitation"), _open_run.c.trigger.label("open_trigger"),
        and_(addresses.c.initials.is_not(None), is_busy(addresses.alias("others"))).label("shared_busy"),
    )
    .join(contacts, contacts.c.id == messages.c.contact_id)
    .join(addresses, and_(addresses.c.contact_id == contacts.c.id, addresses.c.channel == messages.c.channel))
    .outerjoin(broadcasts, broadcasts.c.id == messages.c.broadcast_id)
    .outerjoin(
        recipients,
        and_(recipients.c.broadcast_id == messages.c.broadcast_id, recipients.c.contact_id == contacts.c.id),
    )
    .outerjoin(_open_run, and_(_open_run.c.contact_id == contacts.c.id, _open_run.c.status == "open"))
    .where(messages.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(messages.c.priority, messages.c.due_at, messages.c.id)
)  # fmt: skip
_WITH_THEIR_PEOPLE = _PEOPLE.with_for_update(of=[messages, contacts], skip_locked=True)
"""The texts looked at and all known of whom they go to. Made once: putting it together took as long as running it."""


def candidates(
    db: Connection, database: Database, now: int, limit: int, counts_since: int, known: Mapping[str, Sender], *,
    bulk: bool,
) -> list[Candidate]:  # fmt: skip
    """The next texts whose time has come, locked with their people; one each, by an address that is not invalid."""
    closed = [name.split(" ") for name, each in known.items() if each.opens_at > now]
    ids = _longest_due(db, now, limit, closed, bulk=bulk)
    if not ids:
        return []
    found: dict[int, Candidate] = {}
    for row in db.execute(_WITH_THEIR_PEOPLE, {"ids": ids, "counts_since": counts_since}):
        candidate = Candidate(
            row.id, row.contact_id, row.run_id, row.channel, row.body, row.kind, row.content,
            row.attempts, row.created_at, row.broadcast_id, row.broadcast_status, row.flow, row.revision_id,
            row.run_state, row.stopped_at is not None, row.agreed_at is not None, json.loads(row.attributes),
            row.gateway, database.secrets.unseal(row.encrypted).decode(), row.invalid_at is not None, row.open_run,
            row.open_state, row.asked, groups_in(row.groups), row.address_id, row.initials, bool(row.shared_busy),
            in_doubt=row.doubt is not None, invited=row.invitation == WAITING, rang=row.open_trigger == "missed call",
        )  # fmt: skip
        if row.id not in found or found[row.id].invalid:
            found[row.id] = candidate
    heard = dict(last_heard(db, [each.contact_id for each in found.values() if each.channel == "whatsapp"]))
    return [
        replace(each, heard_at=heard.get(each.contact_id, 0)) if each.channel == "whatsapp" else each
        for each in found.values()
    ]


_rows = _PEOPLE.add_columns(messages.c.status).subquery("looked_at")
_columns = [func.hex(column) if column.name == "encrypted" else column for column in _rows.c]
_AS_THEY_ARE = select(
    select(func.json_group_array(func.json_array(*_columns))).scalar_subquery(),
    select(func.json_group_array(func.json_array(*senders.c))).select_from(senders).scalar_subquery(),
    select(func.sum(spending.c.spent)).scalar_subquery(),
)
"""One row: each row read gives other threads of this process the word, and the store is locked meanwhile."""


def as_they_are(db: Connection, ids: Sequence[int], counts_since: int) -> tuple[Any, ...]:
    """All that decides about these texts, to be compared with a later look. On SQLite only."""
    return tuple(db.execute(_AS_THEY_ARE, {"ids": list(ids), "counts_since": counts_since}).one())


def _longest_due(db: Connection, now: int, limit: int, closed: Iterable[Sequence[str]], *, bulk: bool) -> list[int]:
    """The texts to look at, by the outbox's index alone: with its joins the store would sort all that waits."""
    shut = [
        ~exists().where(
            addresses.c.contact_id == messages.c.contact_id,
            addresses.c.channel == messages.c.channel,
            messages.c.channel == channel,
            addresses.c.gateway == gateway,
        )
        for gateway, channel in closed
    ]
    return list(
        db.execute(
            select(messages.c.id)
            .where(CLAIMABLE, *([] if bulk else [messages.c.priority == 0]), *shut)
            .order_by(messages.c.priority, messages.c.due_at)
            .limit(limit)
            .with_for_update(of=messages, skip_locked=True),
            {"now": now},
        ).scalars()
    )
