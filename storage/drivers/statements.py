"""Statements written with SQLAlchemy, turned into SQL once a process, and run by the store's own driver.

A turn is the one transaction that residents wait for. SQLAlchemy's own way from statement to rows costs it more than
the store does, so turns take this short one; everything else in this room uses SQLAlchemy as it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, Executable, Table, bindparam, insert, update
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler


class Statement:
    """One statement. Its values are named by `bindparam`, and are of sorts that drivers take as they are."""

    def __init__(self, element: Executable, *, names: tuple[str, ...] = (), only_postgresql: bool = False) -> None:
        assert isinstance(element, ClauseElement)  # noqa: S101 -- SQLAlchemy's types do not say that these are both
        self._element = element
        self.names = names
        """Of the values, row by row, where it inserts rows."""
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
    names = tuple(f"{name}_{row}" for row in range(rows) for name in columns)
    return Statement(insert(table).values(values), names=names)


@cache
def update_of(table: Table, columns: tuple[str, ...]) -> Statement:
    """Change one row, the one whose id is given as `row_id`."""
    changed: dict[str, Any] = {name: bindparam(name) for name in columns}
    return Statement(update(table).where(table.c.id == bindparam("row_id")).values(changed))


class Quick(Protocol):
    """A connection kept for transactions that read once and write once; each store has its own way.

    `db` is the same connection as SQLAlchemy knows it, for the few statements between the two.
    """

    db: Connection

    def read(self, pairs: Sequence[Pair]) -> tuple[Any, ...] | None:
        """Begin, run these in their order, and give the first row of the last."""

    def commit(self, pairs: Iterable[Pair]) -> None:
        """Run these and commit."""

    def undo(self) -> None:
        """Undo what was begun, so that the connection can be used again."""

    def give_back(self) -> None:
        """Give the connection back, as it was."""

    def is_sound(self) -> bool:
        """Whether it can be used once more; asked before each use."""
