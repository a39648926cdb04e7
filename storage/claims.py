"""The outbox: texts of ours that wait, claimed by one worker at a time, and what became of the claim.

A claim is one transaction that locks the texts and their contacts, so that a STOP comes before it or after it, never in
the middle. `token` fences: what a worker records after its lease was lost changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from storage.audience import last_heard
from storage.database import Database
from storage.ids import new_id
from storage.messages import Status
from storage.tables import (
    addresses,
    alerts,
    broadcasts,
    contacts,
    dues,
    messages,
    recipients,
    runs,
    senders,
    spending,
)


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
    segments: int
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
    heard_at: int = 0

    @property
    def sender(self) -> str:
        """What it leaves by: a gateway and a channel."""
        return f"{self.gateway} {self.channel}"


@dataclass(slots=True)
class Sender:
    """How fast a sender goes: when the next segment may leave, and until when nothing may. Microseconds."""

    name: str
    free_at: int
    blocked_until: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that begins with a text."""

    run_id: int
    contact_id: int
    flow: str
    revision_id: int
    state: str
    waiting_node: str | None
    channel: str
    language: str
    status: str
    due_at: int | None
    day: str


class Claim:
    """What one worker takes from the outbox; written when the block ends."""

    def __init__(self, db: Connection, now: int, rows: Sequence[Candidate], known: Mapping[str, Sender]) -> None:
        self.db = db
        self.now = now
        self.rows = rows
        self.senders = known
        self._changes: list[tuple[int, dict[str, Any]]] = []
        self._begun: list[Begun] = []
        self._reasons: list[tuple[int, int, str]] = []
        self._asked: list[dict[str, int]] = []
        self._days: dict[str, list[int]] = {}

    def take(self, row: Candidate, token: str, lease: int, content: str | None) -> None:
        """This worker sends it, now."""
        values = {
            "status": Status.SENDING, "token": token, "lease_until": self.now + lease, "due_at": self.now,
            "attempts": row.attempts + 1, "updated_at": self.now, "content": content,
        }  # fmt: skip
        self._changes.append((row.id, values))

    def hold(self, row: Candidate, due_at: int) -> None:
        """It waits until then."""
        values = {
            "status": Status.QUEUED, "token": None, "lease_until": None, "due_at": due_at, "attempts": row.attempts,
            "updated_at": self.now, "content": row.content,
        }  # fmt: skip
        self._changes.append((row.id, values))

    def cancel(self, row: Candidate, reason: str) -> None:
        """It will never be sent."""
        values = {
            "status": Status.CANCELLED, "token": None, "lease_until": None, "due_at": None, "attempts": row.attempts,
            "updated_at": self.now, "content": row.content,
        }  # fmt: skip
        self._changes.append((row.id, values))
        if row.broadcast_id is not None:
            self._reasons.append((row.broadcast_id, row.contact_id, reason))

    def begin(self, run: Begun) -> None:
        """A run begins with a text that is taken."""
        self._begun.append(run)

    def asked(self, row: Candidate) -> None:
        """Somebody is asked by a broadcast now."""
        if row.broadcast_id is not None:
            self._asked.append({"in_broadcast": row.broadcast_id, "person": row.contact_id, "now": self.now})

    def save_run(self, run_id: int, state: str) -> None:
        """A run as it is once its reminder leaves."""
        self.db.execute(update(runs).where(runs.c.id == run_id).values(state=state, updated_at=self.now))

    def spent(self, day: str) -> int:
        """What was spent on a day so far, in thousandths of a penny."""
        if day not in self._days:
            before = self.db.execute(select(spending.c.spent).where(spending.c.day == day)).scalar() or 0
            self._days[day] = [before, 0]
        return sum(self._days[day])

    def spend(self, day: str, price: int) -> None:
        """Add to what a day has cost."""
        self.spent(day)
        self._days[day][1] += price

    def alert_once(self, kind: str, detail: str) -> None:
        """Something a person must look at, told once."""
        told = select(alerts.c.id).where(alerts.c.kind == kind, alerts.c.detail == detail).limit(1)
        if self.db.execute(told).first() is None:
            self.db.execute(insert(alerts).values(id=new_id(), kind=kind, detail=detail, created_at=self.now))

    def write(self) -> None:
        """Write what was decided, in few statements."""
        if self._changes:
            self.db.execute(_CHANGE, [{"row_id": row_id, **values} for row_id, values in self._changes])
        if self._begun:
            self.db.execute(insert(runs), [self._run_row(run) for run in self._begun])
            waiting = [run for run in self._begun if run.due_at is not None]
            if waiting:
                rows = [{"run_id": run.run_id, "contact_id": run.contact_id, "due_at": run.due_at} for run in waiting]
                self.db.execute(insert(dues), rows)
        for broadcast_id, contact_id, reason in self._reasons:
            self.db.execute(
                update(recipients)
                .where(recipients.c.broadcast_id == broadcast_id, recipients.c.contact_id == contact_id)
                .values(state="left_out", reason=reason, counts=0, run_state=None)
            )
        if self._asked:
            self.db.execute(_ASKED, self._asked)
        for day, (_, spent) in self._days.items():
            statement = upsert(spending).values(day=day, spent=spent)
            more = {"spent": spending.c.spent + statement.excluded.spent}
            self.db.execute(statement.on_conflict_do_update(index_elements=[spending.c.day], set_=more))
        for sender in self.senders.values():
            self.db.execute(update(senders).where(senders.c.name == sender.name).values(free_at=sender.free_at))

    def _run_row(self, run: Begun) -> dict[str, Any]:
        return {
            "id": run.run_id, "contact_id": run.contact_id, "flow": run.flow, "revision_id": run.revision_id,
            "status": run.status, "state": run.state, "waiting_node": run.waiting_node, "channel": run.channel,
            "language": run.language, "trigger": "broadcast", "started_at": self.now, "updated_at": self.now,
            "ended_at": None if run.status == "open" else self.now, "day": run.day,
        }  # fmt: skip


