"""Summaries and files of many answers, beside the store's own client: `BENCH_ANSWERS=1000000 python -m bench exports`.

Processor time, because the machine may be shared; each file is made by a process of its own, whose memory is its peak.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.population import Population
from bench.servers import postgresql
from bot.disclosure.rules import Rules
from bot.exports import tables
from bot.exports.reading import Reader
from bot.exports.request import Request
from flows.loader import load
from storage.counting import recounting
from storage.database import Database
from storage.secrets import Secrets

ANSWERS = int(os.environ.get("BENCH_ANSWERS", "100000"))
KEY = bytes(range(32))
STREAMED = ("csv", "json", "xlsx", "parquet", "flow-results")
FLOW = Path(__file__).resolve().parents[1] / "flows" / "library" / "visit.yaml"
COLUMNS = "answered_at, id, contact_id, run_id, node, outcome, value, channel, language, revision_id, basis"
TRIES = 7
_APART = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds of a process, and the most memory it had, in MiB."""

    seconds: float
    memory: float


def run() -> Iterator[str]:
    """The figures, a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "exports.db"
        select = f"SELECT {COLUMNS} FROM answers"
        client = [shutil.which("sqlite3") or "sqlite3", "-csv", str(file), select]
        yield from _measure("SQLite", f"sqlite:///{file}", client, folder)
        with postgresql(folder) as url:
            copy = ["psql", url.replace("+psycopg", ""), "-c", f"\\copy ({select}) TO STDOUT WITH CSV"]
            yield from _measure("PostgreSQL", url, copy, folder)


def _measure(store: str, url: str, client: Sequence[str], folder: Path) -> Iterator[str]:
    database = Database(url, Secrets(KEY))
    database.migrate()
    Population(database).many(ANSWERS)
    recounting.rebuild(database)
    yield f"{store}: summary of a flow from the tallies of {ANSWERS:,} answers: {_summary(database) * 1000:.1f} ms"
    database.close()
    environ = os.environ | {"DATABASE_URL": url, "SAYSO_SECRET_KEY": KEY.hex(), "SAYSO_DATA": str(folder)}
    export = [str(Path(sys.executable).parent / "sayso"), "export", "visit"]
    shared = _spent([*export, "--out", str(folder / "shared.csv")], environ)
    yield f"{store}: shared export: {shared.seconds:.2f} s, {shared.memory:.0f} MiB, with the start of Python"
    floor = _spent(client, environ)
    rows = ["--level", "restricted", "--layout", "long", "--for", "bench", "--purpose", "bench"]
    for form in STREAMED:
        ours = _spent([*export, *rows, "--format", form, "--out", str(folder / form)], environ)
        yield (
            f"{store}: every answer as {form}: {ours.seconds:.2f} s, {ours.memory:.0f} MiB; floor, the store's own "
            f"client to CSV: {floor.seconds:.2f} s; ratio {ours.seconds / max(floor.seconds, 0.01):.1f}"
        )


def _summary(database: Database) -> float:
    times = []
    request = Request("visit", by=())
    for _ in range(TRIES):
        began = time.process_time()
        with database.reading() as db:
            tables.shown_of(Reader(db, request, load(FLOW), lambda flow, _: flow, Rules()).results(), Rules())
        times.append(time.process_time() - began)
    return statistics.median(times)


def _spent(command: Sequence[str], environ: dict[str, str]) -> Cost:
    """What a command costs, started by a process that has nothing: a new process' peak begins with its parent's."""
    done = subprocess.run([sys.executable, "-c", _APART, *command], env=environ, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds, kibibytes = done.stdout.split()
    return Cost(float(seconds), int(kibibytes) / 1024)
