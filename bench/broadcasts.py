"""Broadcasts: 10,000 people planned and committed, the outbox drained at its rate and flat out, and its memory.

The gateway is the fake Twilio in a process of its own, behind the real client and real HTTP; it answers after 50 ms.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import insert

from bench.gateway import fake_twilio
from bench.servers import postgresql
from bench.webhook import migrate
from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind
from bot.channels.twilio_api import TwilioChannel
from bot.sending.outbox import Outbox
from bot.service import Service, build
from bot.settings import Settings
from flows.run import microseconds
from storage.sending.audience import Audience
from storage.tables import addresses, contacts

PEOPLE = 10_000
FLAT_OUT_SECONDS = 8.0
RATE, RATE_SECONDS = 100, 8.0


def run() -> Iterator[str]:
    """The figures, a line each."""
    with tempfile.TemporaryDirectory() as name, fake_twilio() as way:
        folder = Path(name)
        yield from _measure("SQLite FULL", folder / "one", f"sqlite:///{folder / 'bench.db'}", way)
        with postgresql(folder) as url:
            yield from _measure("PostgreSQL", folder / "two", url, way)


def _measure(store: str, folder: Path, url: str, way: TwilioChannel) -> Iterator[str]:
    service, _ = confirmed(folder, url, PEOPLE)
    started = time.perf_counter()
    planning.plan_waiting(service)
    yield f"broadcast, {store}: {PEOPLE:,} people planned and committed in {time.perf_counter() - started:.1f} s"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outbox = Outbox(service, {"twilio": way}, bulk=True)
    worked = time.process_time()
    rate = _drain(outbox, FLAT_OUT_SECONDS)
    each = (time.process_time() - worked) * 1000 / max(rate * FLAT_OUT_SECONDS, 1)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    yield f"broadcast, {store}: {rate:.0f} messages/s by one worker, a gateway of 50 ms; memory grew by {grown:.0f} MiB"
    yield f"broadcast, {store}: {each:.2f} ms of processor a message"
    outbox.rates["twilio sms"] = RATE
    segments = _drain(outbox, RATE_SECONDS) * 2  # `visit` begins with two segments
    yield f"broadcast, {store}: {segments:.0f} segments/s at a configured rate of {RATE}"
    service.close()


def _drain(outbox: Outbox, seconds: float) -> float:
    started = time.perf_counter()
    handed = outbox.drain(lambda: time.perf_counter() - started > seconds)
    return handed / seconds


def confirmed(folder: Path, url: str, people: int) -> tuple[Service, dict[str, str]]:
    """A service on an empty store with so many people, who are all to be sent `visit`; with it its environment."""
    environ = {"SAYSO_DATA": str(folder), "DATABASE_URL": url, "SAYSO_SMS_RATE": "10000", "SAYSO_DAILY_SPEND": "0"}
    environ["SAYSO_QUIET_HOURS"] = "00:00-00:00"  # any time: the clock must be the one that ids are made by
    migrate(environ)
    service = build(Settings.read(environ))
    _people(service, people)
    revision_id, _ = service.shelf.current("visit", "en")
    with service.database.transaction() as db:
        planning.confirm(service, db, Draft(Kind.SURVEY, Audience(everybody=True), "visit", revision_id))
    return service, environ


def _people(service: Service, count: int) -> None:
    secrets, ids = service.secrets, range(1, count + 1)
    now = microseconds(service.now())  # met just now: of whom we have known for months we would ask whose number it is
    with service.database.transaction() as db:
        db.execute(
            insert(contacts),
            [
                {"id": n, "language": "en", "attributes": "{}", "agreed_at": now, "created_at": now}
                for n in range(1, count + 1)
            ],
        )
        rows = []
        for n in ids:
            address = f"sms:+4477{n:08d}"
            rows.append(
                {
                    "id": n, "contact_id": n, "channel": "sms", "gateway": "twilio", "hash": secrets.hash(address),
                    "encrypted": secrets.seal(address.encode()), "created_at": now,
                }
            )  # fmt: skip
        db.execute(insert(addresses), rows)
