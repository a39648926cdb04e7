"""One cycle: people join, a broadcast goes out, processes are killed, all runs again and is held to account.

Everything that is planned comes from the cycle's seed, and is counted in texts that came in or went out, not in
seconds, so that a slow machine sees the same cycle. Leases and waits that last minutes are not waited
for: once nothing moves any more, the driver moves what the store holds two minutes back, as if they had passed.
"""

from __future__ import annotations

import socket
import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind
from bot.conversations.backfill import catch_up
from bot.sending import gateways
from bot.sending.settling import doubt_answers
from bot.service import Service
from flows.run import microseconds
from storage.community import groups
from storage.sending.audience import Audience
from tests.chaos.invariants import broken as broken_by
from tests.chaos.parts import Parts
from tests.chaos.people import Person
from tests.chaos.waiting import let_minutes_pass, only_time_is_missing, what_waits
from tests.fakes.twilio import ACCEPT_THEN_RESET, EMPTY, OK, RESET, TOO_MANY, FakeTwilio, broken
from tests.fakes.twilio.modes import Mode

PEOPLE = 6
HAPPENINGS = 4 * PEOPLE
"""Texts in and out among which processes are killed: most of what a cycle sees."""
VICTIMS = ("web", "web", "worker", "worker", "queue", "clock")
FEWEST_KILLS, MOST_KILLS = 6, 8
"""In a cycle. One more kill costs a start; one more cycle costs joining, sending and coming to rest as well."""
TICK = 0.02
STILL = 0.5
"""Seconds without any change after which what waits is taken to wait for time."""
MOST_PATIENCE = 8.0
"""The same, after time has passed several times and a slow machine has not come to anything."""
PATIENCE = 300.0
"""Seconds within which a cycle must come to rest."""
GATEWAY = (OK, OK, OK, OK, ACCEPT_THEN_RESET, RESET, EMPTY, TOO_MANY, broken(503), broken(503, accepted=True))


class ChaosError(AssertionError):
    """Something that must hold does not; the message says what, and how to see it again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a seed chooses. `kills`: after how many happenings which process; `stops`: when whom has had enough;
    `unheard`: whose rating is answered in vain."""

    kills: tuple[tuple[float, str], ...]
    stops: tuple[float | None, ...]
    modes: tuple[Mode, ...]
    unheard: tuple[bool, ...]

    @classmethod
    def of(cls, seed: int) -> Plan:
        """The plan of this seed."""
        chance = Random(seed)
        kills = sorted(
            (chance.uniform(0, HAPPENINGS), chance.choice(VICTIMS))
            for _ in range(chance.randint(FEWEST_KILLS, MOST_KILLS))
        )
        stops = tuple(chance.uniform(0, HAPPENINGS) if chance.random() < 0.3 else None for _ in range(PEOPLE))
        modes = tuple(chance.choice(GATEWAY) for _ in range(PEOPLE))
        return cls(tuple(kills), stops, modes, tuple(chance.random() < 0.3 for _ in range(PEOPLE)))


