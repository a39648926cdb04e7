"""Statements written with SQLAlchemy, turned into SQL once a process, and run by the store's own driver.

A turn is the one transaction that residents wait for. SQLAlchemy's own way from statement to rows costs it more than
the store does, so turns take this short one; everything else in this room uses SQLAlchemy as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, Executable, Table, bindparam, insert, update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

_POSTGRESQL = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_SQLITE = SQLiteDialect_pysqlite(paramstyle="named")


class Statement:
    """One statement. Its values are named by `bindparam`, and are of sorts that drivers take as they are."""

    def __init__(self, element: Executable, *, only_postgresql: bool = False) -> None:
        assert isinstance(element, ClauseElement)  # noqa: S101 -- SQLAlchemy's types do not say that these are both
        self._element = element
        self.only_postgresql = only_postgresql
        """Left out on SQLite: it locks rows, and SQLite's transaction has locked the whole file."""
        self._texts: dict[str, str] = {}

    @property
    def table(self) -> Any:
        """The table it writes to."""
        return getattr(self._element, "table", None)

    def text(self, dialect: Any) -> str:
        """The SQL for a store."""
        found = self._texts.get(dialect.name)
        if found is None:
            made = self._element.compile(dialect=dialect)
            assert isinstance(made, SQLCompiler)  # noqa: S101 -- for the type checker
            # A plain value would have become one of the statement's own, which nobody gives when it is run.
            assert all(bind.required for bind in made.binds.values()), made  # noqa: S101 -- a mistake in this room
            found = self._texts[dialect.name] = str(made)
        return found


Pair = tuple[Statement, Mapping[str, Any]]
"""A statement and its values."""


@cache
def insert_of(table: Table, columns: tuple[str, ...], rows: int) -> Statement:
    """Insert so many rows at once; the values are named by column and row: `body_0`, `body_1`."""
    values: list[dict[str, Any]] = [{name: bindparam(f"{name}_{row}") for name in columns} for row in range(rows)]
    return Statement(insert(table).values(values))


@cache
def update_of(table: Table, columns: tuple[str, ...]) -> Statement:
    """Change one row, the one whose id is given as `row_id`."""
    changed: dict[str, Any] = {name: bindparam(name) for name in columns}
    return Statement(update(table).where(table.c.id == bindparam("row_id")).values(changed))


@cache
def together(statements: tuple[Statement, ...]) -> str | None:
    """PostgreSQL's text that runs all of these as one statement; None where one of them may need another's effect.

    Values are named by their statement's place: `body_0` of the second one is `w1_body_0`. All parts see the store as
    it was before, so that no two may touch one table; references between rows are checked when all is written.
    """
    tables = [statement.table for statement in statements]
    if len(set(tables)) < len(tables):
        return None
    texts = [
        re.sub(r"%\((\w+)\)s", rf"%(w{place}_\1)s", statement.text(_POSTGRESQL))
        for place, statement in enumerate(statements)
    ]
    parts = ", ".join(f"w{place} AS ({text})" for place, text in enumerate(texts[:-1]))
    return f"WITH {parts} {texts[-1]}" if parts else texts[-1]


class Quick(Protocol):
    """One transaction that is read once and written once. `db` is the same transaction as SQLAlchemy knows it."""

    db: Connection

    def read(self, pairs: Sequence[Pair]) -> tuple[Any, ...] | None:
        """Run these in their order, and give the first row of the last."""

    def commit(self, pairs: Iterable[Pair]) -> None:
        """Run these and commit."""


class SqliteQuick:
    """On SQLite, whose statements need no journey."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._cursor = db.connection.cursor()

    def read(self, pairs: Sequence[Pair]) -> tuple[Any, ...] | None:
        """See `Quick`."""
        for statement, values in pairs:
            if not statement.only_postgresql:
                self._cursor.execute(statement.text(_SQLITE), values)
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        self._cursor.fetchall()  # a statement not read to its end would keep its lock
        return row

    def commit(self, pairs: Iterable[Pair]) -> None:
        """See `Quick`."""
        for statement, values in pairs:
            self._cursor.execute(statement.text(_SQLITE), values)
        self._cursor.close()
        self.db.commit()


class PostgresqlQuick:
    """On PostgreSQL, where a journey costs as much as a flush to disk: each call is one, however many statements.

    The connection is in autocommit and its transaction is begun and ended here: the driver's own way takes a journey
    more for each.
    """

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._connection: Any = db.connection.driver_connection

    def read(self, pairs: Sequence[Pair]) -> tuple[Any, ...] | None:
        """See `Quick`. Each statement sees what was committed before it began, so also what it waited for."""
        with self._connection.pipeline():
            self._connection.execute("BEGIN")
            for statement, values in pairs:
                cursor = self._connection.cursor()
                cursor.execute(statement.text(_POSTGRESQL), values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row

    def commit(self, pairs: Iterable[Pair]) -> None:
        """See `Quick`."""
        todo = list(pairs)
        whole = together(tuple(statement for statement, _ in todo)) if todo else None
        with self._connection.pipeline():
            if whole is None:
                for statement, values in todo:
                    self._connection.cursor().execute(statement.text(_POSTGRESQL), values)
            else:
                named = {f"w{at}_{name}": value for at, pair in enumerate(todo) for name, value in pair[1].items()}
                self._connection.cursor().execute(whole, named)
            self._connection.execute("COMMIT")
