"""The store: its connections, its transactions, and what is done when one of them fails."""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError, TimeoutError

from storage.drivers.statements import Quick
from storage.errors import StoreSettingError, StoreUnavailableError
from storage.migrations import FOLDER, heads
from storage.secrets import Secrets

__all__ = ["Connection", "Database", "StoreSettingError", "StoreUnavailableError"]
"""`Connection` is named to the rooms above, which hand one on and run nothing on it themselves."""

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
        parsed = _parsed(url)
        # Each store is a module of its own, because PostgreSQL's driver costs 7 MiB where it is not used.
        self._store: Any = import_module(f"storage.drivers.{parsed.get_backend_name()}")
        self._engine: Engine = self._store.open_engine(parsed)
        self._reader = self._engine.execution_options(**self._store.READING)
        self._quick = self._engine.execution_options(**self._store.QUICK)
        self._spare: list[Quick] = []

    @property
    def is_postgresql(self) -> bool:
        """Whether this is PostgreSQL; otherwise it is SQLite."""
        return self._engine.dialect.name == "postgresql"

    @property
    def file(self) -> str:
        """The file of a SQLite store; nothing where it has none."""
        return "" if self.is_postgresql else self._engine.url.database or ""

    @property
    def missing(self) -> bool:
        """Whether this is a SQLite file that is not there yet: to look into it would make it."""
        return bool(self.file) and not Path(self.file).exists()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that writes: committed when the block ends well, undone otherwise.

        Raises:
            StoreUnavailableError: the store could not be reached or written.
        """
        with self._translated(), self._engine.begin() as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the store, however long it is read; nothing can be written.

        Raises:
            StoreUnavailableError: the store could not be reached or read.
        """
        with self._translated(), self._reader.begin() as db:
            yield db

    @contextmanager
    def quick(self) -> Iterator[Quick]:
        """A transaction that reads once and writes once, with as few journeys as it can.

        One connection is kept from one to the next: to take it from the pool and give it back costs more than a turn's
        statements do.

        Raises:
            StoreUnavailableError: the store could not be reached or written.
        """
        with self._translated():
            quick = self._ready()
            try:
                yield quick
            except BaseException:
                self._let_go(quick)
                raise
            if self._spare:
                quick.give_back()
            else:
                self._spare.append(quick)

    def _ready(self) -> Quick:
        try:
            spare = self._spare.pop()
        except IndexError:
            pass
        else:
            if spare.is_sound():
                return spare
            spare.db.invalidate()
            spare.db.close()
        quick: Quick = self._store.Quick(self._quick.connect())
        return quick

    def _let_go(self, quick: Quick) -> None:
        try:
            quick.undo()
            quick.give_back()
        except (self._store.ERROR, SQLAlchemyError):
            quick.db.invalidate()
            self._engine.dispose()  # where one connection broke, the others most likely did too
            quick.db.close()

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
        if self.missing:
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
        with self.transaction() as db:
            self.upgrade(db)

    def upgrade(self, db: Connection, to: str = "head") -> None:
        """The same within a transaction that writes, up to a revision of the tables."""
        command = import_module("alembic.command")
        config = import_module("alembic.config").Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        logging.getLogger("alembic").setLevel(logging.WARNING)
        if self.is_postgresql:
            db.exec_driver_sql("SET LOCAL lock_timeout = 0")
            db.exec_driver_sql("SET LOCAL statement_timeout = 0")
            db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
        config.attributes["connection"] = db
        command.upgrade(config, to)

    def checkpoint(self) -> None:
        """On SQLite, empty the log beside the file: what was erased from the file may still stand there."""
        if not self.is_postgresql:
            with self._translated(), self._engine.connect() as db:
                raw: Any = db.connection.driver_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of every connection."""
        while self._spare:
            self._spare.pop().db.close()
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise StoreUnavailableError("Every connection to the store is busy.") from None
        except DBAPIError as error:
            raise self._store.told(error.orig) from None
        except (SQLAlchemyError, self._store.ERROR) as error:
            raise self._store.told(error) from None


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(re.sub("^postgres:", "postgresql:", url))  # the short form that some hosts hand out
        known = parsed.get_backend_name() in ("sqlite", "postgresql")
    except ArgumentError:
        known = False
    if not known:
        raise StoreSettingError("DATABASE_URL must begin with postgresql:// or sqlite:///.")
    return parsed
