"""SQLite: one file, one writer at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from storage.drivers.statements import Pair
from storage.errors import NOT_MIGRATED, StoreMistakeError, StoreUnavailableError, unusable

BUSY_SECONDS = 4
"""How long SQLite waits for another writer. Twilio waits 3.5 seconds more than once; nobody waits longer."""
TRY_EVERY = 0.0003
"""Seconds between two tries of a resident's turn to become the writer: less than another turn takes from its commit to
its next beginning, or whoever has just written would be ahead of who waits each time. SQLite's own wait grows to a
tenth of a second."""
LOG_PAGES = 4_000
"""Pages of 4 KiB in the log beside the file before they are carried into the file, which holds up the turn that does
it. Many turns write the same pages, so that carrying them seldom is less work."""
ERROR = sqlite3.Error
READING: dict[str, Any] = {"reading": True}
QUICK: dict[str, Any] = {"begun": True}
"""`Quick` has begun already when SQLAlchemy thinks it does."""

_BEGIN = "BEGIN IMMEDIATE"
"""Takes the writer's lock at once: a reader that turns into a writer would fail instead of waiting."""
_DIALECT = SQLiteDialect_pysqlite(paramstyle="named")
_HINTS = {
    "disk I/O error": "its disk is full or broken",
    "database or disk is full": "its disk is full",
    "attempt to write a readonly database": "its file or disk can only be read",
    "unable to open database file": "its file cannot be opened: its folder is missing, or this user has no right to it",
}
"""What SQLite's shortest sentences mean to whoever must do something about them."""


def open_engine(url: URL) -> Engine:
    """The engine of a file; the file is made at its first use."""
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Python's own would begin too late and without the lock
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -8192")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    cursor.close()


def _begin(db: Connection) -> None:
    options = db.get_execution_options()
    if not options.get("begun"):
        db.connection.cursor().execute("BEGIN" if options.get("reading") else _BEGIN)


def told(error: Exception) -> StoreUnavailableError | StoreMistakeError:
    """An error of the driver, as callers know it."""
    said = str(error)
    if said.startswith(("no such table", "no such column")):
        return StoreUnavailableError(NOT_MIGRATED, not_migrated=True)
    if isinstance(error, sqlite3.IntegrityError) and said.startswith("UNIQUE"):
        return StoreUnavailableError("Other work was in the way.", crossed=True)
    # SQLite's code for a statement that cannot be run is the mistake; the others tell of a lock, a disk or a file.
    outside = isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    if outside and getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
        return StoreUnavailableError(unusable(_HINTS.get(said, said)))
    return StoreMistakeError(f"{type(error).__name__}: {said}")


class Quick:
    """On SQLite, whose statements need no journey."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        connection: Any = db.connection.driver_connection
        self._connection = connection
        self._cursor: Any = self._connection.cursor()
        self._cursor.execute("PRAGMA busy_timeout = 0")  # it waits by itself

    def read(self, pairs: Sequence[Pair]) -> tuple[Any, ...] | None:
        """See `storage.drivers.statements.Quick`."""
        self._become_writer()
        for statement, values in pairs:
            if not statement.only_postgresql:
                self._cursor.execute(statement.text(_DIALECT), values)
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        self._cursor.fetchall()  # a statement not read to its end would keep its lock
        return row

    def _become_writer(self) -> None:
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._cursor.execute(_BEGIN)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(TRY_EVERY)
            else:
                return

    def commit(self, pairs: Iterable[Pair]) -> None:
        """See `storage.drivers.statements.Quick`."""
        for statement, values in pairs:
            self._cursor.execute(statement.text(_DIALECT), values)
        self._cursor.execute("COMMIT")
        if self.db.in_transaction():
            self.db.commit()  # it has run statements too, and must know that it is over

    def undo(self) -> None:
        """See `storage.drivers.statements.Quick`."""
        self._connection.rollback()
        self.db.rollback()

    def is_sound(self) -> bool:
        """See `storage.drivers.statements.Quick`."""
        return True

    def give_back(self) -> None:
        """See `storage.drivers.statements.Quick`."""
        self._cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        self.db.close()
