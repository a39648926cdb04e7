"""gunicorn's settings. Read by its parent process too, so nothing heavy is imported here."""

from __future__ import annotations

import os
from typing import Protocol

from bot.settings import Settings, SettingsError


class Worker(Protocol):
    """What is used here of gunicorn's own worker; `age` counts those started, from 1."""

    age: int


def _settings() -> Settings:
    try:
        return Settings.read(os.environ)
    except SettingsError as error:
        raise SystemExit(str(error)) from None


_read = _settings()

bind = f"127.0.0.1:{_read.port}"
workers = _read.web_concurrency
worker_class = "sync"
wsgi_app = "bot.wsgi:application()"
timeout = 30
graceful_timeout = 5
loglevel = "warning"
control_socket_disable = True  # nobody here manages it at run time, and it would listen in the home folder


first = True
"""Whether this process is the first that was started, and so the one that says what is wrong."""


def post_fork(_server: object, worker: Worker) -> None:
    """gunicorn calls this in each new web process."""
    global first
    first = worker.age == 1
