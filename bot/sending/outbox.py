"""Messages that wait to be sent: claimed under a lease, looked at once more, handed to their gateway, recorded.

A message is a committed row before anything is sent, and no transaction is open while a gateway is called. Sends of one
worker overlap (`bot.sending.handing`); what is taken at all is decided row by row (`bot.sending.taking`).
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import suppress
from datetime import UTC
from itertools import islice

from bot.broadcasts.budget import budget_begins
from bot.broadcasts.rules import Rules
from bot.channels import Channel
from bot.logs import log
from bot.sending.handing import Handing, Taken
from bot.sending.taking import Taking
from bot.service import Service
from flows.run import microseconds
from storage.errors import StoreUnavailableError
from storage.sending import broadcasts, outbox
from storage.sending.claims import claiming
from storage.sending.outbox import Outcome

WIDTH = 48
"""Messages one worker has on their way to gateways at once."""
CLAIM = 24
"""Messages claimed at once: few, so that hardly any time lies between the last look and the sending."""
PATIENCE = 0.05
"""Seconds between two looks while a rate or the hour holds everything back."""
LONG = 30_000_000
"""Microseconds: while a sender is shut for longer than this, the worker is free for other work."""
LOOK_AGAIN = 1.0
"""Seconds, at most, until the outbox is looked at again while texts are on their way: where a gateway hangs on one, the
others must not wait for it."""
GATHER = 0.03
"""Seconds in which sends that are over are gathered, to be recorded by one commit."""


class Outbox:
    """One worker's way out. `bulk`: also what is no reply."""

    def __init__(self, service: Service, gateways: Mapping[str, Channel], *, bulk: bool) -> None:
        self.service = service
        self.bulk = bulk
        self.rules = Rules.of(service.settings)
        self.rates = {"twilio sms": service.settings.sms_rate, "twilio whatsapp": service.settings.whatsapp_rate}
        self._handing = Handing(service, gateways)
        self._looked = 0
        """How many messages of the last claim were put off or cancelled: then there is more to look at."""
        self._failing: list[str] = []
        """The senders that nothing could leave by when it was last looked."""

    def drain(self, until: Callable[[], bool], pause: Callable[[float], None] = time.sleep) -> int:
        """Send what waits until nothing does or `until` says so; returns how many messages were handed over."""
        handed = 0
        flying: set[Future[Outcome]] = set()
        with ThreadPoolExecutor(WIDTH, "send") as pool:
            while True:
                taken: list[Taken] = []
                if not until() and WIDTH - len(flying) >= CLAIM:
                    taken = self._claim(CLAIM)
                    flying |= {pool.submit(self._handing.send, each) for each in taken}
                    handed += len(taken)
                full = WIDTH - len(flying) < CLAIM
                if full or not taken:
                    flying -= self._land(flying, full=full)
                if not taken and not flying and (until() or not self._waits(pause)):
                    broadcasts.end_finished(self.service.database, microseconds(self.service.now()))
                    return handed

    def _waits(self, pause: Callable[[float], None]) -> bool:
        """Whether something may leave soon: then a moment passes."""
        now = microseconds(self.service.now())
        replies, bulk = outbox.waiting(self.service.database, now)
        if not replies and not (bulk and self.bulk):
            return False
        if outbox.free_at(self.service.database, now) > now + LONG:
            return False
        if not self._looked:
            pause(PATIENCE)
        return True

    def _land(self, flying: set[Future[Outcome]], *, full: bool) -> set[Future[Outcome]]:
        """Record the sends that are over, with those that end a moment after the first."""
        if not flying:
            return set()
        done = wait(flying, None if full else LOOK_AGAIN, FIRST_COMPLETED).done
        if done:
            done = _gathered(flying)
            outcomes = [outcome for each in done if (outcome := _outcome(each)) is not None]
            self.service.database.retrying(
                lambda: outbox.record(self.service.database, outcomes, microseconds(self.service.now()))
            )
            if self._failing and any(each.provider_id is not None for each in outcomes):
                outbox.leaves_again(self.service.database, self._failing)
        return done

    # Claiming.

    def _claim(self, limit: int) -> list[Taken]:
        database = self.service.database
        self.service.shelf.refresh(self.service.now())
        if not database.is_postgresql:
            try:
                return self._claim_once(limit, ahead=True)
            except StoreUnavailableError as error:
                if not error.crossed:
                    raise
        return database.retrying(lambda: self._claim_once(limit))

    def _claim_once(self, limit: int, *, ahead: bool = False) -> list[Taken]:
        now = self.service.now()
        since = microseconds(budget_begins(now, self.rules.zone).astimezone(UTC))
        database, at = self.service.database, microseconds(now)
        with claiming(database, at, limit, since, self.rates, bulk=self.bulk, ahead=ahead) as claim:
            self._failing = [name for name, sender in claim.senders.items() if sender.failing_since]
            taking = Taking(self.service, self.rules, self.rates, claim, secrets.token_hex(8), now)
            taken = [each for row in claim.rows if (each := taking.take(row)) is not None]
            self._looked = taking.put_off
        return taken


def _gathered(flying: set[Future[Outcome]]) -> set[Future[Outcome]]:
    """Those that are over in a moment, or sooner once as many are as a claim takes: their places are free."""
    with suppress(TimeoutError):
        deque(islice(as_completed(flying, GATHER), CLAIM), maxlen=0)
    return {each for each in flying if each.done()}


def _outcome(sent: Future[Outcome]) -> Outcome | None:
    """What became of a text; None where nobody could write that down: it is settled when its lease is over."""
    try:
        return sent.result()
    except Exception as error:  # the others that are over must be recorded whatever broke for this one
        log.failure("sending could not be finished", error, effect="it is settled later")
        return None
