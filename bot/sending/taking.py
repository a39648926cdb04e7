"""One claim of the outbox: each text looked at once more, with the rate, the money and the runs that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.broadcasts.draft import Kind
from bot.broadcasts.rules import Rules
from bot.conversations import discretion, marks
from bot.conversations.reminders import HELD, next_look
from bot.logs import log
from bot.people.numbers import country_of
from bot.sending.deciding import Cancel, Hold, Send, begun_state, decide, reminded_state
from bot.sending.handing import Taken
from bot.service import Service
from flows.run import Status, microseconds, moment
from storage.community.doubts import WHOSE
from storage.errors import StoreUnavailableError
from storage.messages import AWAITED, BY_HAND, INVITATION, QUESTION, REMINDER
from storage.sending.candidates import Candidate
from storage.sending.claims import Begun, Claim
from storage.team.alerts import UNREADABLE

LEASE = 60_000_000
"""Microseconds: longer than any one send can take (the gateway is given ten seconds)."""
BURST = 0.2
"""Seconds of a sender's rate that may leave at once after a pause."""
SETTLED = timedelta(seconds=2)
"""Turns younger than this may not be committed yet: their replies are counted a little later."""


class Taking:
    """What one worker takes of one claim."""

    def __init__(
        self, service: Service, rules: Rules, rates: Mapping[str, int], claim: Claim, token: str, now: datetime
    ) -> None:
        self.service = service
        self.rules = rules
        self.rates = rates
        self.claim = claim
        self.token = token
        self.now = now
        self.put_off = 0
        """How many texts were held back or cancelled."""
        self._busy: set[int | str] = set()
        """People, addresses and runs that another text of this claim asks something."""
        self._count_answers()

    def take(self, row: Candidate) -> Taken | None:
        """The text as it leaves now; None where it waits or never leaves.

        A text that cannot be judged, as where a newer version has written its run, waits apart: the others leave.
        """
        try:
            return self._take(row)
        except StoreUnavailableError:
            raise
        except Exception as error:
            log.failure("text cannot be judged", error, message=row.id, effect="it waits")
            self.put_off += 1
            self.claim.hold(row, microseconds(self.now + HELD))
            self.claim.alert_once(UNREADABLE, f"{row.flow or row.kind}: {self.service.day(self.now)}")
            return None

    def _take(self, row: Candidate) -> Taken | None:
        off = row.flow is not None and self.service.shelf.is_off(row.flow)
        decision = decide(row, self.rules, self.now, self._busy, switched_off=off)
        if not isinstance(decision, Send):
            self.put_off += 1
        if isinstance(decision, Cancel):
            self.claim.cancel(row, decision.reason)
            return None
        if isinstance(decision, Hold):
            self.claim.hold(row, microseconds(decision.until))
            return None
        segments, cost = self.service.settings.prices.of(row.channel, country_of(row.address), row.body)
        if not self._free(row, segments):
            return None
        price = self._afford(row, cost)
        if price is None:
            return None
        begun = self._begin(row)
        self.claim.take(row, self.token, LEASE, decision.content)
        self._busy |= {row.contact_id, row.address}
        if row.kind in (QUESTION, REMINDER) and row.open_run is not None:
            self._busy.add(row.open_run)
        return Taken(row, self.token, self.service.day(self.now), price, begun)

    # The sender's rate and the day's money.

    def _count_answers(self) -> None:
        """Take what went back in HTTP answers from its sender's rate and from its day's money."""
        claim, until = self.claim, microseconds(self.now - SETTLED)
        for reply in claim.answered(self.service.midnight(self.now), until):
            name = f"{reply.gateway} {reply.channel}"
            segments, price = self.service.settings.prices.of(reply.channel, country_of(reply.address), reply.body)
            if name in claim.senders:
                free = max(claim.senders[name].free_at, until - int(BURST * 1_000_000))
                claim.senders[name].free_at = free + self._time_of(name, segments)
            claim.spend(self.service.day(moment(reply.at)), price)

    def _time_of(self, sender: str, segments: int) -> int:
        """Microseconds that a text takes of its sender's rate."""
        return (segments if sender.endswith("sms") else 1) * 1_000_000 // self.rates[sender]

    def _free(self, row: Candidate, segments: int) -> bool:
        """Take this message's segments from its sender's rate; False where they must wait."""
        sender = self.claim.senders.get(row.sender)
        if sender is None:
            return True
        at = microseconds(self.now)
        free = max(sender.free_at, at - int(BURST * 1_000_000))
        if free > at or sender.blocked_until > at:
            return False
        sender.free_at = free + self._time_of(row.sender, segments)
        return True

    def _afford(self, row: Candidate, price: int) -> int | None:
        """Take the price from the day's limit, and tell it; None where the text must wait for tomorrow."""
        if row.kind in AWAITED or row.gateway == "simulator":
            return 0
        settings = self.service.settings
        day = self.service.day(self.now)
        limit = settings.daily_spend * 100 * 1000
        if limit and self.claim.spent(day) + price > limit:
            tomorrow = self.service.local(self.now).replace(hour=0, minute=0, second=0) + timedelta(days=1)
            self.claim.hold(row, microseconds(self.rules.hours.next_allowed(tomorrow)))
            self.claim.alert_once("daily spend reached", day)
            return None
        self.claim.spend(day, price)
        return price

    # What begins with a text.

    def _begin(self, row: Candidate) -> Begun | None:
        """The run that begins with this message; or the count of a reminder."""
        revision_id, begun = row.revision_id or 0, None
        if row.kind == REMINDER and row.open_run is not None:
            run = reminded_state(row, self.now)
            if revision_id and discretion.rings(row.attributes, self.service.shelf.revision(revision_id, run.language)):
                discretion.ring(run, seen=True)
            self.claim.save_run(row.open_run, run.to_json())
        if row.run_state is not None and row.run_id is not None and row.kind == Kind.SURVEY and row.open_run is None:
            run = begun_state(row.run_state, self.now)
            flow = self.service.shelf.revision(revision_id, run.language)
            due = next_look(flow, run) if run.status is Status.OPEN else None
            begun = Begun(
                row.run_id, row.contact_id, flow.id, revision_id, run.to_json(), run.node, row.channel,
                run.language, run.status, due, self.service.day(self.now),
                marks.at_start(flow, row.groups, row.attributes),
            )  # fmt: skip
            self.claim.begin(begun)
        asks = row.kind in (QUESTION, REMINDER, INVITATION, Kind.SURVEY)
        if asks or (row.kind == BY_HAND and not row.shared_busy):
            self.claim.hand_over(row)
        if row.kind != WHOSE:
            self.claim.asked(row)
        return begun
