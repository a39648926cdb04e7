"""`GET /health`: this process is alive. `GET /ready`: it takes texts, or what is missing. Plain WSGI, as texts are."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.service import Service
from bot.webhooks import Answer, Environ, StartResponse, Wsgi, send
from flows.run import microseconds
from storage.database import StoreUnavailableError
from storage.upkeep import heartbeats

STALE_SECONDS = 30
"""A heartbeat older than this says nothing about now."""
WRITE_EVERY = 10_000_000
"""Microseconds between two tries whether the store can be written: probes come more often, and each try is a commit.
One that is undone would not do: a full disk shows at the commit."""


class HealthDoor:
    """Answers both questions; all else goes on to the application."""

    def __init__(self, application: Wsgi, service: Service) -> None:
        self._application = application
        self._service = service
        self._wrote_at = 0
        self._doors = {"/health": self._health, "/ready": self._ready}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request; see PEP 3333."""
        door = self._doors.get(environ["PATH_INFO"])
        if door is None:
            return self._application(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return send(Answer("405 METHOD NOT ALLOWED", b"Send GET.\n"), start_response, allow="GET, HEAD")
        return send(door(), start_response)

    def _health(self) -> Answer:
        return _json("200 OK", {"status": "alive"})

    def _ready(self) -> Answer:
        service, now = self._service, microseconds(self._service.now())
        report = {"store": "ok", "migrations": "current", "redis": "unknown"}
        try:
            if service.database.pending_migrations():
                report["migrations"] = "pending: run sayso migrate"
            with service.database.reading() as db:
                report["redis"] = _queue_state(heartbeats.read(db), now)
        except StoreUnavailableError:
            report["store"] = "unreachable"
            report["migrations"] = "unknown"
        if report["store"] == "ok" and report["migrations"] == "current" and not self._can_write(now):
            report["store"] = "takes no more: its disk is full, or can only be read"
        if report["store"] == "ok" and report["migrations"] == "current":
            return _json("200 OK", {"status": "ready", **report})
        return _json("503 SERVICE UNAVAILABLE", {"status": "not ready", **report})

    def _can_write(self, now: int) -> bool:
        """Whether the store takes what is written, tried now or a moment ago."""
        if not self._wrote_at <= now < self._wrote_at + WRITE_EVERY:
            try:
                heartbeats.beat(self._service.database, "web", "ok", now)
            except StoreUnavailableError:
                return False
            self._wrote_at = now
        return True


def _json(status: str, document: dict[str, str]) -> Answer:
    return Answer(status, json.dumps(document).encode() + b"\n", "application/json")


def _queue_state(beats: dict[str, tuple[int, str]], now: int) -> str:
    """What the clock last saw of the queue. The web itself never talks to Redis: residents are answered without it."""
    beat = beats.get("queue")
    if beat is None:
        return "unknown: the clock has not looked yet"
    at, detail = beat
    age = (now - at) // 1_000_000
    return detail if age <= STALE_SECONDS else f"unknown: the clock last looked {age} seconds ago"
