"""The outbox: texts of ours that wait, claimed by one worker at a time, and what became of the claim.

A claim is one transaction that locks the texts and their contacts, so that a STOP comes before it or after it, never in
the middle. `token` fences: what a worker records after its lease was lost changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.community import phones
from storage.database import Database
from storage.ids import id_at, new_id
from storage.messages import Status
from storage.sending.answered import MOST, Answered, answered
from storage.sending.candidates import ABANDONED, Candidate, Sender, candidates, senders_of
from storage.tables import alerts, marks, messages, recipients, runs, senders, spending
from storage.upserts import insert as upsert


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
    marks: Sequence[tuple[str, str]]
    """What its answers are told apart by."""


class Claim:
    """What one worker takes from the outbox; written when the block ends."""

    def __init__(
        self, database: Database, db: Connection, now: int, rows: Sequence[Candidate], known: Mapping[str, Sender]
    ) -> None:
        self.db = db
        self._database = database
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

    def hand_over(self, row: Candidate) -> None:
        """On a phone that several share: whoever is asked something by their initials has it in hand."""
        if row.initials is not None:
            phones.hand_over_row(self.db, row.address_id, self.now)

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

    def answered(self, since: int, until: int) -> list[Answered]:
        """Replies that went back in HTTP answers and were not counted yet, from a time on and until another; now they
        are."""
        if not self.senders:
            return []
        after = max(min(each.counted_to for each in self.senders.values()), id_at(since))
        found = answered(self.db, self._database, after, until)
        last = found[-1].id if found else after
        for sender in self.senders.values():
            sender.counted_to = last if len(found) == MOST else max(last, id_at(until))
        return found

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
            told = [(run, mark) for run in self._begun for mark in run.marks]
            if told:
                rows = [{"run_id": run.run_id, "dimension": name, "part": part} for run, (name, part) in told]
                self.db.execute(upsert(marks).on_conflict_do_nothing(), rows)
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
            self.db.execute(
                update(senders)
                .where(senders.c.name == sender.name)
                .values(free_at=sender.free_at, counted_to=sender.counted_to)
            )

    def _run_row(self, run: Begun) -> dict[str, Any]:
        return {
            "id": run.run_id, "contact_id": run.contact_id, "flow": run.flow, "revision_id": run.revision_id,
            "status": run.status, "state": run.state, "waiting_node": run.waiting_node, "channel": run.channel,
            "language": run.language, "trigger": "broadcast", "started_at": self.now, "updated_at": self.now,
            "ended_at": None if run.status == "open" else self.now, "day": run.day, "due_at": run.due_at,
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
        rows = candidates(db, database, now, limit, counts_since, known, bulk=bulk)
        claim = Claim(database, db, now, rows, known)
        yield claim
        claim.write()


def abandon(db: Connection, now: int) -> None:
    """Texts whose worker died while it sent them: nobody knows whether they went out."""
    db.execute(_ABANDON, {"now": now})


_ABANDON = (
    update(messages)
    .where(ABANDONED)
    .values(status=Status.AMBIGUOUS, token=None, lease_until=None, due_at=bindparam("now"))
)