_CHANGE = (
    update(messages)
    .where(messages.c.id == bindparam("row_id"))
    .values(
        {
            name: bindparam(name)
            for name in ("status", "token", "lease_until", "due_at", "attempts", "updated_at", "content")
        }
    )
)


_ASKED = (
    update(recipients)
    .where(recipients.c.broadcast_id == bindparam("in_broadcast"), recipients.c.contact_id == bindparam("person"))
    .values(state="asked", asked_at=bindparam("now"), run_state=None)
)


# Claiming.


def claimable(now: int) -> Any:
    """Texts whose time has come."""
    return and_(messages.c.status == Status.QUEUED, messages.c.due_at <= now)


def abandoned(now: int) -> Any:
    """Texts whose worker has died while it sent them."""
    return and_(messages.c.status == Status.SENDING, messages.c.lease_until <= now)


@contextmanager
def claiming(
    database: Database, now: int, limit: int, counts_since: int, slow: Iterable[str], *, bulk: bool
) -> Iterator[Claim]:
    """Up to `limit` texts whose time has come, the most urgent and longest due first, locked while the block lasts.

    Args:
        database: the store.
        now: microseconds.
        limit: texts.
        counts_since: surveys asked from this moment on weigh on the budget.
        slow: the senders that have a rate.
        bulk: also what is no reply.

    Raises:
        StoreUnavailableError: the store could not be reached or written; nothing was claimed.
    """
    with database.transaction() as db:
        abandon(db, now)
        known = senders_of(db, now, slow)
        rows = _candidates(db, database, now, limit, counts_since, known, bulk=bulk)
        claim = Claim(db, now, rows, known)
        yield claim
        claim.write()


def abandon(db: Connection, now: int) -> None:
    """Texts whose worker died while it sent them: nobody knows whether they went out."""
    db.execute(
        update(messages).where(abandoned(now)).values(status=Status.AMBIGUOUS, token=None, lease_until=None, due_at=now)
    )