class Siege:
    """The service on one store, its fake Twilio, and everybody who texts it."""

    def __init__(self, service: Service, twilio: FakeTwilio, parts: Parts, pool: Executor) -> None:
        self.service, self.twilio, self.parts, self.pool = service, twilio, parts, pool
        self.ways = gateways.gateways(service.settings)
        self._numbers = 1000

    def wait_for_web(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with socket.create_connection(("127.0.0.1", self.service.settings.port), timeout=PATIENCE):
                    return
            except OSError:
                time.sleep(TICK)
        raise ChaosError("The web does not come up.")

    def cycle(self, seed: int) -> None:
        """One cycle.

        Raises:
            ChaosError: something does not hold afterwards.
        """
        plan = Plan.of(seed)
        self.wait_for_web()
        people, group = self._join(plan)
        self.twilio.script(*plan.modes)
        revision_id, _ = self.service.shelf.current("visit", "en")
        with self.service.database.transaction() as db:
            planning.confirm(self.service, db, Draft(Kind.SURVEY, Audience((group,)), "visit", revision_id))
        _Fight(self, people, plan, seed).to_its_end()
        found = broken_by(self.service, self.twilio, people)
        if found:
            raise ChaosError(f"{again(seed)}: " + "; ".join(found))

    def _join(self, plan: Plan) -> tuple[list[Person], str]:
        """New people, by the word on a new group's poster."""
        self._numbers += PEOPLE
        group = f"carers{self._numbers}"
        people = [
            Person(self.twilio, self.service, f"+4477009{self._numbers + place:05d}", stops_after, unheard=unheard)
            for place, (stops_after, unheard) in enumerate(zip(plan.stops, plan.unheard, strict=True))
        ]
        with self.service.database.transaction() as db:
            groups.add(db, group, "Carers", group, microseconds(self.service.now()))
        for exchange in self.pool.map(lambda person: self.twilio.text(person.number, group), people):
            while exchange.status != 200:
                exchange = self.twilio.replay(exchange)  # a slow machine may let all of Twilio's tries pass
        while self.service.spool:
            time.sleep(TICK)
        return people, group


class _Fight:
    """From the broadcast's confirmation until nothing waits any more."""

    def __init__(self, siege: Siege, people: list[Person], plan: Plan, seed: int) -> None:
        self.service, self.twilio, self.parts, self.pool = siege.service, siege.twilio, siege.parts, siege.pool
        self.ways, self.people, self.seed = siege.ways, people, seed
        self.kills = list(plan.kills)
        self.chance = Random(seed)
        self.began = self.service.now() - timedelta(seconds=2)
        self._before = self._happened = self._count()
        self._seen: object = None
        self._reported: Future[object] = Future()  # a report that comes late may send a text on its way again
        self._reported.set_result(None)
        self._moved, self._patience = time.monotonic(), STILL

    def to_its_end(self) -> None:
        """Kill, start again and let everybody talk until nothing waits any more."""
        over = time.monotonic() + PATIENCE
        while self._goes_on():
            time.sleep(TICK)
            if time.monotonic() > over:
                raise ChaosError(f"{again(self.seed)}: it does not come to rest: {what_waits(self.service)}")
            for name in self.parts.dead():
                self.parts.start(name)
            while self.kills and self._happened >= self.kills[0][0]:
                self._kill_next()  # several at once, where much has happened since the last look
            if self.chance.random() < 0.1:
                self._report()

    def _goes_on(self) -> bool:
        """Let everybody act, and see whether anything still moves, or is to."""
        self._happened = self._count() - self._before
        busy = [*(person.act(self.pool, self._happened) for person in self.people), not self._reported.done()]
        waits = what_waits(self.service)
        self._note((self._happened, busy, waits))
        if any(busy) or time.monotonic() - self._moved < self._patience:
            return True
        self._moved = time.monotonic()
        if self._fetch_what_was_missed():
            return True
        if only_time_is_missing(self.service):
            self._let_minutes_pass()
            self._patience = min(2 * self._patience, MOST_PATIENCE)
        elif not waits and self.kills:
            self._kill_next()
            return True  # what was killed is started again before the siege ends
        return bool(waits or self.kills)

    def _note(self, seen: object) -> None:
        if seen != self._seen:
            self._seen, self._moved, self._patience = seen, time.monotonic(), STILL

    def _kill_next(self) -> None:
        self.parts.kill(self.kills.pop(0)[1])
        self._moved = time.monotonic()

    def _count(self) -> int:
        """Texts in and out since the beginning of the siege."""
        return len(self.twilio.ledger.messages)

    def _report(self) -> None:
        """Twilio posts some of its callbacks, late, twice, in any order; some it never posts."""
        times, lost = self.chance.choice((1, 1, 2)), Random(self.chance.random())
        self._reported = self.pool.submit(
            self.twilio.deliver_callbacks, shuffle=True, times=times, drop=lambda _: lost.random() < 0.2
        )  # fmt: skip

    def _fetch_what_was_missed(self) -> int:
        """Texts that never came in, and replies that may never have left: nobody's answer is on its way now."""
        fetched = catch_up(self.service, self.ways, self.began)
        for person in self.people:
            person.look_whether_stopped()
        return fetched + doubt_answers(self.service, self.ways, shown_within=timedelta(0))

    def _let_minutes_pass(self) -> None:
        """No living worker may lose a claim by it, and nothing may be on its way: in two minutes it would be there."""
        self.parts.kill("worker")
        self.twilio.wait_until_hung_up()
        let_minutes_pass(self.service)


def again(seed: int) -> str:
    """How to see a cycle again."""
    return f"make chaos SEED={seed} CYCLES=1"
