"""The web service: composition root of what answers HTTP.

gunicorn calls `create_app()`; tests pass a service of their own.
"""

from __future__ import annotations

import os
import threading
from importlib import import_module
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify

from bot.logs import set_up_logs
from bot.service import Service, build
from bot.settings import Settings
from bot.webhooks import LONGEST_BODY, TwilioDoor
from flows.run import microseconds
from storage import heartbeats
from storage.database import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STALE_SECONDS = 30
"""A heartbeat older than this says nothing about now."""

TEXTS = ("/twilio/", "/health", "/ready")
"""How the paths begin that are answered without the pages."""


def create_app(service: Service | None = None) -> Flask:
    """The web service over a service, built from the environment where none is given."""
    if service is None:
        set_up_logs()
        service = build(Settings.read(os.environ))
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    _health_routes(app, service)
    inner = _WithPages(app.wsgi_app, service)
    app.wsgi_app = TwilioDoor(inner, service)  # type: ignore[method-assign]  # Flask's own way to wrap it
    return app


class _WithPages:
    """Answers texts at once, and makes the pages that people look at when the first of them is asked for.

    A first text would wait most of a second longer for their imports, and a process that only answers texts would
    hold them for nothing.
    """

    def __init__(self, texts: WSGIApplication, service: Service) -> None:
        self._texts = texts
        self._service = service
        self._pages: WSGIApplication | None = None
        self._making = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(TEXTS):
            return self._texts(environ, start_response)
        with self._making:
            if self._pages is None:
                self._pages = import_module("bot.pages").create_pages(self._service)
        return self._pages(environ, start_response)


def _health_routes(app: Flask, service: Service) -> None:
    @app.get("/health")
    def health() -> Response:
        return jsonify(status="alive")

    @app.get("/ready")
    def ready() -> tuple[Response, int]:
        report = {"store": "ok", "migrations": "current", "redis": "unknown"}
        try:
            if service.database.pending_migrations():
                report["migrations"] = "pending: run sayso migrate"
            with service.database.reading() as db:
                report["redis"] = _queue_state(heartbeats.read(db), microseconds(service.now()))
        except StoreUnavailableError:
            report["store"] = "unreachable"
            report["migrations"] = "unknown"
        good = report["store"] == "ok" and report["migrations"] == "current"
        return jsonify(status="ready" if good else "not ready", **report), 200 if good else 503


def _queue_state(beats: dict[str, tuple[int, str]], now: int) -> str:
    """What the clock last saw of the queue. The web itself never talks to Redis: residents are answered without it."""
    beat = beats.get("queue")
    if beat is None:
        return "unknown: the clock has not looked yet"
    at, detail = beat
    age = (now - at) // 1_000_000
    return detail if age <= STALE_SECONDS else f"unknown: the clock last looked {age} seconds ago"
