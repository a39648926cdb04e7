"""The outbox: texts of ours that wait, claimed by one worker at a time, and what became of the claim.

A claim is one transaction that locks the texts and their contacts, so that a STOP comes before it or after it, never in
the middle. `token` fences: what a worker records after its lease was lost changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, insert, select, update

from storage.community import phones
from storage.database import Database
from storage.errors import StoreUnavailableError
from storage.ids import id_at
from storage.messages import Status
from storage.sending.answered import MOST, Answered, answered
from storage.sending.candidates import ABANDONED, Candidate, Sender, as_they_are, candidates, known_senders, senders_of
from storage.tables import marks, messages, recipients, runs, senders, spending
from storage.team.alerts import tell_once
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
        self._changes: dict[tuple[int, tuple[tuple[str, Any], ...]], list[int]] = {}
        self._begun: list[Begun] = []
        self._reasons: list[tuple[int, int, str]] = []
        self._asked: dict[int, list[int]] = {}
        self._later: list[Callable[[Connection], object]] = []
        self._days: dict[str, list[int]] = {}
        self._told: set[tuple[str, str]] = set()

    def take(self, row: Candidate, token: str, lease: int, content: str | None) -> None:
        """This worker sends it, now."""
        values = {"status": Status.SENDING, "token": token, "lease_until": self.now + lease, "due_at": self.now}
        self._change(row, {**values, **({} if content == row.content else {"content": content})}, tries=1)

    def hold(self, row: Candidate, due_at: int) -> None:
        """It waits until then."""
        self._change(row, {"status": Status.QUEUED, "token": None, "lease_until": None, "due_at": due_at})

    def cancel(self, row: Candidate, reason: str) -> None:
        """It will never be sent."""
        self._change(row, {"status": Status.CANCELLED, "token": None, "lease_until": None, "due_at": None})
        if row.broadcast_id is not None:
            self._reasons.append((row.broadcast_id, row.contact_id, reason))

    def _change(self, row: Candidate, values: dict[str, Any], tries: int = 0) -> None:
        """What becomes the same of several texts is one statement."""
        self._changes.setdefault((tries, tuple(values.items())), []).append(row.id)

    def begin(self, run: Begun) -> None:
        """A run begins with a text that is taken."""
        self._begun.append(run)

    def asked(self, row: Candidate) -> None:
        """Somebody is asked by a broadcast now."""
        if row.broadcast_id is not None:
            self._asked.setdefault(row.broadcast_id, []).append(row.contact_id)

    def hand_over(self, row: Candidate) -> None:
        """On a phone that several share: whoever is asked something by their initials has it in hand."""
        if row.initials is not None:
            self._later.append(lambda db: phones.hand_over_row(db, row.address_id, self.now))

    def save_run(self, run_id: int, state: str) -> None:
        """A run as it is once its reminder leaves."""
        saved = update(runs).where(runs.c.id == run_id).values(state=state, updated_at=self.now)
        self._later.append(lambda db: db.execute(saved))

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
        if (kind, detail) not in self._told:
            self._told.add((kind, detail))
            self._later.append(lambda db: tell_once(db, kind, detail, self.now))

    def write(self, db: Connection) -> None:
        """Write what was decided, in few statements: on SQLite nobody else writes meanwhile."""
        for (tries, values), ids in self._changes.items():
            given = {"ids": ids, "tries": tries, "now": self.now, **{f"new_{name}": value for name, value in values}}
            db.execute(_changed(tuple(name for name, _ in values)), given)
        for each in self._later:
            each(db)
        if self._begun:
            db.execute(insert(runs), [self._run_row(run) for run in self._begun])
            told = [(run, mark) for run in self._begun for mark in run.marks]
            if told:
                rows = [{"run_id": run.run_id, "dimension": name, "part": part} for run, (name, part) in told]
                db.execute(upsert(marks).on_conflict_do_nothing(), rows)
        for broadcast_id, contact_id, reason in self._reasons:
            db.execute(
                update(recipients)
                .where(recipients.c.broadcast_id == broadcast_id, recipients.c.contact_id == contact_id)
                .values(state="left_out", reason=reason, counts=0, run_state=None)
            )
        for broadcast_id, people in self._asked.items():
            db.execute(_ASKED, {"broadcast": broadcast_id, "people": people, "now": self.now})
        for day, (_, spent) in self._days.items():
            db.execute(_SPENT, {"day": day, "spent": spent})
        if self.senders:
            left = [{"sender": e.name, "free": e.free_at, "counted": e.counted_to} for e in self.senders.values()]
            db.execute(_SENDERS_LEFT, left)

    def _run_row(self, run: Begun) -> dict[str, Any]:
        return {
            "id": run.run_id, "contact_id": run.contact_id, "flow": run.flow, "revision_id": run.revision_id,
            "status": run.status, "state": run.state, "waiting_node": run.waiting_node, "channel": run.channel,
            "language": run.language, "trigger": "broadcast", "started_at": self.now, "updated_at": self.now,
            "ended_at": None if run.status == "open" else self.now, "day": run.day, "due_at": run.due_at,
        }  # fmt: skip


# Made once: every claim writes with the same few, and putting them together took as long as running them.


@cache
def _changed(names: tuple[str, ...]) -> Update:
    """Change these columns of some texts."""
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    changed = {"attempts": messages.c.attempts + bindparam("tries"), "updated_at": bindparam("now"), **new}
    return update(messages).where(messages.c.id.in_(bindparam("ids", expanding=True))).values(changed)


_ASKED = (
    update(recipients)
    .where(
        recipients.c.broadcast_id == bindparam("broadcast"),
        recipients.c.contact_id.in_(bindparam("people", expanding=True)),
    )
    .values(state="asked", asked_at=bindparam("now"), run_state=None)
)
_more = upsert(spending).values(day=bindparam("day"), spent=bindparam("spent"))
_SPENT = _more.on_conflict_do_update(
    index_elements=[spending.c.day], set_={"spent": spending.c.spent + _more.excluded.spent}
)
_SENDERS_LEFT = (
    update(senders)
    .where(senders.c.name == bindparam("sender"))
    .values(free_at=bindparam("free"), counted_to=bindparam("counted"))
)


# Claiming.


@contextmanager
def claiming(
    database: Database, now: int, limit: int, counts_since: int, slow: Iterable[str], *, bulk: bool, ahead: bool = False
) -> Iterator[Claim]:
    """Up to `limit` texts whose time has come, the most urgent and longest due first, locked while the block lasts.

    Args:
        database: the store.
        now: microseconds.
        limit: texts.
        counts_since: surveys asked from this moment on weigh on the budget.
        slow: the senders that have a rate.
        bulk: also what is no reply.
        ahead: for SQLite, where a lock keeps everybody else from writing: the block decides without one, and is written
            only where nothing that it rests upon has changed since.

    Raises:
        StoreUnavailableError: the store could not be reached or written, or (`crossed`) something has changed; nothing
            was claimed.
    """
    if not ahead:
        with database.transaction() as db:
            abandon(db, now)
            yield (claim := _looked_at(database, db, now, limit, counts_since, senders_of(db, now, slow), bulk=bulk))
            claim.write(db)
        return
    wanted = list(slow)
    with database.reading() as db:
        known = known_senders(db, now, wanted)
        if len(known) < len(wanted):
            raise StoreUnavailableError("A sender is new, and must be written first.", crossed=True)
        claim = _looked_at(database, db, now, limit, counts_since, known, bulk=bulk)
        before = as_they_are(db, [row.id for row in claim.rows], counts_since)
        yield claim
    with database.transaction() as db:
        if as_they_are(db, [row.id for row in claim.rows], counts_since) != before:
            raise StoreUnavailableError("Other work was in the way.", crossed=True)
        abandon(db, now)
        claim.write(db)


def _looked_at(
    database: Database, db: Connection, now: int, limit: int, counts_since: int, known: Mapping[str, Sender], *,
    bulk: bool,
) -> Claim:  # fmt: skip
    return Claim(database, db, now, candidates(db, database, now, limit, counts_since, known, bulk=bulk), known)


def abandon(db: Connection, now: int) -> None:
    """Texts whose worker died while it sent them: nobody knows whether they went out."""
    db.execute(_ABANDON, {"now": now})


_ABANDON = (
    update(messages)
    .where(ABANDONED)
    .values(status=Status.AMBIGUOUS, token=None, lease_until=None, due_at=bindparam("now"))
)
