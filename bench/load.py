"""A load of ready-made HTTP requests over a fixed number of connections, from one thread, to 127.0.0.1 only.

gunicorn's sync workers close the connection after each answer, so each request opens its own, as Twilio's do.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """What a load run measured."""

    requests: int
    failures: int
    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(port: int, requests: Sequence[Sequence[bytes]], connections: int = 16) -> Result:
    """Send every list of requests in its own order, `connections` lists at a time; returns when all are answered."""
    lists = iter(requests)
    selector = selectors.DefaultSelector()
    latencies: list[float] = []
    failures = 0
    open_now = 0
    began = time.perf_counter()

    def next_request(rest: Iterator[bytes] | None) -> None:
        nonlocal open_now
        while True:
            if rest is None:
                following = next(lists, None)
                if following is None:
                    return
                rest = iter(following)
            request = next(rest, None)
            if request is not None:
                break
            rest = None
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(request)
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ, (rest, time.perf_counter(), bytearray()))
        open_now += 1

    for _ in range(connections):
        next_request(None)
    while open_now:
        for key, _ in selector.select(timeout=30):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            rest, started, answer = key.data
            received = connection.recv(65536)
            if received:
                answer += received
                continue
            selector.unregister(connection)
            connection.close()
            open_now -= 1
            latencies.append(time.perf_counter() - started)
            failures += not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 204"))
            next_request(rest)
    return Result(len(latencies), failures, time.perf_counter() - began, tuple(latencies))
