"""Statements sent to PostgreSQL several in one journey, each prepared once a connection, by the driver's lowest layer.

psycopg's cursors and pipelines are made for every use there is, and take a turn four times as long as the same bytes
sent by hand.
"""

from __future__ import annotations

import hashlib
import re
import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from storage.drivers.statements import Statement

MOST_PREPARED = 200
"""Statements prepared on one connection; what comes after is planned each time, because each takes memory there."""
SECONDS = 10
"""A server that has said nothing for so long is gone: its own limits end every journey before."""

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # the library leaves it untyped
_NAME = re.compile(r"%(?:%|\((\w+)\)s)")
_TEXT, _BINARY = 0, 1
_UNNAMED = b""
_READ: dict[int, Callable[[bytes], Any]] = {16: b"t".__eq__, 20: int, 23: int, 25: bytes.decode, 1043: bytes.decode}
"""How a value is read, by PostgreSQL's number of its type: boolean, bigint, integer, text, varchar."""


@dataclass(frozen=True, slots=True)
class Query:
    """SQL with `$1`, `$2` …, and which values these are: the place of their statement, and their name in it."""

    sql: str
    order: tuple[tuple[int, str], ...] = ()
    name: bytes = field(init=False)
    """By which a connection knows it once it has prepared it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", hashlib.sha256(self.sql.encode()).hexdigest()[:32].encode())

    def values(self, given: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The values of its statements in the order of the SQL."""
        return [given[place][name] for place, name in self.order]


@cache
def as_one(statements: tuple[Statement, ...]) -> Query | None:
    """The query that runs all of these as one statement; None where one of them may need another's effect.

    All parts see the store as it was before, so that no two may touch one table; references between rows are checked
    when all is written.
    """
    tables = [statement.table for statement in statements]
    if len(statements) > 1 and len(set(tables)) < len(tables):
        return None
    order: dict[tuple[int, str], int] = {}

    def numbered(found: re.Match[str], place: int) -> str:
        name = found[1]
        return "%" if name is None else f"${order.setdefault((place, name), len(order) + 1)}"

    texts = [
        _NAME.sub(lambda found, place=place: numbered(found, place), statement.text(_DIALECT))  # type: ignore[misc]  # mypy cannot type a default of a lambda
        for place, statement in enumerate(statements)
    ]
    parts = ", ".join(f"w{place} AS ({text})" for place, text in enumerate(texts[:-1]))
    return Query(f"WITH {parts} {texts[-1]}" if parts else texts[-1], tuple(order))


class Line:
    """A connection to PostgreSQL, spoken to in whole journeys. `prepared` is the connection's own, and kept with it."""

    def __init__(self, connection: psycopg.Connection[Any], prepared: set[bytes]) -> None:
        self._pg = connection.pgconn
        self._prepared = prepared
        self._poll = select.poll()
        self._poll.register(self._pg.socket, select.POLLIN)

    def go(self, journey: Sequence[tuple[Query, Sequence[Any]]]) -> tuple[Any, ...] | None:
        """Run these in their order, and give the first row of the last; None where it gives none.

        Raises:
            psycopg.Error: one of them failed, and those after it were not run; or the connection is lost.
        """
        pg = self._pg
        pg.enter_pipeline_mode()
        sent: list[bytes | None] = []
        for query, values in journey:
            name = query.name
            if name not in self._prepared and name not in sent:
                name = name if len(self._prepared) < MOST_PREPARED else _UNNAMED
                pg.send_prepare(name, query.sql.encode())
                sent.append(name)
            given = [value if value is None or type(value) is bytes else str(value).encode() for value in values]
            formats = [_BINARY if type(value) in _RAW else _TEXT for value in values]
            pg.send_query_prepared(name, given, formats)
            sent.append(None)
        pg.pipeline_sync()
        return self._come_back(sent)

    def _come_back(self, sent: Sequence[bytes | None]) -> tuple[Any, ...] | None:
        """What the last one gives; `sent` has for each command the name of what it prepares, if it does."""
        error: psycopg.Error | None = None
        result = None
        try:
            for prepared, result in zip(sent, self._results(), strict=True):
                if result.status == pq.ExecStatus.FATAL_ERROR:
                    error = error or error_from_result(result)
                elif prepared and result.status == pq.ExecStatus.COMMAND_OK:
                    self._prepared.add(prepared)
            self._pg.exit_pipeline_mode()
        except psycopg.OperationalError:
            if error is None:
                raise
        if isinstance(error, psycopg.errors.InvalidSqlStatementName):
            self._prepared.clear()  # psycopg makes a connection forget all when it drops or alters a table
        if error is not None:
            raise error
        return _first_row(result) if result is not None and result.ntuples else None

    def _results(self) -> Iterator[Any]:
        """The result of each command, when it is there."""
        pg, ended = self._pg, False
        self._flush()
        while True:
            while pg.is_busy():
                self._wait(select.POLLIN)
                pg.consume_input()
            result = pg.get_result()
            if result is None:
                if ended:
                    raise psycopg.OperationalError("the connection was lost")
            elif result.status == pq.ExecStatus.PIPELINE_SYNC:
                return
            else:
                yield result
            ended = result is None

    def _flush(self) -> None:
        while self._pg.flush():  # more than fits at once
            if self._wait(select.POLLIN | select.POLLOUT) & select.POLLIN:
                self._pg.consume_input()

    def _wait(self, events: int) -> int:
        """Wait for the connection to be readable or writable, without keeping other threads waiting."""
        self._poll.modify(self._pg.socket, events)
        ready = self._poll.poll(SECONDS * 1000)
        if not ready:
            raise psycopg.OperationalError("the server says nothing")
        return ready[0][1]


_RAW = frozenset({str, bytes})
"""Sent as they are: in PostgreSQL's text form a NUL would end them unseen."""


def _first_row(result: Any) -> tuple[Any, ...]:
    return tuple(
        None if (value := result.get_value(0, at)) is None else _READ[result.ftype(at)](value)
        for at in range(result.nfields)
    )
