"""PostgreSQL: many writers, each row locked by its own, and a journey between them and us."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import errors as pg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError

from storage.drivers.line import Line, Query, as_one
from storage.drivers.statements import Pair, Statement
from storage.errors import NOT_MIGRATED, StoreMistakeError, StoreSettingError, StoreUnavailableError, unusable

LOCK_MS, STATEMENT_MS, CONNECT_SECONDS = 3_000, 4_500, 3
"""How long PostgreSQL may take over a lock, a statement and a new connection: an answer within five seconds."""
POOL, POOL_SECONDS = 5, 3
IDLE_SECONDS = 30
"""A connection unused for longer is tried before it is used: a firewall or a restart may have ended it."""
ERROR = psycopg.Error
READING: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
QUICK: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}

_BEGIN: tuple[Query, Sequence[Any]] = (Query("BEGIN"), ())
_ROLLBACK: tuple[Query, Sequence[Any]] = (Query("ROLLBACK"), ())
_COMMIT: tuple[Query, Sequence[Any]] = (Query("COMMIT"), ())
_LOST = (pg.AdminShutdown, pg.CrashShutdown, pg.CannotConnectNow)
_CROSSED = (pg.DeadlockDetected, pg.SerializationFailure, pg.UniqueViolation, pg.InvalidSqlStatementName)


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
    event.listen(engine, "connect", _begin_anew)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _try_if_idle)
    return engine


def _begin_anew(_connection: Any, record: Any) -> None:
    record.info["prepared"] = set()


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


class Quick:
    """On PostgreSQL, where a journey costs as much as a flush to disk: each call is one, however many statements.

    The connection is in autocommit and its transaction is begun and ended here: the driver's own way takes a journey
    more for each.
    """

    def __init__(self, db: Connection) -> None:
        self.db = db
        connection: Any = db.connection.driver_connection
        self._connection = connection
        self._line = Line(connection, db.connection.info["prepared"])
        self._used_at = time.monotonic()

    def read(self, pairs: Sequence[Pair]) -> tuple[Any, ...] | None:
        """See `storage.drivers.statements.Quick`. A statement sees what was committed before it."""
        return self._line.go([_BEGIN, *(_alone(statement, values) for statement, values in pairs)])

    def commit(self, pairs: Iterable[Pair]) -> None:
        """See `storage.drivers.statements.Quick`."""
        todo = list(pairs)
        whole = as_one(tuple(statement for statement, _ in todo)) if todo else None
        if whole is not None:
            journey: list[tuple[Query, Sequence[Any]]] = [(whole, whole.values([values for _, values in todo]))]
        else:
            journey = [_alone(statement, values) for statement, values in todo]
        self._line.go([*journey, _COMMIT])
        if self.db.in_transaction():
            self.db.commit()  # it has run statements too, and must know that it is over
        self._used_at = time.monotonic()

    def undo(self) -> None:
        """See `storage.drivers.statements.Quick`."""
        if self._connection.pgconn.pipeline_status:
            raise psycopg.OperationalError("the connection was left in the middle of a journey")
        if self._connection.pgconn.transaction_status:
            self._line.go([_ROLLBACK])
        self.db.rollback()

    def give_back(self) -> None:
        """See `storage.drivers.statements.Quick`."""
        self.db.close()

    def is_sound(self) -> bool:
        """See `storage.drivers.statements.Quick`."""
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            try:
                _ping(self._connection)
            except DisconnectionError:
                return False
        return True


def _alone(statement: Statement, values: Mapping[str, Any]) -> tuple[Query, Sequence[Any]]:
    query = as_one((statement,))
    assert query is not None  # noqa: S101 -- for the type checker; a statement alone is in nobody's way
    return query, query.values([values])
