"""A resident's reply while a broadcast leaves, beside the same while nothing does; and the memory of a long drain.

Replies are turns in a process of their own, as the web has them, ten a second. Quiet and loud take turns, and the
ratio of their 99th percentiles counts. The long drain hands its texts to a gateway that answers at once, so that
it takes a minute and not three.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.broadcasts import confirmed
from bench.gateway import fake_twilio
from bench.servers import postgresql
from bot.broadcasts import planning
from bot.channels import Choices, Inbound, Sent, Template
from bot.channels.simulator import SimulatorChannel
from bot.channels.twilio_api import TwilioChannel
from bot.conversations.turn import take_turn
from bot.sending.outbox import Outbox
from bot.service import build
from bot.settings import Settings
from storage.ids import new_id

ROUNDS, SECONDS, PAUSE = 3, 6.0, 0.1
PEOPLE = 10_000
LONG, STEP = 50_000, 10_000
PAGE = os.sysconf("SC_PAGE_SIZE")


def run() -> Iterator[str]:
    """The figures, a line each."""
    with tempfile.TemporaryDirectory() as name, fake_twilio() as way:
        folder = Path(name)
        yield _beside("SQLite FULL", folder / "one", f"sqlite:///{folder / 'one.db'}", way)
        with postgresql(folder) as url:
            yield _beside("PostgreSQL", folder / "two", url, way)
        yield _long(folder / "three", f"sqlite:///{folder / 'three.db'}")


def _beside(store: str, folder: Path, url: str, way: TwilioChannel) -> str:
    service, environ = confirmed(folder, url, PEOPLE)
    planning.plan_waiting(service)
    outbox = Outbox(service, {"twilio": way}, bulk=True)
    idle: list[float] = []
    busy: list[float] = []
    for _ in range(ROUNDS):
        idle += _Resident(environ).waited()
        resident = _Resident(environ)
        outbox.drain(resident.has_done)
        busy += resident.waited()
    service.close()
    quiet, loud = _p99(idle), _p99(busy)
    return f"reply, {store}: p99 {loud:.0f} ms while a broadcast leaves, {quiet:.0f} ms idle: {loud / quiet:.2f} times"


class _Resident:
    """Somebody who texts for a while, answered by a process of its own."""

    def __init__(self, environ: dict[str, str]) -> None:
        around = {**os.environ, **environ}
        self._process = subprocess.Popen([sys.executable, "-m", "bench.replies"], env=around, stdout=subprocess.PIPE)

    def has_done(self) -> bool:
        return self._process.poll() is not None

    def waited(self) -> list[float]:
        """How long each reply took, in milliseconds."""
        found: list[float] = json.loads(self._process.communicate()[0])
        return found


def _p99(milliseconds: list[float]) -> float:
    return sorted(milliseconds)[int(len(milliseconds) * 0.99)]


def _long(folder: Path, url: str) -> str:
    service, _ = confirmed(folder, url, LONG)
    planning.plan_waiting(service)
    sizes: list[float] = []
    gateway = _Counting(sizes)
    Outbox(service, {"twilio": gateway}, bulk=True).drain(lambda: gateway.count >= LONG)
    service.close()
    told = ", ".join(f"{size:.0f}" for size in sizes)
    return f"memory, SQLite: {told} MiB after each {STEP:,} of {LONG:,} texts"


class _Counting(SimulatorChannel):
    """Looks at the memory of the process once in so many texts."""

    def __init__(self, sizes: list[float]) -> None:
        self.count = 0
        self._sizes = sizes

    def send(self, address: str, body: str, message_id: int, instead: Template | Choices | None = None) -> Sent:
        self.count += 1
        if self.count % STEP == 0:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
            self._sizes.append(pages * PAGE / 1024 / 1024)
        return super().send(address, body, message_id, instead)


def main() -> None:
    """Text for a while, and print how long each reply took."""
    service = build(Settings.read(os.environ))
    waited: list[float] = []
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        place = new_id()
        inbound = Inbound(
            provider_id=f"bench{place}", address=f"sms:+4474{place % 10**8:08d}", channel="sms", gateway="twilio",
            body="visit", raw=None, media=0, opt_out=None, received_at=service.now(),
        )  # fmt: skip
        started = time.perf_counter()
        take_turn(service, inbound)
        waited.append((time.perf_counter() - started) * 1000)
        time.sleep(PAUSE)
    service.close()
    print(json.dumps(waited[3:]))  # the first turns load what later ones find


if __name__ == "__main__":
    main()
