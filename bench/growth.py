"""Does a turn get slower as the community grows? The same turns with 1,000 and with 1,000,000 contacts in the store."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bench.population import Population
from bench.servers import postgresql
from bot.channels import Inbound
from bot.conversations.turn import take_turn
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
        few, many = ({"SAYSO_DATA": str(folder / size)} for size in ("few", "many"))
        yield from _measure("SQLite FULL", few, many)
        with postgresql(folder) as url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE many")
            more = make_url(url).set(database="many").render_as_string(hide_password=False)
            yield from _measure("PostgreSQL", {**few, "DATABASE_URL": url}, {**many, "DATABASE_URL": more})


def _measure(store: str, few: dict[str, str], many: dict[str, str]) -> Iterator[str]:
    """Turn by turn beside each other, so that what else the machine does weighs on both."""
    services = _service(few, FEW), _service(many, MANY)
    took: list[list[float]] = [[], []]
    for turn in range(TURNS):
        for service, times in zip(services, took, strict=True):
            times.append(_turn(service, turn))
    for service in services:
        service.close()
    of_few, of_many = (statistics.median(times[30:]) for times in took)
    yield (
        f"growth, {store}: a turn takes {of_few:.0f} µs with {FEW:,} contacts and {of_many:.0f} µs with {MANY:,}, "
        f"{of_many / of_few:.2f} times"
    )


def _service(environ: dict[str, str], count: int) -> Service:
    settings = Settings.read(environ)
    database = Database(settings.database_url, Secrets(settings.secret_key))
    database.migrate()
    database.close()
    service = build(settings)
    Population(service.database).contacts(count)
    return service


def _turn(service: Service, turn: int) -> float:
    """The microseconds of a turn in this process, by contacts nobody has met."""
    inbound = Inbound(
        provider_id=f"SM{turn:032d}",
        address=f"sms:+4478{turn // len(WORDS):08d}",
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
    return (time.perf_counter() - began) * 1e6
