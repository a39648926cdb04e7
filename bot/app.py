"""The web service: composition root of what answers HTTP.

gunicorn calls `create_app()`; tests pass a service of their own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from importlib import import_module

from bot.health import HealthDoor
from bot.logs import set_up_logs
from bot.service import Service, build
from bot.settings import Settings
from bot.webhooks import Environ, StartResponse, TwilioDoor, Wsgi


def create_app(service: Service | None = None) -> Wsgi:
    """The web service over a service, built from the environment where none is given."""
    if service is None:
        set_up_logs()
        service = build(Settings.read(os.environ))
    return TwilioDoor(HealthDoor(_Pages(service), service), service)


class _Pages:
    """The pages that people look at, made when the first of them is asked for, Flask and all.

    A first text would wait a second longer for their imports, and a process that only answers texts would hold them
    for nothing.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._made: Wsgi | None = None
        self._making = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        with self._making:
            if self._made is None:
                self._made = import_module("bot.pages").create_pages(self._service)
        return self._made(environ, start_response)
