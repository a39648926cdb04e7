"""Servers a test starts for itself, each in a folder of its own and stopped by its own handle."""

from __future__ import annotations

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import BusyLoadingError, ConnectionError
from redis.retry import Retry

from bot.queue_server import command, make_room


@contextmanager
def queue_server() -> Iterator[Path]:
    """A queue server as `sayso up` starts it; yields its socket."""
    with tempfile.TemporaryDirectory(prefix="q") as name:
        path = Path(name) / "queue.sock"
        make_room(path, Path(name) / "queue")
        process = subprocess.Popen(command(path, Path(name) / "queue"))
        try:
            patience = Retry(ConstantBackoff(0.01), 1000, (ConnectionError, BusyLoadingError, FileNotFoundError))
            Redis(unix_socket_path=str(path), retry=patience).ping()
            yield path
        finally:
            process.terminate()
            process.wait(10)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
