"""How the fake reaches the service under test: a WSGI application in this process, or a server on this machine."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from werkzeug.test import Client

Target = str | Callable[..., Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `failure`: `ct` could not connect, `rt` no answer in time; then there is no status."""

    status: int | None
    body: bytes = b""
    content_type: str = ""
    failure: str | None = None

    @property
    def retry_reason(self) -> str | None:
        """Twilio's name for what went wrong: ct, rt, 4xx, 5xx; None where nothing did."""
        if self.failure or self.status is None:
            return self.failure
        return f"{self.status // 100}xx" if self.status >= 400 else None


class Door(Protocol):
    """Posts a form to an address of ours and gives the answer."""

    def post(self, url: str, form: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """`url` is the public address; only its path and query reach the target."""


def door(target: Target) -> Door:
    """The way to a target."""
    return _HttpDoor(target) if isinstance(target, str) else _WsgiDoor(target)


class _WsgiDoor:
    def __init__(self, app: Callable[..., Any]) -> None:
        self._client = Client(app)

    def post(self, url: str, form: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        with self._client.open(
            path,
            base_url=f"{parts.scheme}://{parts.netloc}",
            method="POST",
            data=form,
            headers=dict(headers),
            content_type="application/x-www-form-urlencoded",
        ) as response:
            return Answer(response.status_code, response.get_data(), response.headers.get("Content-Type", ""))


class _HttpDoor:
    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    def post(self, url: str, form: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        all_headers = {
            "Host": parts.netloc,
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
            **headers,
        }
        connection = http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        try:
            connection.connect()
        except OSError:
            connection.close()
            return Answer(None, failure="ct")
        try:
            connection.request("POST", path, form, all_headers)
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.getheader("Content-Type", ""))
        except (OSError, http.client.HTTPException):
            return Answer(None, failure="rt")
        finally:
            connection.close()
