"""Does a turn get slower as the community grows? The same turns with 1,000 and with 1,000,000 contacts in the store."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.population import Population
from bench.servers import postgresql
from bot.channels import Inbound
from bot.conversation import take_turn
from bot.service import Service, build
from bot.settings import Settings
from storage.database import Database
from storage.secrets import Secrets

FEW, MANY = 1_000, int(os.environ.get("BENCH_CONTACTS", "1000000"))
TURNS = 600
WORDS = ("visit", "1", "Everyone was kind and nobody rushed me.")


def run() -> Iterator[str]:
    """The figures, a line each; the floor is the same store with few contacts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _measure("SQLite FULL", {"SAYSO_DATA": str(folder / "data")})
        with postgresql(folder) as url:
            yield from _measure("PostgreSQL", {"SAYSO_DATA": str(folder / "data"), "DATABASE_URL": url})


def _measure(store: str, environ: dict[str, str]) -> Iterator[str]:
    settings = Settings.read(environ)
    database = Database(settings.database_url, Secrets(settings.secret_key))
    database.migrate()
    database.close()
    service = build(settings)
    population = Population(service.database)
    population.contacts(1, FEW)
    few = _turn(service, 1)
    population.contacts(FEW + 1, MANY - FEW)
    many = _turn(service, 2)
    service.close()
    yield (
        f"growth, {store}: a turn takes {few:.0f} µs with {FEW:,} contacts and {many:.0f} µs with {MANY:,}, "
        f"{many / few:.2f} times"
    )


def _turn(service: Service, lap: int) -> float:
    """The median microseconds of a turn in this process, by contacts nobody has met."""
    took = []
    for turn in range(TURNS):
        number = lap * TURNS + turn // len(WORDS)
        inbound = Inbound(
            provider_id=f"SM{lap:02d}{turn:030d}",
            address=f"sms:+4478{number:08d}",
            channel="sms",
            gateway="twilio",
            body=WORDS[turn % len(WORDS)],
            raw=None,
            media=0,
            opt_out=None,
            received_at=service.now(),
        )
        began = time.perf_counter()
        take_turn(service, inbound)
        took.append((time.perf_counter() - began) * 1e6)
    return statistics.median(took[30:])
