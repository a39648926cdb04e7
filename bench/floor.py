"""The floor of a webhook turn: bare Flask, the form, Twilio's validator, one durable insert. No conversation at all."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

import psycopg
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # it ships no types

TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response><Message>Thank you.</Message></Response>'


def create_app() -> Flask:
    """The floor as a WSGI application; `FLOOR_STORE` names a SQLite file or a PostgreSQL address."""
    app = Flask(__name__)
    store = os.environ["FLOOR_STORE"]
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    url = os.environ["PUBLIC_URL"] + "/twilio/inbound"
    insert = _postgresql(store) if store.startswith("postgresql:") else _sqlite(store)

    @app.post("/twilio/inbound")
    def inbound() -> Response:
        form = request.form
        if not validator.validate(url, form, request.headers["X-Twilio-Signature"]):
            return Response(status=403)
        insert(form["MessageSid"], form["From"], form["Body"])
        return Response(TWIML, content_type="text/xml")

    return app


def _sqlite(path: str) -> Any:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS floor (sid TEXT PRIMARY KEY, sender TEXT, body TEXT)")

    def insert(*row: str) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO floor VALUES (?, ?, ?)", row)
        connection.execute("COMMIT")

    return insert


def _postgresql(url: str) -> Any:
    connection = psycopg.connect(url)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS floor (sid TEXT PRIMARY KEY, sender TEXT, body TEXT)")

    def insert(*row: str) -> None:
        connection.execute("INSERT INTO floor VALUES (%s, %s, %s)", row)
        connection.commit()

    return insert
