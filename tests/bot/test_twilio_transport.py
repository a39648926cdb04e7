"""Connections to Twilio: kept, never used again once closed, and through a proxy where the machine has one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.channels.twilio_transport import Transport, UnreachedError

GOODBYE = b"<closed>"
"""At the end of an answer: the server closes the connection after it."""
ENDS = (b"=end", b'"end"}')
ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def serving(*answers: bytes) -> Iterator[tuple[str, list[bytes], list[int]]]:
    """A server that gives one answer a request, in order, and closes its connection after a GOODBYE; with it what it
    was sent and on which connection each request came."""
    sent: list[bytes] = []
    connections: list[int] = []
    waiting = list(answers)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            place = 0
            while waiting:
                connection, _ = listening.accept()
                place += 1
                with connection:
                    while waiting:
                        request = read(connection)
                        if not request:
                            break
                        sent.append(request)
                        connections.append(place)
                        answer = waiting.pop(0)
                        connection.sendall(answer.removesuffix(GOODBYE))
                        if answer.endswith(GOODBYE):
                            break

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", sent, connections
        thread.join(60)


def read(connection: socket.socket) -> bytes:
    """One request: what has a body in these tests ends with `end`, in one way or another."""
    request = b""
    while not (request.endswith(ENDS) if request.startswith(b"POST") else request.endswith(b"\r\n\r\n")):
        more = connection.recv(4096)
        if not more:
            return b""
        request += more
    return request


def test_a_second_call_goes_over_the_same_connection():
    with serving(ANSWER, ANSWER) as (url, sent, connections):
        transport = Transport(60, url)
        for _ in range(2):
            assert transport.request("POST", "https://api.twilio.com/x", data={"Body": "end"}).status_code == 201
    assert connections == [1, 1]
    assert sent[0].startswith(b"POST /x HTTP/1.1\r\n")


def test_a_connection_that_was_closed_meanwhile_is_not_used_again():
    with serving(ANSWER + GOODBYE, ANSWER) as (url, _, connections):
        transport = Transport(60, url)
        transport.request("POST", "https://api.twilio.com/x", data={"Body": "end"})
        kept = next(iter(transport._idle.values()))[-1]
        assert kept.sock.recv(1, socket.MSG_PEEK) == b""  # until the goodbye has come
        assert transport.request("POST", "https://api.twilio.com/x", data={"Body": "end"}).text == "{}"
    assert connections == [1, 2]


def test_what_is_asked_for_and_who_asks_travels_as_the_library_means_it():
    with serving(ANSWER, ANSWER) as (url, sent, _):
        transport = Transport(60, url)
        transport.request("get", "https://api.twilio.com/x?Page=2", params={"To": "+44", "From": None}, auth=("a", "b"))
        as_json = {"Content-Type": "application/json"}
        transport.request("POST", "https://content.twilio.com/v1", data={"name": "end"}, headers=as_json)
    assert b"GET /x?Page=2&To=%2B44 HTTP/1.1\r\n" in sent[0]
    assert b"Authorization: Basic YTpi\r\n" in sent[0]
    assert sent[1].endswith(b'\r\n\r\n{"name": "end"}')


def test_the_call_of_a_machine_behind_a_proxy_goes_through_it(monkeypatch):
    with serving(b"HTTP/1.1 403 Forbidden\r\n\r\n" + GOODBYE) as (url, sent, _):
        monkeypatch.setenv("HTTPS_PROXY", url.replace("//", "//us:p%40ss@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(UnreachedError):
            Transport(60).request("POST", "https://api.twilio.com/x", data={"Body": "end"})
    assert sent[0].startswith(b"CONNECT api.twilio.com:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic dXM6cEBzcw==\r\n" in sent[0]
