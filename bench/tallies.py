"""Folding answers into tallies, beside one `GROUP BY` over the same answers in the same store."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.population import Population
from bench.servers import postgresql
from storage.counting import tallies
from storage.database import Database
from storage.secrets import Secrets
from tests import tallying

ANSWERS = 20_000
BATCH = 1_000
KEY = b"k" * 32


def run() -> Iterator[str]:
    """The figures, a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _measure("SQLite FULL", f"sqlite:///{folder / 'tallies.db'}")
        with postgresql(folder) as url:
            yield from _measure("PostgreSQL", url)


def _measure(store: str, url: str) -> Iterator[str]:
    database = Database(url, Secrets(KEY))
    database.migrate()
    Population(database).answers(ANSWERS)
    began = time.perf_counter()
    tallying.recount(database)
    floor = (time.perf_counter() - began) / ANSWERS * 1e6
    batches = []
    while True:
        began = time.perf_counter()
        folded = tallies.fold(database, BATCH)
        if not folded:
            break
        batches.append((time.perf_counter() - began) / folded * 1e6)
    ours = statistics.median(batches)
    yield f"tallies, {store}: {ours:.1f} µs an answer in batches of {BATCH:,}; floor, one GROUP BY: {floor:.1f} µs"
    database.close()
