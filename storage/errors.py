"""What can go wrong with the store, told apart once: what is tried again, what is told, what is our own mistake."""

from __future__ import annotations

import sqlite3

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, TimeoutError


class StoreUnavailableError(Exception):
    """The store could not be reached, read or written; the message says why, without anybody's words.

    `lost` where the connection broke: the same work may succeed at once on a new one. `crossed` where another
    transaction was in the way. `not_migrated` where it has no tables yet, or old ones.
    """

    def __init__(self, sentence: str, *, lost: bool = False, crossed: bool = False, not_migrated: bool = False) -> None:
        self.lost = lost
        self.crossed = crossed
        self.not_migrated = not_migrated
        super().__init__(sentence)


class StoreMistakeError(Exception):
    """The store refused what our own code asked of it. PostgreSQL's words are cut to those without a row's values."""


class StoreSettingError(Exception):
    """DATABASE_URL names a store that cannot be used; the message is a whole sentence."""


NOT_MIGRATED = "The store's tables are not there or not current: run `sayso migrate`."

_LOST = (pg.AdminShutdown, pg.CrashShutdown, pg.CannotConnectNow)
_CROSSED = (pg.DeadlockDetected, pg.SerializationFailure, pg.UniqueViolation)


def told(error: BaseException) -> StoreUnavailableError | StoreMistakeError:
    """An error of SQLAlchemy or of a driver, as callers know it."""
    if isinstance(error, TimeoutError):
        return StoreUnavailableError("Every connection to the store is busy.")
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        return _of_postgresql(cause)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    return StoreMistakeError(f"{type(error).__name__}: {error}")


def _of_postgresql(error: psycopg.Error) -> StoreUnavailableError | StoreMistakeError:
    if isinstance(error, pg.UndefinedTable | pg.UndefinedColumn):
        return StoreUnavailableError(NOT_MIGRATED, not_migrated=True)
    if isinstance(error, _CROSSED):
        return StoreUnavailableError("Other work was in the way.", crossed=True)
    said = error.diag.message_primary or str(error).partition("\n")[0] or type(error).__name__
    if isinstance(error, psycopg.OperationalError | psycopg.InternalError):
        return StoreUnavailableError(_sentence(said), lost=_is_lost(error))
    return StoreMistakeError(f"{type(error).__name__}: {said}")


def _is_lost(error: psycopg.Error) -> bool:
    """Whether a connection broke that was there; one that cannot be made now will not be made a moment later."""
    return isinstance(error, _LOST) or (error.sqlstate is None and not isinstance(error, pg.ConnectionTimeout))


def _of_sqlite(error: sqlite3.Error) -> StoreUnavailableError | StoreMistakeError:
    said = str(error)
    if said.startswith(("no such table", "no such column")):
        return StoreUnavailableError(NOT_MIGRATED, not_migrated=True)
    if isinstance(error, sqlite3.IntegrityError) and said.startswith("UNIQUE"):
        return StoreUnavailableError("Other work was in the way.", crossed=True)
    # SQLite's code for a statement that cannot be run is the mistake; the others tell of a lock, a disk or a file.
    outside = isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    if outside and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
        return StoreUnavailableError(_sentence(said))
    return StoreMistakeError(f"{type(error).__name__}: {said}")


def _sentence(said: str) -> str:
    return f"The store cannot be used ({said.strip().rstrip('.')})."
