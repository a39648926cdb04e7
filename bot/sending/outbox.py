"""Messages that wait to be sent: claimed under a lease, looked at once more, handed to their gateway, recorded.

A message is a committed row before anything is sent, and no transaction is open while a gateway is called. Sends of one
worker overlap. What the gateway answers decides by a closed table (`bot.channels.FailureKind`); an answer that leaves
it open whether the message went out is settled by a callback or by looking the message up (`bot.sending.settling`).
"""

from __future__ import annotations

import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice

from bot.broadcasts.budget import budget_begins
from bot.broadcasts.draft import Kind
from bot.broadcasts.rules import Rules
from bot.channels import Channel, Choices, FailureKind, SendError, SendFailure, Template
from bot.conversations import buttons, discretion, marks
from bot.conversations.reminders import next_look
from bot.conversations.stopping import stop_by_carrier
from bot.logs import log
from bot.people.numbers import country_of
from bot.sending.deciding import REMINDER, Cancel, Hold, Send, begun_state, decide, reminded_state
from bot.service import Service
from flows.run import Status as RunStatus
from flows.run import microseconds
from storage.community.doubts import WHOSE
from storage.errors import StoreUnavailableError
from storage.ids import new_id
from storage.messages import AWAITED, BY_HAND, FROM_GATEWAY, INVITATION, Status
from storage.sending import broadcasts, outbox
from storage.sending.candidates import Candidate
from storage.sending.claims import Begun, Claim, claiming
from storage.sending.outbox import Outcome

LEASE = 60_000_000
"""Microseconds: longer than any one send can take (the gateway is given ten seconds)."""
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
SETTLE_AFTER = timedelta(seconds=60)
"""How long a callback may take to tell that a doubtful message went out, before the gateway is asked."""
WIDTH = 48
"""Messages one worker has on their way to gateways at once."""
CLAIM = 24
"""Messages claimed at once: few, so that hardly any time lies between the last look and the sending."""
BURST = 0.2
"""Seconds of a sender's rate that may leave at once after a pause."""
SETTLED = timedelta(seconds=2)
"""Turns younger than this may not be committed yet: their replies are counted a little later."""
PATIENCE = 0.05
"""Seconds between two looks while a rate or the hour holds everything back."""
LOOK_AGAIN = 1.0
"""Seconds, at most, until the outbox is looked at again while texts are on their way: where a gateway hangs on one, the
others must not wait for it."""
GATHER = 0.03
"""Seconds in which sends that are over are gathered, to be recorded by one commit."""
BLOCKED = timedelta(minutes=5)
"""How long a sender that its gateway refuses is left alone."""
BUSY = 2.0
"""Seconds, at most, that a sender waits after its gateway said it has too much to do."""


