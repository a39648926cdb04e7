"""The store: its connections, its transactions, and what is done when one of them fails."""

from __future__ import annotations

import logging
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError, SQLAlchemyError

from storage.errors import StoreSettingError, StoreUnavailableError, told
from storage.migrations import FOLDER, heads
from storage.secrets import Secrets
from storage.statements import PostgresqlQuick, Quick, SqliteQuick

__all__ = ["Database", "StoreSettingError", "StoreUnavailableError"]

BUSY_SECONDS = 4
"""How long SQLite waits for another writer. Twilio waits 3.5 seconds more than once; nobody waits longer."""
LOCK_MS, STATEMENT_MS, CONNECT_SECONDS = 3_000, 4_500, 3
"""How long PostgreSQL may take over a lock, a statement and a new connection: an answer within five seconds."""
POOL, POOL_SECONDS = 5, 3
IDLE_SECONDS = 30
"""A connection unused for longer is tried before it is used: a firewall or a restart may have ended it."""
TRIES = 6
"""How often work is tried that crossed other work."""
MIGRATING = 0x5A_59_50
"""Name of the lock that keeps two machines from migrating at once."""

T = TypeVar("T")


class Database:
    """One store, SQLite or PostgreSQL. `secrets` seals and finds the addresses in it.

    Raises:
        StoreSettingError: the address is of no store that can be used.
    """

    def __init__(self, url: str, secrets: Secrets) -> None:
        self.secrets = secrets
        self._engine = _engine(url)
        reading: dict[str, Any] = {"reading": True}
        quick: dict[str, Any] = {}
        if self.is_postgresql:
            reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            quick = {"isolation_level": "AUTOCOMMIT"}
        self._reader = self._engine.execution_options(**reading)
        self._quick = self._engine.execution_options(**quick)

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL; otherwise it is SQLite."""
        return self._engine.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that writes: committed when the block ends well, undone otherwise.

        Raises:
            StoreUnavailableError: the store could not be reached or written.
        """
        with _translated(), self._engine.begin() as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the store, however long it is read; nothing can be written.

        Raises:
            StoreUnavailableError: the store could not be reached or read.
        """
        with _translated(), self._reader.begin() as db:
            yield db

    @contextmanager
    def quick(self) -> Iterator[Quick]:
        """A transaction that reads once and writes once, with as few journeys as it can.

        Raises:
            StoreUnavailableError: the store could not be reached or written.
        """
        with _translated(), self._quick.connect() as db:
            db.begin()
            try:
                yield PostgresqlQuick(db) if self.is_postgresql else SqliteQuick(db)
            except psycopg.Error:
                if getattr(db.connection.driver_connection, "closed", False):
                    db.invalidate()
                    self._engine.dispose()  # where one connection broke, the others most likely did too
                raise

    def retrying(self, work: Callable[[], T]) -> T:
        """Do work that opens its own transaction; again, whole, where it crossed other work or lost its connection.

        Raises:
            StoreUnavailableError: it failed once more, or for another reason.
        """
        lost = False
        for tries in range(1, TRIES + 1):
            try:
                return work()
            except StoreUnavailableError as error:
                if error.lost and not lost:
                    lost = True
                elif error.crossed and tries < TRIES:
                    time.sleep(random.uniform(0, 0.005 * 2**tries))  # noqa: S311 -- spreads tries, guards nothing
                else:
                    raise
        raise AssertionError("the last try returns or raises")

    def pending_migrations(self) -> bool:
        """Whether the store's tables are behind this code. A SQLite file that is not there yet is not made.

        Raises:
            StoreUnavailableError: the store could not be reached.
        """
        file = self._engine.url.database
        if not self.is_postgresql and file and not Path(file).exists():
            return True
        try:
            with self.reading() as db:
                return frozenset(db.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()) != heads()
        except StoreUnavailableError as error:
            if error.not_migrated:
                return True
            raise

    def migrate(self) -> None:
        """Bring the tables up to date, whole or not at all; safe to run again, and by several machines at once.

        Raises:
            StoreUnavailableError: the store could not be reached or written.
        """
        command = import_module("alembic.command")
        config = import_module("alembic.config").Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        logging.getLogger("alembic").setLevel(logging.WARNING)
        with self.transaction() as db:
            if self.is_postgresql:
                db.exec_driver_sql("SET LOCAL lock_timeout = 0")
                db.exec_driver_sql("SET LOCAL statement_timeout = 0")
                db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
            config.attributes["connection"] = db
            command.upgrade(config, "head")

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
        raise told(error) from None


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(re.sub("^postgres:", "postgresql:", url))  # the short form that some hosts hand out
        name = parsed.get_backend_name()
    except ArgumentError:
        raise StoreSettingError("DATABASE_URL must begin with postgresql:// or sqlite:///.") from None
    if name == "sqlite":
        engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if name == "postgresql":
        options = f"-c lock_timeout={LOCK_MS} -c statement_timeout={STATEMENT_MS}"
        try:
            engine = create_engine(
                parsed,
                hide_parameters=True,
                pool_size=POOL,
                max_overflow=0,
                pool_timeout=POOL_SECONDS,
                connect_args={"options": options, "connect_timeout": CONNECT_SECONDS, "application_name": "sayso"},
            )
        except (ArgumentError, NoSuchModuleError):
            raise StoreSettingError("DATABASE_URL names a driver that is not there: write postgresql://…") from None
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _try_if_idle)
        return engine
    raise StoreSettingError("DATABASE_URL must begin with postgresql:// or sqlite:///.")


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Python's own would begin too late and without the lock
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -8192")
    cursor.close()


def _begin_sqlite(db: Connection) -> None:
    # IMMEDIATE takes the writer's lock at once: a reader that turns into a writer would fail instead of waiting.
    begin = "BEGIN" if db.get_execution_options().get("reading") else "BEGIN IMMEDIATE"
    db.connection.cursor().execute(begin)


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _try_if_idle(connection: Any, record: Any, _fairy: Any) -> None:
    if time.monotonic() - record.info.get("used_at", time.monotonic()) > IDLE_SECONDS:
        _ping(connection)


def _ping(connection: Any) -> None:
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        raise DisconnectionError from None
