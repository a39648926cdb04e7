"""`python -m workers clock`, or `python -m workers replies bulk tallies housekeeping` for a worker of these queues."""

from __future__ import annotations

import os
import signal
import sys
import threading

from bot.background import QUEUES, Bell, connect
from bot.conversations.spool import Spool
from bot.logs import log, set_up_logs
from bot.processes import housekeeping
from bot.processes.memory import give_back
from bot.settings import Settings, SettingsError
from storage.database import Database, StoreSettingError
from storage.moments import StoreTime
from storage.secrets import Secrets
from workers import jobs, worker
from workers.clock import TICK, Clock

USAGE = f"Usage: python -m workers clock, or python -m workers {' '.join(QUEUES)} (any of these queues)."


def main(arguments: list[str]) -> int:
    """Run the clock or a worker until SIGTERM or SIGINT; returns the exit code."""
    set_up_logs()
    if arguments != ["clock"] and (not arguments or not set(arguments) <= set(QUEUES)):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        settings = Settings.read(os.environ)
        secrets = Secrets(settings.secret_key)
        database = Database(settings.database_url, secrets)
    except (SettingsError, StoreSettingError) as error:
        print(error, file=sys.stderr)
        return 1
    give_back()
    try:
        if arguments == ["clock"]:
            _run_clock(settings, database, Spool(settings.data / "spool", secrets))
        else:
            worker.run(settings, database, arguments)
    finally:
        database.close()
    return 0


def _run_clock(settings: Settings, database: Database, spool: Spool) -> None:
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())

    def hand_in() -> int:
        # The whole service, with its flows, is made only when a text waits: most clocks never need it.
        return housekeeping.hand_in_spooled(jobs.service()) if spool else 0

    clock, now = Clock(database, Bell(connect(settings)), hand_in), StoreTime(database)
    log.info("clock started")
    while not asked.is_set():
        clock.tick(now())
        asked.wait(TICK)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
