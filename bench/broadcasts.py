"""Broadcasts: 10,000 people planned and committed, the outbox drained at its rate and flat out, and its memory.

The gateway is one that answers after 50 ms, as Twilio does: what is measured is our side.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from bench.servers import postgresql
from bench.webhook import migrate
from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind
from bot.channels import Choices, Inbound, Sent, StatusUpdate, Template
from bot.outbox import Outbox
from bot.service import Service, build
from bot.settings import Settings
from storage.audience import Audience
from storage.tables import addresses, contacts

PEOPLE = 10_000
GATEWAY_SECONDS = 0.05
FLAT_OUT_SECONDS = 8.0
RATE, RATE_SECONDS = 100, 8.0
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Slow:
    """A gateway that takes every message after 50 ms."""

    def send(self, address: str, body: str, message_id: int, instead: Template | Choices | None = None) -> Sent:  # noqa: ARG002
        """Take it."""
        time.sleep(GATEWAY_SECONDS)
        return Sent(f"SM{message_id:032x}", "queued")

    def find(self, address: str, body: str, since: datetime) -> Sequence[Sent]:  # noqa: ARG002
        """Nothing."""
        return ()

    def heard(self, since: datetime) -> Iterator[Inbound]:  # noqa: ARG002
        """Nothing."""
        return iter(())

    def status(self, provider_id: str) -> StatusUpdate | None:  # noqa: ARG002
        """Nothing."""
        return None

    def cancel(self, provider_id: str) -> None:
        """Nothing."""

    def redact(self, provider_id: str) -> None:
        """Nothing."""


def run() -> Iterator[str]:
    """The figures, a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _measure("SQLite FULL", folder / "one", f"sqlite:///{folder / 'bench.db'}")
        with postgresql(folder) as url:
            yield from _measure("PostgreSQL", folder / "two", url)


def _measure(store: str, folder: Path, url: str) -> Iterator[str]:
    began, start = time.monotonic(), NOON
    environ = {"SAYSO_DATA": str(folder), "DATABASE_URL": url, "SAYSO_SMS_RATE": "10000", "SAYSO_DAILY_SPEND": "0"}
    migrate(environ)
    service = build(
        Settings.read(environ), now=lambda: datetime.fromtimestamp(start.timestamp() + time.monotonic() - began, UTC)
    )
    _people(service)
    revision_id, _ = service.shelf.current("visit", "en")
    with service.database.transaction() as db:
        planning.confirm(service, db, Draft(Kind.SURVEY, Audience(everybody=True), "visit", revision_id))
    started = time.perf_counter()
    planning.plan_waiting(service)
    yield f"broadcast, {store}: {PEOPLE:,} people planned and committed in {time.perf_counter() - started:.1f} s"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outbox = Outbox(service, {"twilio": Slow()}, bulk=True)
    rate = _drain(outbox, FLAT_OUT_SECONDS)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    yield f"broadcast, {store}: {rate:.0f} messages/s by one worker, a gateway of 50 ms; memory grew by {grown:.0f} MiB"
    outbox.rates["twilio sms"] = RATE
    segments = _drain(outbox, RATE_SECONDS) * 2  # `visit` begins with two segments
    yield f"broadcast, {store}: {segments:.0f} segments/s at a configured rate of {RATE}"
    service.close()


def _drain(outbox: Outbox, seconds: float) -> float:
    started = time.perf_counter()
    handed = outbox.drain(lambda: time.perf_counter() - started > seconds)
    return handed / seconds


def _people(service: Service) -> None:
    secrets = service.secrets
    with service.database.transaction() as db:
        db.execute(
            insert(contacts),
            [{"id": n, "language": "en", "attributes": "{}", "agreed_at": 1, "created_at": 1} for n in _ids()],
        )
        rows = []
        for n in _ids():
            address = f"sms:+4477{n:08d}"
            rows.append(
                {
                    "id": n, "contact_id": n, "channel": "sms", "gateway": "twilio", "hash": secrets.hash(address),
                    "encrypted": secrets.seal(address.encode()), "created_at": 1,
                }
            )  # fmt: skip
        db.execute(insert(addresses), rows)


def _ids() -> range:
    return range(1, PEOPLE + 1)