def senders_of(db: Connection, now: int, names: Iterable[str]) -> dict[str, Sender]:
    """These senders, locked; made where they are new."""
    wanted = list(names)
    if not wanted:
        return {}
    rows = [{"name": name, "free_at": now} for name in wanted]
    found = _locked(db, wanted)
    if len(found) < len(wanted):
        db.execute(upsert(senders).on_conflict_do_nothing(), rows)
        found = _locked(db, wanted)
    return found


def _locked(db: Connection, names: Sequence[str]) -> dict[str, Sender]:
    rows = db.execute(
        select(senders.c.name, senders.c.free_at, senders.c.blocked_until)
        .where(senders.c.name.in_(names))
        .order_by(senders.c.name)
        .with_for_update()
    )
    return {row.name: Sender(*row) for row in rows}


def _candidates(
    db: Connection, database: Database, now: int, limit: int, counts_since: int, known: Mapping[str, Sender], *,
    bulk: bool,
) -> list[Candidate]:  # fmt: skip
    closed = [name.split(" ") for name, each in known.items() if each.free_at > now or each.blocked_until > now]
    other = recipients.alias("other")
    asked = (
        select(func.count())
        .where(other.c.contact_id == contacts.c.id, other.c.counts == 1, other.c.asked_at >= counts_since)
        .scalar_subquery()
    )
    open_run = runs.alias("open_run")
    query = (
        select(
            messages.c.id, messages.c.contact_id, messages.c.run_id, messages.c.channel, messages.c.body,
            messages.c.kind, messages.c.content, messages.c.segments, messages.c.attempts, messages.c.created_at,
            messages.c.broadcast_id, broadcasts.c.status.label("broadcast_status"), broadcasts.c.flow,
            broadcasts.c.revision_id, recipients.c.run_state, contacts.c.stopped_at, contacts.c.agreed_at,
            contacts.c.attributes, addresses.c.gateway, addresses.c.encrypted, addresses.c.invalid_at,
            open_run.c.id.label("open_run"), open_run.c.state.label("open_state"), asked.label("asked"),
        )
        .join(contacts, contacts.c.id == messages.c.contact_id)
        .join(addresses, and_(addresses.c.contact_id == contacts.c.id, addresses.c.channel == messages.c.channel))
        .outerjoin(broadcasts, broadcasts.c.id == messages.c.broadcast_id)
        .outerjoin(
            recipients,
            and_(recipients.c.broadcast_id == messages.c.broadcast_id, recipients.c.contact_id == contacts.c.id),
        )
        .outerjoin(open_run, and_(open_run.c.contact_id == contacts.c.id, open_run.c.status == "open"))
        .where(messages.c.id.in_(_longest_due(db, now, limit, closed, bulk=bulk)))
        .order_by(messages.c.priority, messages.c.due_at, messages.c.id)
        .with_for_update(of=[messages, contacts], skip_locked=True)
    )  # fmt: skip
    found: dict[int, Candidate] = {}
    for row in db.execute(query):
        candidate = Candidate(
            row.id, row.contact_id, row.run_id, row.channel, row.body, row.kind, row.content, row.segments,
            row.attempts, row.created_at, row.broadcast_id, row.broadcast_status, row.flow, row.revision_id,
            row.run_state, row.stopped_at is not None, row.agreed_at is not None, json.loads(row.attributes),
            row.gateway, database.secrets.unseal(row.encrypted).decode(), row.invalid_at is not None, row.open_run,
            row.open_state, row.asked,
        )  # fmt: skip
        if row.id not in found or found[row.id].invalid:
            found[row.id] = candidate
    heard = dict(last_heard(db, [each.contact_id for each in found.values() if each.channel == "whatsapp"]))
    return [
        replace(each, heard_at=heard.get(each.contact_id, 0)) if each.channel == "whatsapp" else each
        for each in found.values()
    ]


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
            .where(claimable(now), *([] if bulk else [messages.c.priority == 0]), *shut)
            .order_by(messages.c.priority, messages.c.due_at)
            .limit(limit)
            .with_for_update(of=messages, skip_locked=True)
        ).scalars()
    )
