"""How long pages take and how large they are, with a region's people and answers in the store.

Each page's figure is the median of some calls inside this process: what the server does, without the network. The
floor beside it is a page of the console that reads nothing but who is signed in.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench import load
from bench.crowd import GROUP, fill
from bench.servers import free_port, gunicorn, postgresql
from bot.app import create_app
from bot.console.access import Role
from bot.people.grouping import make
from bot.service import Service, build
from bot.settings import Settings
from storage.conversations import threads
from storage.database import Database
from storage.secrets import Secrets
from tests.bot.console.cast import Browser, join
from tests.clients import Client

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "100000"))
ANSWERS = int(os.environ.get("BENCH_ANSWERS", "1000000"))
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
KEY = bytes(range(32)).hex()
CALLS = 7
PUBLIC_REQUESTS = 3000
PAGES = (
    "account", "", "results", "results/visit", "results/visit?by=channel", "results/visit?by=week",
    f"results/visit?group={GROUP}", "results/visit/words", "conversations", "contacts",
    f"contacts?group={GROUP}", "groups", f"groups/{GROUP}", "champions", "broadcasts", "broadcasts/new", "flows",
    "flows/visit", "exports", "exports/visit/hidden", "audit", "team", "contacts/import",
)  # fmt: skip


def run() -> Iterator[str]:
    """The figures, a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _measure("SQLite", {"SAYSO_DATA": str(folder / "data")})
        with postgresql(folder) as url:
            yield from _measure("PostgreSQL", {"SAYSO_DATA": str(folder / "data"), "DATABASE_URL": url})


def _measure(store: str, environ: dict[str, str]) -> Iterator[str]:
    settings = Settings.read({**environ, "SAYSO_SECRET_KEY": KEY})
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url, Secrets(settings.secret_key))
    database.migrate()
    database.close()
    service = build(settings, now=lambda: NOW)
    make(service, GROUP)
    fill(service.database, service.shelf.current("visit", "en")[0], PEOPLE, ANSWERS, NOW)
    alice = join(service, Client(create_app(service)), "Alice", Role.ADMINISTRATOR)
    size = f"{store}, {PEOPLE:,} people and {ANSWERS:,} answers"
    for page in (*PAGES, *_about_somebody(service, alice)):
        yield f"console, {size}: /console/{page} {_page(alice, f'/console/{page}')}"
    alice.post("/console/results/visit/publish", page="/console/results/visit")
    service.close()
    yield from _public(size, {**environ, "SAYSO_SECRET_KEY": KEY})


def _about_somebody(service: Service, alice: Browser) -> tuple[str, ...]:
    """The pages of one person, once Alice has said why she looks."""
    with service.database.reading() as db:
        contact_id = threads.lately(db, None, 1)[0].contact_id
    alice.post(f"/console/conversations/{contact_id}/look", page="/console/account", reason="quality")
    return f"conversations/{contact_id}", f"contacts/{contact_id}"


def _page(browser: Browser, path: str) -> str:
    answer = browser.client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}.")
    return f"{_median(lambda: browser.client.get(path))}, {len(answer.data) / 1024:.0f} KiB"


def _median(call: Callable[[], object]) -> str:
    """Milliseconds of one call, and those of them that were work of this process: others may be on the machine."""
    took, worked = [], []
    for _ in range(CALLS):
        began, busy = time.perf_counter(), time.process_time()
        call()
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return f"takes {statistics.median(took):.0f} ms ({statistics.median(worked):.0f} ms of our own)"


def _public(size: str, environ: dict[str, str]) -> Iterator[str]:
    port = free_port()
    request = b"GET /results/visit HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with gunicorn("bot.app:create_app()", port, environ, workers=2):
        load.run(port, [[request] * 20] * 4, connections=4)
        result = load.run(port, [[request] * (PUBLIC_REQUESTS // 8)] * 8, connections=8)
    yield f"console, {size}: the public page is answered {result.rate:.0f} times a second, {result.failures} failures"
