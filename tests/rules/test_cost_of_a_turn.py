"""What a turn costs the store, counted and so free of noise: statements, commits, and journeys to PostgreSQL."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event, make_url

from bot.service import Service, build
from bot.settings import Settings
from storage.conversations.found import of_sender
from storage.drivers.line import Line, as_one
from storage.tables import metadata
from tests.stores import KEY
from tests.workers.surroundings import say

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass
class Tap:
    """Stands between a client and PostgreSQL, passes everything on, and counts what the client sends.

    A journey is a message that asks for the answer: a Sync, or a simple Query.
    """

    target: tuple[str, int]
    journeys: int = 0
    statements: list[str] = field(default_factory=list)

    def start(self) -> int:
        """Listen on a port of 127.0.0.1."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def forget(self) -> None:
        """Count anew."""
        self.journeys, self.statements = 0, []

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            host, port = self.target
            if host.startswith("/"):
                server = socket.socket(socket.AF_UNIX)
                server.connect(f"{host}/.s.PGSQL.{port}")
            else:
                server = socket.create_connection((host, port))
            threading.Thread(target=self._forth, args=(client, server), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        begun, rest = False, b""
        try:
            while data := client.recv(65536):
                if begun:
                    rest = self._read(rest + data)
                # The request for TLS has no letter; nor has the start.
                begun = begun or data[4:8] != b"\x04\xd2\x16\x2f"
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # one of the two has ended it

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            return  # one of the two has ended it

    def _read(self, data: bytes) -> bytes:
        """Note each statement that is run (Bind, or a simple Query); returns what is not whole yet."""
        while len(data) >= 5 and len(data) > (length := int.from_bytes(data[1:5], "big")):
            kind, body, data = data[:1], data[5 : length + 1], data[length + 1 :]
            self.journeys += kind in (b"S", b"Q")
            if kind in (b"B", b"Q"):
                self.statements.append(body.partition(b"\0")[0].decode("latin-1") if kind == b"Q" else "bound")
        return data


def service_on(url: str, folder: Path) -> Service:
    environ = {"SAYSO_DATA": str(folder), "DATABASE_URL": url, "SAYSO_SECRET_KEY": KEY.hex()}
    return build(Settings.read(environ), lambda: NOON)  # a clock that stands still never looks at the shelf again


@pytest.fixture
def tapped(postgresql_stores, tmp_path) -> Iterator[tuple[Service, Tap]]:
    with postgresql_stores.empty(tmp_path) as url:
        where = make_url(url)
        host = str(where.query.get("host") or where.host or "127.0.0.1")
        tap = Tap((host, where.port or 5432))
        port = tap.start()
        near = where.set(host="127.0.0.1", port=port, query={}).update_query_dict({"sslmode": "disable"})
        service = service_on(near.render_as_string(hide_password=False), tmp_path / "data")
        yield service, tap
        service.close()
        tap.close()


def test_on_postgresql_a_turn_is_two_journeys_and_five_statements(tapped):
    service, tap = tapped
    for _ in range(8):  # the driver prepares a statement it has met five times
        say(service, "visit", "stop asking about my visit please", "1", "kind people")
    say(service, "visit")
    tap.forget()
    say(service, "1")
    assert tap.journeys == 2
    assert len(tap.statements) == 5, tap.statements  # BEGIN, lock, read, write, COMMIT


def test_also_the_first_text_of_somebody_new_is_two_journeys(tapped):
    service, tap = tapped
    with service.database.reading():
        pass  # the connection is there
    tap.forget()
    say(service, "visit")
    assert tap.journeys == 2


def test_for_a_newcomer_no_table_is_read_through_whatever_is_planned_for_an_empty_store(postgresql_stores, tmp_path):
    # A plan made while the tables are empty is kept until PostgreSQL counts their rows, and they grow meanwhile.
    with postgresql_stores.empty(tmp_path) as url, psycopg.connect(url) as connection:
        cursor = psycopg.ClientCursor(connection)
        # What another test has used is emptied, but its files are as long as they were: that is no young store.
        cursor.execute(f"TRUNCATE {', '.join(table.name for table in metadata.sorted_tables)}")
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        for statement, values in of_sender(b"nobody", "sms", "SM1", b"text", 1):
            query = as_one((statement,))
            assert query is not None
            given = query.values([values])
            Line(connection, set()).go([(query, given)])
            marks = ", ".join(["%s"] * len(given))
            cursor.execute(f'EXPLAIN (ANALYZE, COSTS OFF) EXECUTE "{query.name.decode()}" ({marks})', given)
            steps = [step for (step,) in cursor]
            assert not [step for step in steps if "Seq Scan" in step and "never executed" not in step], steps


def test_on_sqlite_a_turn_is_one_commit_and_five_statements(sqlite_stores, tmp_path):
    seen: list[str] = []

    def trace(connection, _record):
        connection.set_trace_callback(seen.append)

    event.listen(Engine, "connect", trace)
    try:
        with sqlite_stores.empty(tmp_path) as url:
            service = service_on(url, tmp_path / "data")
            say(service, "visit")
            seen.clear()
            say(service, "1")
            service.close()
    finally:
        event.remove(Engine, "connect", trace)
    verbs = [statement.split()[0] for statement in seen if not statement.startswith("--")]
    assert verbs == ["BEGIN", "SELECT", "UPDATE", "INSERT", "INSERT", "INSERT", "COMMIT"]
