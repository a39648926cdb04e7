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

from bot import housekeeping, outbox, reminders
from bot.channels import Channel
from bot.logs import log
from bot.service import Service, build
from bot.settings import Settings
from storage import tallies
from storage.database import StoreUnavailableError
from workers import gateways

DRAIN = 30.0
"""Seconds after which a job leaves the rest to the next one, so that other queues get their turn."""
FOLD_BATCH = 1000
SEND_BATCH = 20
BULK_BATCH = 100

stopping = threading.Event()
"""Set when this process has been asked to stop: a job then ends after its present batch."""


@cache
def service() -> Service:
    """This process's service, made at its first job."""
    return build(Settings.read(os.environ))


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
    """Send what waits in the outbox, in small batches: somebody waits for it."""
    drain(lambda: outbox.send_waiting(service(), ways_out(), SEND_BATCH))


@_entrance
def send_bulk() -> None:
    """Send what waits in the outbox, in large batches."""
    drain(lambda: outbox.send_waiting(service(), ways_out(), BULK_BATCH))


@_entrance
def look_at_due_runs() -> None:
    """Remind contacts who went quiet, and end runs whose time is over."""
    drain(lambda: reminders.look_at_due_runs(service()))


@_entrance
def tidy() -> None:
    """Delete rows that serve nobody any more."""
    housekeeping.tidy(service())
