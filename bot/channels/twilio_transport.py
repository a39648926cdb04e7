"""How Twilio's client speaks HTTP here: by the standard library over connections that are kept, with no second try.

The client's own transport (requests) takes three times the processor time a call, which was most of what a worker could
send. What it did for us is kept: a proxy from the environment, certificates of the system and of `certifi`.
"""

from __future__ import annotations

import json
import logging
import ssl
import weakref
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, unquote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi

# The library is annotated but does not say so to type checkers (no py.typed).
from twilio.http import HttpClient  # type: ignore[import-untyped]  # it ships no types
from twilio.http.response import Response  # type: ignore[import-untyped]  # it ships no types
from urllib3.util.wait import wait_for_read

CONNECTIONS = 64
"""Kept open to each of Twilio's hosts, so that a worker's sends overlap."""


class UnreachedError(Exception):
    """No connection came about: nothing was sent."""


class Transport(HttpClient):  # type: ignore[misc]  # it ships no types
    """HTTP for Twilio's client. Used by many threads at once."""

    def __init__(self, timeout: float, api_url: str | None = None) -> None:
        """Make it; nothing is connected yet.

        Args:
            timeout: seconds to wait for a connection, and again for each part of an answer.
            api_url: the origin, on this machine, that is called instead of Twilio's; then no proxy is asked.

        Raises:
            ValueError: `api_url` is not on this machine.
        """
        super().__init__(logging.getLogger("twilio.http_client"), False, timeout)
        self._origin = None if api_url is None else _local(api_url)
        self._context = ssl.create_default_context()
        self._context.load_verify_locations(certifi.where())
        self._idle: dict[tuple[str, str], deque[HTTPConnection]] = {}
        weakref.finalize(self, _close, self._idle)

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_never: object,
    ) -> Response:
        """One call, made once. What the library may ask for beyond this, such as following redirects, is not heeded.

        Raises:
            UnreachedError: nothing was sent.
            OSError, HTTPException: it broke off; the call may have had its effect.
        """
        parts = urlsplit(url)
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = _basic(*auth)
        as_json = sent.get("Content-Type", "").endswith("json")
        body = None if data is None else json.dumps(data) if as_json else urlencode(data, doseq=True)
        query = "&".join(each for each in (parts.query, urlencode(_given(params), doseq=True)) if each)
        path = f"{parts.path}?{query}" if query else parts.path
        origin = self._origin or parts
        idle = self._idle.setdefault((origin.scheme, origin.netloc), deque())
        connection = self._connected(idle, origin)
        try:
            connection.request(method.upper(), path, body.encode() if body is not None else None, sent)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None and len(idle) < CONNECTIONS:
            idle.append(connection)
        else:
            connection.close()
        return Response(answer.status, text, answer.headers)

    def _connected(self, idle: deque[HTTPConnection], origin: SplitResult) -> HTTPConnection:
        """A connection that was kept and that Twilio has not closed since, or a new one."""
        while idle:
            try:
                connection = idle.pop()
            except IndexError:  # another thread was quicker
                break
            # Something to read before anything is asked is the other side's goodbye.
            if not wait_for_read(connection.sock, 0):
                return connection
            connection.close()
        connection = self._new(origin)
        try:
            connection.connect()
        except (OSError, HTTPException) as error:
            connection.close()
            raise UnreachedError(type(error).__name__) from None
        connection.auto_open = 0  # a connection that closes between two calls must not be opened unseen
        return connection

    def _new(self, origin: SplitResult) -> HTTPConnection:
        host = origin.hostname or ""
        if origin.scheme == "http":
            return HTTPConnection(host, origin.port, timeout=self.timeout)
        proxy = None if self._origin is not None or proxy_bypass(host) else getproxies().get("https")
        if not proxy:
            return HTTPSConnection(host, origin.port, timeout=self.timeout, context=self._context)
        way = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        through = HTTPSConnection(way.hostname or "", way.port, timeout=self.timeout, context=self._context)
        login = (unquote(way.username), unquote(way.password or "")) if way.username else None
        through.set_tunnel(host, origin.port, {"Proxy-Authorization": _basic(*login)} if login else None)
        return through


def _close(idle: Mapping[tuple[str, str], deque[HTTPConnection]]) -> None:
    for connections in idle.values():
        for connection in connections:
            connection.close()


def _given(params: Mapping[str, object] | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value is not None}


def _basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def _local(api_url: str) -> SplitResult:
    parts = urlsplit(api_url)
    if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname or "") or parts.path.strip("/"):
        # Account and token travel with every call: another machine would have them.
        raise ValueError(
            "TWILIO_API_URL must be an address of this machine without a path, such as http://127.0.0.1:4010."
        )
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
