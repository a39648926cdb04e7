"""A client of a WSGI application on this machine, that keeps cookies."""

from __future__ import annotations

from typing import Any

from werkzeug import test
from werkzeug.test import TestResponse

HERE = {"REMOTE_ADDR": "127.0.0.1"}


class Client(test.Client):
    """Werkzeug's, at an address of its own: pages count tries by it."""

    def open(self, *given: Any, **named: Any) -> TestResponse:
        """One request."""
        return super().open(*given, **{"environ_base": HERE, **named})
