"""PostgreSQL: many writers, each row locked by its own, and a journey between them and us."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import psycopg
from psycopg import errors as pg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError

from storage.errors import NOT_MIGRATED, StoreMistakeError, StoreSettingError, StoreUnavailableError, unusable
from storage.statements import Pair, Statement

LOCK_MS, STATEMENT_MS, CONNECT_SECONDS = 3_000, 4_500, 3
"""How long PostgreSQL may take over a lock, a statement and a new connection: an answer within five seconds."""
POOL, POOL_SECONDS = 5, 3
IDLE_SECONDS = 30
"""A connection unused for longer is tried before it is used: a firewall or a restart may have ended it."""
ERROR = psycopg.Error
READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
QUICK: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_LOST = (pg.AdminShutdown, pg.CrashShutdown, pg.CannotConnectNow)
_CROSSED = (pg.DeadlockDetected, pg.SerializationFailure, pg.UniqueViolation)


def open_engine(url: URL) -> Engine:
    """The engine of a server; it is not asked anything yet.

    Raises:
        StoreSettingError: the address names a driver that is not there.
    """
    options = f"-c lock_timeout={LOCK_MS} -c statement_timeout={STATEMENT_MS}"
    try:
        engine = create_engine(
            url,
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


def told(error: Exception) -> StoreUnavailableError | StoreMistakeError:
    """An error of the driver, as callers know it."""
    if not isinstance(error, psycopg.Error):
        return StoreMistakeError(f"{type(error).__name__}: {error}")
    if isinstance(error, pg.UndefinedTable | pg.UndefinedColumn):
        return StoreUnavailableError(NOT_MIGRATED, not_migrated=True)
    if isinstance(error, _CROSSED):
        return StoreUnavailableError("Other work was in the way.", crossed=True)
    said = error.diag.message_primary or str(error).partition("\n")[0] or type(error).__name__
    if isinstance(error, psycopg.OperationalError | psycopg.InternalError):
        return StoreUnavailableError(unusable(said), lost=_is_lost(error))
    return StoreMistakeError(f"{type(error).__name__}: {said}")


def _is_lost(error: psycopg.Error) -> bool:
    """Whether a connection broke that was there; one that cannot be made now will not be made a moment later."""
    return isinstance(error, _LOST) or (error.sqlstate is None and not isinstance(error, pg.ConnectionTimeout))


@cache
def together(statements: tuple[Statement, ...]) -> str | None:
    """The text that runs all of these as one statement; None where one of them may need another's effect.

    Values are named by their statement's place: `body_0` of the second one is `w1_body_0`. All parts see the store as
    it was before, so that no two may touch one table; references between rows are checked when all is written.
    """
    tables = [statement.table for statement in statements]
    if len(set(tables)) < len(tables):
        return None
    texts = [
        re.sub(r"%\((\w+)\)s", rf"%(w{place}_\1)s", statement.text(_DIALECT))
        for place, statement in enumerate(statements)
    ]
    parts = ", ".join(f"w{place} AS ({text})" for place, text in enumerate(texts[:-1]))
    return f"WITH {parts} {texts[-1]}" if parts else texts[-1]


class Quick:
    """On PostgreSQL, where a journey costs as much as a flush to disk: each call is one, however many statements.

    The connection is in autocommit and its transaction is begun and ended here: the driver's own way takes a journey
    more for each.
    """

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._connection: Any = db.connection.driver_connection

    def read(self, pairs: Sequence[Pair]) -> tuple[Any, ...] | None:
        """See `storage.statements.Quick`. A statement sees what was committed before it, so what it waited for too."""
        with self._connection.pipeline():
            self._connection.execute("BEGIN")
            for statement, values in pairs:
                cursor = self._connection.cursor()
                cursor.execute(statement.text(_DIALECT), values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row

    def commit(self, pairs: Iterable[Pair]) -> None:
        """See `storage.statements.Quick`."""
        todo = list(pairs)
        whole = together(tuple(statement for statement, _ in todo)) if todo else None
        with self._connection.pipeline():
            if whole is None:
                for statement, values in todo:
                    self._connection.cursor().execute(statement.text(_DIALECT), values)
            else:
                named = {f"w{at}_{name}": value for at, pair in enumerate(todo) for name, value in pair[1].items()}
                self._connection.cursor().execute(whole, named)
            self._connection.execute("COMMIT")
