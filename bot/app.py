"""The web service: composition root of what answers HTTP.

gunicorn calls `create_app()`; tests pass a service of their own.
"""

from __future__ import annotations

import os

from flask import Flask, Response, jsonify

from bot.console import register_console
from bot.logs import set_up_logs
from bot.phone import phone_routes
from bot.public import register_public
from bot.service import Service, build
from bot.settings import Settings
from bot.webhooks import LONGEST_BODY, twilio_routes
from flows.run import microseconds
from storage import heartbeats
from storage.database import StoreUnavailableError

STALE_SECONDS = 30
"""A heartbeat older than this says nothing about now."""


def create_app(service: Service | None = None) -> Flask:
    """The Flask application over a service, built from the environment where none is given."""
    if service is None:
        set_up_logs()
        service = build(Settings.read(os.environ))
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    app.register_blueprint(twilio_routes(service))
    register_console(app, service)
    register_public(app, service)
    _health_routes(app, service)
    if service.settings.phone:
        app.register_blueprint(phone_routes(service))
    return app


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
