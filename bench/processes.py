"""What `sayso up` costs: seconds to the first answered text, and the memory of each process once it has answered."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.servers import free_port
from bench.webhook import PUBLIC, TOKEN, fields, signed_request

STARTS = 5
NAMES = {"gunicorn": "web", "workers clock": "clock", "workers replies": "worker", "valkey": "queue", "redis": "queue"}


def run() -> Iterator[str]:
    """The figures, a line each. The floor of a start is Python importing Flask and SQLAlchemy."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import flask, sqlalchemy"], check=True)
    floor = time.perf_counter() - began
    seconds = []
    with tempfile.TemporaryDirectory() as name:
        for start in range(STARTS + 1):
            took, memory = _start_once(Path(name), start, measure=start == STARTS)
            if start:  # the first start makes the tables
                seconds.append(took)
    yield (
        f"first answer after `sayso up`: {statistics.median(seconds):.2f} s (of {STARTS} warm starts: "
        f"{min(seconds):.2f} to {max(seconds):.2f}); floor, importing Flask and SQLAlchemy: {floor:.2f} s"
    )
    for what, resident, proportional in memory:
        yield f"memory, {what}: {resident:.0f} MiB resident ({proportional:.0f} MiB with shared pages divided)"


def _start_once(folder: Path, start: int, measure: bool) -> tuple[float, list[tuple[str, float, float]]]:
    port = free_port()
    environ = {
        **os.environ, "SAYSO_DATA": str(folder), "PORT": str(port), "TWILIO_AUTH_TOKEN": TOKEN, "PUBLIC_URL": PUBLIC,
    }  # fmt: skip
    requests = [
        signed_request(fields(900 + start, start * 10 + n, text)) for n, text in enumerate(("visit", "1", "ok"))
    ]
    began = time.perf_counter()
    command = [str(Path(sys.executable).with_name("sayso")), "up"]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answered(port, requests[0]):
            if process.poll() is not None or time.perf_counter() - began > 30:
                raise RuntimeError("`sayso up` did not answer within 30 seconds.")
            time.sleep(0.005)
        took = time.perf_counter() - began
        if measure:
            for request in requests[1:]:
                _answered(port, request)
            time.sleep(3)  # the worker counts the answers
        return took, _memory(process.pid) if measure else []
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)


def _answered(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            return connection.recv(65536).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _memory(parent: int) -> list[tuple[str, float, float]]:
    found = []
    for process in _family(parent):
        command = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        name = next((NAMES[part] for part in NAMES if part in command), "supervisor")
        if name == "web" and not any(True for _ in _children(process)):
            name = "web process"
        status = Path(f"/proc/{process}/status").read_text()
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        found.append((name, _kib(status, "VmRSS:") / 1024, _kib(rollup, "Pss:") / 1024))
    return found


def _family(parent: int) -> Iterator[int]:
    yield parent
    for child in _children(parent):
        yield from _family(child)


def _children(parent: int) -> Iterator[int]:
    yield from map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())


def _kib(text: str, label: str) -> float:
    return float(next(line for line in text.splitlines() if line.startswith(label)).split()[1])