class Outbox:
    """One worker's way out. `bulk`: also what is no reply."""

    def __init__(self, service: Service, gateways: Mapping[str, Channel], *, bulk: bool) -> None:
        self.service = service
        self.gateways = gateways
        self.bulk = bulk
        self.rules = Rules.of(service.settings)
        self._looked = 0
        """How many messages of the last claim were put off or cancelled: then there is more to look at."""
        self.rates = {"twilio sms": service.settings.sms_rate, "twilio whatsapp": service.settings.whatsapp_rate}

    def drain(self, until: Callable[[], bool], pause: Callable[[float], None] = time.sleep) -> int:
        """Send what waits until nothing does or `until` says so; returns how many messages were handed over."""
        handed = 0
        flying: set[Future[Outcome]] = set()
        with ThreadPoolExecutor(WIDTH, "send") as pool:
            while True:
                taken: list[tuple[Candidate, str]] = []
                if not until() and WIDTH - len(flying) >= CLAIM:
                    taken = self._claim(CLAIM)
                    flying |= {pool.submit(self._send, row, token) for row, token in taken}
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
        free = outbox.free_at(self.service.database, now)
        if free > now + int(BLOCKED.total_seconds() * 1_000_000) // 10:
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
            outcomes = [each.result() for each in done]
            self.service.database.retrying(
                lambda: outbox.record(self.service.database, outcomes, microseconds(self.service.now()))
            )
        return done

    # Claiming.

    def _claim(self, limit: int) -> list[tuple[Candidate, str]]:
        database = self.service.database
        self.service.shelf.refresh(self.service.now())
        if not database.is_postgresql:
            try:
                return self._claim_once(limit, ahead=True)
            except StoreUnavailableError as error:
                if not error.crossed:
                    raise
        return database.retrying(lambda: self._claim_once(limit))

    def _claim_once(self, limit: int, *, ahead: bool = False) -> list[tuple[Candidate, str]]:
        now = self.service.now()
        since = microseconds(budget_begins(now, self.rules.zone).astimezone(UTC))
        token = secrets.token_hex(8)
        taken: list[tuple[Candidate, str]] = []
        self._looked = 0
        database, at = self.service.database, microseconds(now)
        with claiming(database, at, limit, since, self.rates, bulk=self.bulk, ahead=ahead) as claim:
            self._count_answers(claim, now)
            busy: set[int | str] = set()
            for row in claim.rows:
                if self._take(claim, row, token, now, busy):
                    taken.append((row, token))
        return taken

    def _count_answers(self, claim: Claim, now: datetime) -> None:
        """Take what went back in HTTP answers from its sender's rate and from its day's money."""
        until = microseconds(now - SETTLED)
        for reply in claim.answered(self.service.midnight(now), until):
            name = f"{reply.gateway} {reply.channel}"
            segments, price = self.service.settings.prices.of(reply.channel, country_of(reply.address), reply.body)
            if name in claim.senders:
                free = max(claim.senders[name].free_at, until - int(BURST * 1_000_000))
                claim.senders[name].free_at = free + self._time_of(name, segments)
            claim.spend(self.service.day(datetime.fromtimestamp(reply.at / 1_000_000, UTC)), price)

    def _time_of(self, sender: str, segments: int) -> int:
        """Microseconds that a text takes of its sender's rate."""
        return (segments if sender.endswith("sms") else 1) * 1_000_000 // self.rates[sender]

    def _take(self, claim: Claim, row: Candidate, token: str, now: datetime, busy: set[int | str]) -> bool:
        off = row.flow is not None and self.service.shelf.is_off(row.flow)
        decision = decide(row, self.rules, now, busy, switched_off=off)
        self._looked += not isinstance(decision, Send)
        if isinstance(decision, Cancel):
            claim.cancel(row, decision.reason)
            return False
        if isinstance(decision, Hold):
            claim.hold(row, microseconds(decision.until))
            return False
        if not self._free(claim, row, now):
            return False
        if row.kind not in AWAITED and not self._afford(claim, row, now):
            return False
        claim.take(row, token, LEASE, decision.content)
        self._begin(claim, row, now)
        busy |= {row.contact_id, row.address}
        if row.kind == REMINDER and row.open_run is not None:
            busy.add(row.open_run)
        return True

    def _free(self, claim: Claim, row: Candidate, now: datetime) -> bool:
        """Take this message's segments from its sender's rate; False where they must wait."""
        sender = claim.senders.get(row.sender)
        if sender is None:
            return True
        at = microseconds(now)
        free = max(sender.free_at, at - int(BURST * 1_000_000))
        if free > at or sender.blocked_until > at:
            return False
        claim.senders[row.sender].free_at = free + self._time_of(row.sender, row.segments)
        return True

    def _afford(self, claim: Claim, row: Candidate, now: datetime) -> bool:
        """Take the price from the day's limit; False where it must wait for tomorrow."""
        settings = self.service.settings
        day = self.service.day(now)
        _, price = settings.prices.of(row.channel, country_of(row.address), row.body)
        limit = settings.daily_spend * 100 * 1000
        if limit and row.gateway != "simulator" and claim.spent(day) + price > limit:
            tomorrow = self.service.local(now).replace(hour=0, minute=0, second=0) + timedelta(days=1)
            claim.hold(row, microseconds(self.rules.hours.next_allowed(tomorrow)))
            claim.alert_once("daily spend reached", day)
            return False
        if row.gateway != "simulator":
            claim.spend(day, price)
        return True

    def _begin(self, claim: Claim, row: Candidate, now: datetime) -> None:
        """What begins with this message: a run, or the count of a reminder."""
        revision_id = row.revision_id or 0
        if row.kind == REMINDER and row.open_run is not None:
            run = reminded_state(row, now)
            if revision_id and discretion.rings(row.attributes, self.service.shelf.revision(revision_id, run.language)):
                discretion.ring(run, seen=True)
            claim.save_run(row.open_run, run.to_json())
        if row.run_state is not None and row.run_id is not None and row.kind == "survey" and row.open_run is None:
            run = begun_state(row.run_state, now)
            flow = self.service.shelf.revision(revision_id, run.language)
            due = next_look(flow, run) if run.status is RunStatus.OPEN else None
            claim.begin(
                Begun(
                    row.run_id, row.contact_id, flow.id, revision_id, run.to_json(), run.node, row.channel,
                    run.language, run.status, due, self.service.day(now),
                    marks.at_start(flow, row.groups, row.attributes),
                )
            )  # fmt: skip
        if row.kind in (REMINDER, INVITATION, Kind.SURVEY) or (row.kind == BY_HAND and not row.shared_busy):
            claim.hand_over(row)
        if row.kind != WHOSE:
            claim.asked(row)

    # Sending: in a thread, with no transaction open.

    def _send(self, row: Candidate, token: str) -> Outcome:
        gateway = self.gateways.get(row.gateway)
        if gateway is None:
            failure = SendFailure(FailureKind.SENDER_BROKEN, None, "this gateway is not set up", charged=False)
            return self._failed(row, token, failure)
        try:
            sent = gateway.send(row.address, row.body, row.id, content_of(row.content))
        except SendError as error:
            return self._failed(row, token, error.failure)
        except Exception as error:  # whatever broke may have broken after the message had left
            log.failure("sending broke", error, message=row.id)
            return self._failed(row, token, SendFailure(FailureKind.AMBIGUOUS, None, "sending broke"))
        status = FROM_GATEWAY.get(sent.status, Status.SENT)
        return Outcome(row.id, token, status, sent.provider_id)

    def _failed(self, row: Candidate, token: str, failure: SendFailure) -> Outcome:
        log.warning("message not sent", message=row.id, kind=failure.kind, code=failure.code)
        now = self.service.now()
        if failure.kind is FailureKind.AMBIGUOUS:
            return Outcome(row.id, token, Status.AMBIGUOUS, due_at=microseconds(now + SETTLE_AFTER))
        if not failure.charged or (failure.decision.retry and row.attempts + 1 < MOST_ATTEMPTS):
            until = now + self._wait(row, failure)
            return Outcome(row.id, token, Status.QUEUED, due_at=microseconds(until), uncharged=not failure.charged)
        if failure.kind is FailureKind.OPTED_OUT:
            stop_by_carrier(self.service, row.contact_id, row.channel, row.id)
        elif failure.kind is FailureKind.ADDRESS_INVALID:
            with self.service.database.transaction() as db:
                outbox.mark_invalid(db, row.contact_id, row.channel, microseconds(now))
        return Outcome(row.id, token, Status.FAILED, error_code=failure.code)

    def _wait(self, row: Candidate, failure: SendFailure) -> timedelta:
        """How long until the next try: full jitter, so that what failed together does not come back together."""
        database, now = self.service.database, self.service.now()
        if failure.kind is FailureKind.SENDER_BROKEN:
            outbox.refuse(database, row.sender, microseconds(now), microseconds(now + BLOCKED), new_id())
            return BLOCKED
        if not failure.charged:
            moment = timedelta(seconds=BUSY * secrets.randbelow(1000) / 1000 + 0.1)
            outbox.block(database, row.sender, microseconds(now + moment))
            return moment
        most = min(FIRST_WAIT * float(2 ** min(row.attempts, 16)), LONGEST_WAIT)
        return FIRST_WAIT / 2 + most * (secrets.randbelow(1000) / 1000)


def _gathered(flying: set[Future[Outcome]]) -> set[Future[Outcome]]:
    """Those that are over in a moment, or sooner once as many are as a claim takes: their places are free."""
    with suppress(TimeoutError):
        deque(islice(as_completed(flying, GATHER), CLAIM), maxlen=0)
    return {each for each in flying if each.done()}


def content_of(stored: str | None) -> Template | Choices | None:
    """What is sent instead of the words, as the gateway takes it."""
    if stored is None:
        return None
    fields = json.loads(stored)
    return Template(fields["template"], fields["variables"]) if "template" in fields else buttons.read(fields)
