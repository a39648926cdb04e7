"""The jobs: thin entrances to use cases in `bot` and folds in `storage`, called by name from the queue.

A job carries nothing. It does what waits until nothing waits, or until its time is over; then the clock rings again.
Rows are claimed in the store, so that a job killed in the middle, run twice or run by two workers does no harm.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache, wraps

from bot.broadcasts import planning
from bot.channels import Channel
from bot.conversations import backfill, reminders
from bot.logs import log
from bot.processes import housekeeping
from bot.processes.memory import give_back
from bot.sending import gateways, outbox, settling
from bot.service import Service, build
from bot.settings import Settings
from flows.run import microseconds
from storage.counting import tallies
from storage.database import StoreUnavailableError
from storage.moments import StoreTime

DRAIN = 30.0
"""Seconds after which a job leaves the rest to the next one, so that other queues get their turn."""
FOLD_BATCH = 1000

stopping = threading.Event()
"""Set when this process has been asked to stop: a job then ends after its present batch."""


@cache
def service() -> Service:
    """This process's service, made at its first job. Its clock is the store's: leases are compared between machines."""
    made = build(Settings.read(os.environ))
    made.now = StoreTime(made.database)
    give_back()
    return made


@cache
def ways_out() -> Mapping[str, Channel]:
    """This process's gateways, made when first something is sent."""
    return gateways.gateways(service().settings)


def drain(step: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> int:
    """Repeat a step until it has nothing left, the time is over or the process stops; returns how much was done."""
    done = 0
    until = clock() + DRAIN
    while not stopping.is_set():
        count = step()
        done += count
        if not count or clock() >= until:
            break
    return done


def _entrance(job: Callable[[], None]) -> Callable[[], None]:
    """Log what goes wrong and end well: the rows still wait, and RQ would keep the error's words in Redis."""

    @wraps(job)
    def entered() -> None:
        try:
            job()
        except StoreUnavailableError:
            log.error("store unavailable", job=job.__name__, effect="its rows wait")
        except Exception as error:
            log.failure("job failed", error, job=job.__name__, effect="its rows wait")

    return entered


@_entrance
def fold_tallies() -> None:
    """Count the answers that are not counted yet, each once."""
    drain(lambda: tallies.fold(service().database, FOLD_BATCH))


@_entrance
def send_replies() -> None:
    """Send the replies that wait: somebody waits for them."""
    outbox.Outbox(service(), ways_out(), bulk=False).drain(_time_is_over())


@_entrance
def send_bulk() -> None:
    """Send everything that waits, replies first."""
    outbox.Outbox(service(), ways_out(), bulk=True).drain(_time_is_over())


def _time_is_over(clock: Callable[[], float] = time.monotonic) -> Callable[[], bool]:
    until = clock() + DRAIN
    return lambda: stopping.is_set() or clock() >= until


@_entrance
def plan_broadcasts() -> None:
    """Put the texts of broadcasts whose time has come into the outbox."""
    over = _time_is_over()
    drain(lambda: planning.plan_waiting(service(), over))


@_entrance
def settle() -> None:
    """Find out what became of messages of which nobody knows whether they went out, or arrived."""
    settling.doubt_answers(service(), ways_out())
    drain(lambda: settling.settle_doubtful(service(), ways_out()))
    drain(lambda: settling.ask_after(service(), ways_out()))


@_entrance
def catch_up() -> None:
    """Fetch the texts that the webhook never got."""
    backfill.catch_up(service(), ways_out())


@_entrance
def look_at_due_runs() -> None:
    """Remind contacts who went quiet, and end runs whose time is over."""
    drain(lambda: reminders.look_at_due_runs(service()))


@_entrance
def tidy() -> None:
    """Delete rows that serve nobody any more."""
    housekeeping.tidy(service())


@_entrance
def empty_copies() -> None:
    """Have gateways empty their copies of what was erased, as fast as they take it."""
    drain(lambda: housekeeping.empty_copies(service(), ways_out(), microseconds(service().now())))
