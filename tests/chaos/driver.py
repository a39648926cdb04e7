"""One cycle: people join, a broadcast goes out, processes are killed, all runs again and is held to account.

Everything that is chosen comes from the cycle's seed. Leases and waits that last minutes are not waited for: once
nothing moves any more, the driver moves what the store holds two minutes back, as if they had passed.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select, update

from bot import gateways
from bot.backfill import catch_up
from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind
from bot.service import Service, build
from bot.settings import Settings
from flows.run import microseconds
from storage import groups, tallies
from storage.audience import Audience
from storage.tables import broadcasts, messages, senders
from tests.chaos.invariants import broken as broken_by
from tests.chaos.parts import Parts
from tests.chaos.people import Person
from tests.fakes.twilio import ACCEPT_THEN_RESET, EMPTY, OK, RESET, TOO_MANY, FakeTwilio, broken
from tests.fakes.twilio.fake import ACCOUNT_SID, PUBLIC_URL, TOKEN
from tests.servers import free_port
from tests.stores import KEY

PEOPLE = 8
FIRE = 1.5
"""Seconds in which processes are killed."""
TICK = 0.05
STILL = 1.0
"""Seconds without any change after which what waits is taken to wait for time."""
PATIENCE = 180.0
"""Seconds within which a cycle must come to rest."""
GATEWAY = (OK, OK, OK, OK, ACCEPT_THEN_RESET, RESET, EMPTY, TOO_MANY, broken(503), broken(503, accepted=True))
WAITS = ("queued", "sending", "ambiguous")


class ChaosError(AssertionError):
    """Something that must hold does not; the message says what, and how to see it again."""


class Siege:
    """The service on one store, its fake Twilio, and everybody who texts it."""

    def __init__(self, service: Service, twilio: FakeTwilio, parts: Parts, pool: ThreadPoolExecutor) -> None:
        self.service, self.twilio, self.parts, self.pool = service, twilio, parts, pool
        self.ways = gateways.gateways(service.settings)
        self._numbers = 1000

    def wait_until_up(self) -> None:
        """Until the web answers."""
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > until:
                raise ChaosError("The web does not come up.")
            time.sleep(TICK)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.service.settings.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def cycle(self, seed: int) -> None:
        """One cycle.

        Raises:
            ChaosError: something does not hold afterwards.
        """
        chance = Random(seed)
        self.wait_until_up()
        self._began = self.service.now()
        people = self._join(chance)
        kills = sorted(
            (chance.uniform(0, FIRE), chance.choice(("web", "web", "worker", "worker", "queue", "clock")))
            for _ in range(chance.randint(1, 4))
        )
        self.twilio.script(*(chance.choice(GATEWAY) for _ in range(PEOPLE)))
        self._broadcast(self._group)
        self._fight(people, kills, chance, seed)
        found = broken_by(self.service, self.twilio, people)
        if found:
            raise ChaosError(f"{again(seed)}: " + "; ".join(found))

    def _join(self, chance: Random) -> list[Person]:
        """New people, by the word on a new group's poster."""
        people = []
        for _ in range(PEOPLE):
            self._numbers += 1
            stops = chance.uniform(0, FIRE) if chance.random() < 0.3 else None
            people.append(Person(f"+4477009{self._numbers:05d}", stops))
        self._group = f"carers{self._numbers}"
        with self.service.database.transaction() as db:
            groups.add(db, self._group, "Carers", self._group, microseconds(self.service.now()))
        for exchange in self.pool.map(lambda person: self.twilio.text(person.number, self._group), people):
            assert exchange.status == 200, "everything runs, and somebody cannot join"
        return people

    def _broadcast(self, group: str) -> None:
        revision_id, _ = self.service.shelf.current("visit", "en")
        draft = Draft(Kind.SURVEY, Audience((group,)), "visit", revision_id)
        with self.service.database.transaction() as db:
            planning.confirm(self.service, db, draft)

    def _fight(self, people: list[Person], kills: list[tuple[float, str]], chance: Random, seed: int) -> None:
        began = moved = looked = time.monotonic()
        seen: object = None
        while True:
            time.sleep(TICK)
            elapsed = time.monotonic() - began
            for name in self.parts.dead():
                self.parts.start(name)
            while kills and kills[0][0] <= elapsed:
                name = kills.pop(0)[1]
                self.parts.kill(name)
            busy = self._let_act(people, elapsed)
            if chance.random() < 0.1:
                self.pool.submit(
                    self.twilio.deliver_callbacks, shuffle=True, times=chance.choice((1, 1, 2)),
                    drop=lambda _: chance.random() < 0.2,
                )  # fmt: skip
            if elapsed < FIRE or kills:
                continue
            if time.monotonic() - looked > STILL / 2:
                self._fetch_what_was_missed(people)
                looked = time.monotonic()
            state = self._waiting()
            if state != seen or busy:
                seen, moved = state, time.monotonic()
            if not state and not busy and time.monotonic() - moved > STILL / 2:
                return
            if elapsed > PATIENCE:
                raise ChaosError(f"{again(seed)}: it does not come to rest: {state}")
            if time.monotonic() - moved > STILL and self._waits_for_time():
                self._let_minutes_pass(state)
                moved = time.monotonic()

    def _let_act(self, people: list[Person], elapsed: float) -> bool:
        shown: dict[str, list[str]] = {person.number: [] for person in people}
        with self.twilio.account.lock:
            for message in self.twilio.ledger.messages.values():
                if message.arrived and message.to in shown:
                    shown[message.to].append(message.body)
        busy = [person.act(self.twilio, self.pool, shown[person.number], elapsed) for person in people]
        return any(busy)

    def _fetch_what_was_missed(self, people: list[Person]) -> None:
        catch_up(self.service, self.ways, self._began - timedelta(seconds=2))
        for person in people:
            person.found_again(self.twilio.account.now())

    def _waiting(self) -> list[tuple[object, ...]]:
        """What has not come to rest: texts on their way, broadcasts, answers not counted."""
        with self.service.database.reading() as db:
            columns = (messages.c.id, messages.c.status, messages.c.attempts)
            rows = db.execute(select(*columns).where(messages.c.status.in_(WAITS)).order_by(messages.c.id)).all()
            open_ones = select(broadcasts.c.id, broadcasts.c.status, broadcasts.c.planned_to).where(
                broadcasts.c.status.not_in(("done", "stopped"))
            )
            waiting = [*map(tuple, rows), *map(tuple, db.execute(open_ones).all())]
        return waiting + ([("uncounted",)] if tallies.waiting(self.service.database) else [])

    def _waits_for_time(self) -> bool:
        """Whether nothing but time is missing. Where something is due, a worker has yet to come to it."""
        now = microseconds(self.service.now())
        with self.service.database.reading() as db:
            moments = select(func.coalesce(messages.c.lease_until, messages.c.due_at)).where(
                messages.c.status.in_(WAITS)
            )
            due = [at for at in db.execute(moments).scalars() if at <= now]
            blocked = db.execute(select(senders.c.name).where(senders.c.blocked_until > now)).first()
        return not due or blocked is not None

    def _let_minutes_pass(self, state: list[tuple[object, ...]]) -> None:
        """Two minutes pass. No living worker may lose a claim by it, so one that holds any is killed first."""
        if any("sending" in row for row in state):
            self.parts.kill("worker")
        span = 120_000_000
        with self.service.database.transaction() as db:
            db.execute(
                update(messages)
                .where(messages.c.status.in_(WAITS))
                .values(due_at=messages.c.due_at - span, lease_until=messages.c.lease_until - span)
            )
            db.execute(
                update(senders).values(blocked_until=senders.c.blocked_until - span, free_at=senders.c.free_at - span)
            )
            db.execute(update(broadcasts).values(lease_until=broadcasts.c.lease_until - span))


def again(seed: int) -> str:
    """How to see a cycle again."""
    return f"make chaos SEED={seed} CYCLES=1"


@contextmanager
def siege(store: str, folder: Path) -> Iterator[Siege]:
    """Everything started on this store."""
    socket, port = folder / "q" / "queue.sock", free_port()
    with FakeTwilio(target=f"http://127.0.0.1:{port}", inbound="/twilio/inbound#rc=4&rp=all&rt=3500") as twilio:
        environ = {
            "SAYSO_DATA": str(folder), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex(), "PORT": str(port),
            "REDIS_URL": f"unix://{socket}", "PUBLIC_URL": PUBLIC_URL, "TWILIO_API_URL": twilio.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SMS_FROM": twilio.number,
            "SAYSO_QUIET_HOURS": "00:00-24:00", "SAYSO_SMS_RATE": "20", "SAYSO_DAILY_SPEND": "0",
        }  # fmt: skip
        service = build(Settings.read(environ))
        parts = Parts(folder, socket, environ)
        try:
            parts.start_all()
            with ThreadPoolExecutor(4, "people") as pool:
                yield Siege(service, twilio, parts, pool)
        finally:
            parts.close()
            service.close()
