"""The processes of the service, each in a group of its own that is killed as a whole.

They run what `sayso up` runs, but are forked from a process that has imported everything: a fresh Python takes a second
of work to come back, and a siege would be all waiting.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from gunicorn.app.wsgiapp import WSGIApplication

from bot.processes.queue_server import command as queue_command
from bot.processes.queue_server import make_room
from workers import __main__ as workers

QUEUES = ["replies", "bulk", "tallies", "housekeeping"]
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(
    ["gunicorn.app.wsgiapp", "gunicorn.workers.sync", "bot.app", "bot.channels.twilio_api", "tests.chaos.parts"]
)


class Parts:
    """Web, worker, clock and queue. What they log goes to `folder`/log."""

    def __init__(self, folder: Path, socket: Path, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)
        self._log = folder / "log"
        self._queue = (socket, folder / "queue")
        self._queue_process: subprocess.Popen[bytes] | None = None
        self._forked: dict[str, ForkServerProcess] = {}

    def start(self, name: str) -> None:
        """Start one."""
        if name == "queue":
            make_room(*self._queue)
            with self._log.open("ab") as log:
                self._queue_process = subprocess.Popen(
                    queue_command(*self._queue), stdout=log, stderr=log, start_new_session=True
                )
            return
        process = _forks.Process(target=_become, args=(name, self._environ, str(self._log)))
        process.start()
        self._forked[name] = process

    def start_all(self) -> None:
        """Start everything."""
        for name in ("queue", *_MAIN):
            self.start(name)

    def kill(self, name: str) -> None:
        """As a power cut does: no handler runs, nothing is tidied."""
        if name == "queue":
            assert self._queue_process is not None
            self._queue_process.kill()
            self._queue_process.wait()
            return
        process = self._forked[name]
        assert process.pid is not None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has ended, or has only just begun and has no group of its own yet
            process.kill()
        process.join()

    def dead(self) -> list[str]:
        """Which do not run."""
        dead = [name for name, process in self._forked.items() if not process.is_alive()]
        if self._queue_process is not None and self._queue_process.poll() is not None:
            dead.append("queue")
        return dead

    def close(self) -> None:
        """End what runs."""
        dead = self.dead()
        for name in self._forked:
            if name not in dead:
                self.kill(name)
            self._forked[name].close()
        if self._queue_process is not None and "queue" not in dead:
            self.kill("queue")


def _become(name: str, environ: Mapping[str, str], log: str) -> None:
    """Become one of the service's processes; on Linux it dies with the process it was forked from."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(handle, stream)
    os.close(handle)
    os.environ.update(environ)
    sys.exit(_MAIN[name]())


def _web() -> int:
    sys.argv = ["gunicorn", "--config", "python:bot.processes.serving"]
    WSGIApplication().run()
    return 0


_MAIN: dict[str, Callable[[], int]] = {
    "web": _web,
    "worker": lambda: workers.main(QUEUES),
    "clock": lambda: workers.main(["clock"]),
}
