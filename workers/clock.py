"""The clock: looks every half second whether rows wait, and rings a worker for them.

It does no work of its own but one: texts spooled while the store was away are handed in here, because the clock shares
their disk and must not depend on Redis for them. Several clocks do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.background import Bell, Job
from bot.logs import log
from flows.run import microseconds
from storage.community import erasure
from storage.conversations import due
from storage.counting import tallies
from storage.database import Database, StoreUnavailableError
from storage.sending import broadcasts, doubtful, outbox, unreported
from storage.upkeep import heartbeats

TICK = 0.5
"""Seconds between two looks."""
BEAT = timedelta(seconds=5)
TIDY = timedelta(hours=1)
CATCH_UP = timedelta(minutes=10)
"""How long a text that the webhook never got may wait at its gateway."""
SETTLE = timedelta(minutes=1)
"""How often replies in HTTP answers are looked through for those that never left."""
COMPLAIN = timedelta(minutes=1)
HAND_IN_AGAIN = timedelta(seconds=5)

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Every:
    """Says yes at most once in a span of time."""

    def __init__(self, span: timedelta) -> None:
        self._span = span
        self._last = _LONG_AGO

    def due(self, now: datetime) -> bool:
        """Whether the span is over; then it begins again. A clock that was set back begins again too."""
        if self._last <= now < self._last + self._span:
            return False
        self._last = now
        return True


class Clock:
    """Looks at the store once a tick; time is an argument, so that tests need not wait.

    Args:
        database: where rows wait.
        bell: wakes a worker.
        hand_in: hands in the texts spooled while the store was away, if there are any; returns how many.
    """

    def __init__(self, database: Database, bell: Bell, hand_in: Callable[[], int]) -> None:
        self._database = database
        self._bell = bell
        self._hand_in = hand_in
        self._beat = Every(BEAT)
        self._tidy = Every(TIDY)
        self._catch_up = Every(CATCH_UP)
        self._settle = Every(SETTLE)
        self._spool = Every(HAND_IN_AGAIN)
        self._complain = Every(COMPLAIN)

    def tick(self, now: datetime) -> None:
        """One look. An unreachable store or queue is logged, and looked at again at the next tick."""
        try:
            self._ring_for_what_waits(now)
            if self._beat.due(now):
                self._note_that_we_live(now)
            if self._spool.due(now):
                self._empty_spool()
        except StoreUnavailableError:
            self._complain_of("store unavailable", now)
        except Exception as error:  # a broken row must not stop the clock for everybody else
            if self._complain.due(now):
                log.failure("clock failed", error)

    def _ring_for_what_waits(self, now: datetime) -> None:
        at = microseconds(now)
        jobs = []
        replies, bulk = outbox.waiting(self._database, at)
        if replies:
            jobs.append(Job.SEND_REPLIES)
        if bulk:
            jobs.append(Job.SEND_BULK)
        waits = doubtful.waiting(self._database, at) or unreported.waiting(self._database, at)
        if self._settle.due(now) or waits:
            jobs.append(Job.SETTLE)
        if broadcasts.waiting(self._database, at):
            jobs.append(Job.PLAN_BROADCASTS)
        if due.waiting(self._database, at):
            jobs.append(Job.LOOK_AT_DUE_RUNS)
        if tallies.waiting(self._database):
            jobs.append(Job.FOLD_TALLIES)
        if erasure.copies_wait(self._database, at):
            jobs.append(Job.EMPTY_COPIES)
        if self._catch_up.due(now):
            jobs.append(Job.CATCH_UP)
        if self._tidy.due(now):
            jobs.append(Job.TIDY)
        for job in jobs:
            if not self._bell.ring(job, now):
                return  # each try may take the time of a tick

    def _note_that_we_live(self, now: datetime) -> None:
        """`queue` says what `GET /ready` reports of Redis: the web does not talk to it."""
        at = microseconds(now)
        heartbeats.beat(self._database, "queue", "ok" if self._bell.reachable(now) else "unreachable", at)
        heartbeats.beat(self._database, "clock", "ok", at)

    def _empty_spool(self) -> None:
        handed_in = self._hand_in()
        if handed_in:
            log.info("spooled texts handed in", count=handed_in)

    def _complain_of(self, what: str, now: datetime) -> None:
        if self._complain.due(now):
            log.error(what, effect="rows wait")
