"""The processes of the service, each in a group of its own that is killed as a whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.queue_server import command as queue_command
from bot.queue_server import make_room

ROOT = Path(__file__).resolve().parents[2]
WORKER = (sys.executable, "-m", "workers", "replies", "bulk", "tallies", "housekeeping")


class Parts:
    """Web, worker, clock and queue, as `sayso up` would run them. What they log goes to `folder`/log."""

    def __init__(self, folder: Path, socket: Path, environ: Mapping[str, str]) -> None:
        self._environ = {**os.environ, **environ}
        self._log = (folder / "log").open("ab")
        self._queue = (socket, folder / "queue")
        self._commands = {
            "queue": queue_command(*self._queue),
            "web": [sys.executable, "-m", "gunicorn", "--config", "python:bot.serving"],
            "worker": [*WORKER],
            "clock": [sys.executable, "-m", "workers", "clock"],
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start one."""
        if name == "queue":
            make_room(*self._queue)
        self._running[name] = subprocess.Popen(
            self._commands[name],
            cwd=ROOT,
            env=self._environ,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def start_all(self) -> None:
        """Start everything."""
        for name in self._commands:
            self.start(name)

    def kill(self, name: str) -> None:
        """As a power cut does: no handler runs, nothing is tidied."""
        process = self._running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def dead(self) -> list[str]:
        """Which do not run."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def close(self) -> None:
        """End what runs."""
        for name in self._running:
            if name not in self.dead():
                self.kill(name)
        self._log.close()
