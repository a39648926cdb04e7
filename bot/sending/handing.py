"""One text handed to its gateway, and what its answer means.

What the gateway answers decides by a closed table (`bot.channels.FailureKind`); an answer that leaves it open whether
the message went out is settled by a callback or by looking the message up (`bot.sending.settling`). Where the gateway
did not take the text, what the try took is given back: the money, and the run that began with it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.channels import Channel, Choices, FailureKind, SendError, SendFailure, Template
from bot.conversations import buttons
from bot.conversations.stopping import stop_by_carrier
from bot.logs import log
from bot.service import Service
from flows.run import microseconds
from storage.messages import FROM_GATEWAY, Status
from storage.sending import outbox
from storage.sending.candidates import LONGEST_SHUT, Candidate
from storage.sending.claims import Begun
from storage.sending.outbox import Outcome
from storage.sending.returning import Back
from storage.team import alerts

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
SETTLE_AFTER = timedelta(seconds=60)
"""How long a callback may take to tell that a doubtful message went out, before the gateway is asked."""
BLOCKED = timedelta(microseconds=LONGEST_SHUT)
"""How long a sender that its gateway refuses is left alone."""
BUSY = 2.0
"""Seconds, at most, that a sender waits after its gateway said it has too much to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A text that a worker has claimed, and what was taken for it: a price of a day's money, and the run it begins."""

    row: Candidate
    token: str
    day: str
    price: int
    begun: Begun | None

    def back(self) -> Back:
        """What is given back where the text waits to be tried again."""
        row = self.row
        return Back(self.day, self.price, row.contact_id, row.broadcast_id, row.run_state, self.begun)


class Handing:
    """Texts on their way to their gateways: called by many threads at once, with no transaction open."""

    def __init__(self, service: Service, gateways: Mapping[str, Channel]) -> None:
        self.service = service
        self.gateways = gateways

    def send(self, taken: Taken) -> Outcome:
        """Hand a text over; what became of it, to be recorded.

        Raises:
            StoreUnavailableError: what a refusal says of its person or sender could not be kept.
        """
        row = taken.row
        gateway = self.gateways.get(row.gateway)
        if gateway is None:
            failure = SendFailure(FailureKind.SENDER_BROKEN, None, "this gateway is not set up", charged=False)
            return self._failed(taken, failure)
        try:
            sent = gateway.send(row.address, row.body, row.id, content_of(row.content))
        except SendError as error:
            return self._failed(taken, error.failure)
        except Exception as error:  # whatever broke may have broken after the message had left
            log.failure("sending broke", error, message=row.id)
            return self._failed(taken, SendFailure(FailureKind.AMBIGUOUS, None, "sending broke"))
        status = FROM_GATEWAY.get(sent.status, Status.SENT)
        return Outcome(row.id, taken.token, status, sent.provider_id)

    def _failed(self, taken: Taken, failure: SendFailure) -> Outcome:
        row, token = taken.row, taken.token
        log.warning("message not sent", message=row.id, kind=failure.kind, code=failure.code)
        now = self.service.now()
        if failure.kind is FailureKind.AMBIGUOUS:
            return Outcome(row.id, token, Status.AMBIGUOUS, due_at=microseconds(now + SETTLE_AFTER))
        if not failure.charged or (failure.retry and row.attempts + 1 < MOST_ATTEMPTS):
            until, back = microseconds(now + self._wait(row, failure)), taken.back()
            return Outcome(row.id, token, Status.QUEUED, due_at=until, uncharged=not failure.charged, back=back)
        if failure.kind is FailureKind.OPTED_OUT:
            stop_by_carrier(self.service, row.contact_id, row.channel, row.id)
        elif failure.kind in (FailureKind.ADDRESS_INVALID, FailureKind.SUSPECTED):
            self._note(row, failure.kind, microseconds(now))
        money = Back(taken.day, taken.price, row.contact_id)
        return Outcome(row.id, token, Status.FAILED, error_code=failure.code, back=money)

    def _note(self, row: Candidate, kind: FailureKind, now: int) -> None:
        with self.service.database.transaction() as db:
            if kind is FailureKind.ADDRESS_INVALID:
                outbox.mark_invalid(db, row.contact_id, row.channel, now)
            else:
                alerts.tell_once(db, alerts.SUSPECTED, row.sender, now, since=now - alerts.HOUR)

    def _wait(self, row: Candidate, failure: SendFailure) -> timedelta:
        """How long until the next try: full jitter, so that what failed together does not come back together."""
        refused = failure.kind is FailureKind.SENDER_BROKEN
        if failure.charged and not refused:
            most = min(FIRST_WAIT * float(2 ** min(row.attempts, 16)), LONGEST_WAIT)
            return FIRST_WAIT / 2 + most * (secrets.randbelow(1000) / 1000)
        moment = BLOCKED if refused else timedelta(seconds=BUSY * secrets.randbelow(1000) / 1000 + 0.1)
        now = self.service.now()
        outbox.shut(
            self.service.database, row.sender, microseconds(now), microseconds(now + moment), refused=refused
        )  # fmt: skip
        return moment


def content_of(stored: str | None) -> Template | Choices | None:
    """What is sent instead of the words, as the gateway takes it."""
    if stored is None:
        return None
    fields = json.loads(stored)
    return Template(fields["template"], fields["variables"]) if "template" in fields else buttons.read(fields)
