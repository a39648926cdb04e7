"""A resident's turn on SQLite waits for the one writer in short breaths: a busy worker must not be ahead each time."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from storage.database import Database, StoreUnavailableError
from storage.drivers import sqlite
from tests.stores import SECRETS


@pytest.fixture
def database(sqlite_stores, tmp_path):
    with sqlite_stores.empty(tmp_path) as url:
        opened = Database(url, SECRETS)
        yield opened
        opened.close()


@pytest.fixture
def other(database):
    """Another writer, who has the file."""
    connection = sqlite3.connect(database.file, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def begun(database: Database) -> None:
    with database.quick() as quick:
        quick.read([])
        quick.commit([])


def test_a_turn_begins_once_the_other_writer_has_ended(database, other, monkeypatch):
    tried = threading.Event()
    monkeypatch.setattr(sqlite.time, "sleep", lambda _: tried.set())
    turn = threading.Thread(target=begun, args=(database,))
    turn.start()
    assert tried.wait(60)
    other.execute("COMMIT")
    turn.join(60)
    assert not turn.is_alive()


def test_a_turn_gives_up_where_the_other_writer_does_not_end(database, other, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    with pytest.raises(StoreUnavailableError):
        begun(database)


def test_a_connection_given_back_waits_as_every_other(database):
    with database.quick() as quick:
        quick.read([])
        connection = quick.db.connection.driver_connection
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (0,)
        quick.undo()
        quick.give_back()
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (sqlite.BUSY_SECONDS * 1000,)
