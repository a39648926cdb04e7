"""gunicorn's settings. Read by its parent process too, so nothing heavy is imported here."""

from __future__ import annotations

import os

from bot.settings import Settings, SettingsError


def _settings() -> Settings:
    try:
        return Settings.read(os.environ)
    except SettingsError as error:
        raise SystemExit(str(error)) from None


_read = _settings()

bind = f"127.0.0.1:{_read.port}"
workers = _read.web_concurrency
worker_class = "sync"
wsgi_app = "bot.processes.wsgi:application()"
preload_app = True  # made once and copied: half the work at the start, and its memory is shared
timeout = 30
graceful_timeout = 5
loglevel = "warning"
control_socket_disable = True  # nobody here manages it at run time, and it would listen in the home folder
