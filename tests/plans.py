"""How SQLite says that it finds rows, and what of that takes longer the more people there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

GROWS = (
    "addresses", "answer_labels", "answers", "audits", "champions", "consents", "contacts", "marks", "members",
    "messages", "picks", "recipients", "reviews", "run_tallies", "runs", "tallies",
)  # fmt: skip
_SCAN = re.compile(rf"^SCAN ({'|'.join(GROWS)})\b")


def grows(sql: str, plan: Sequence[str]) -> bool:
    """Whether a statement reads more the more people there are.

    What is read in the order of a key is read as far as the limit goes, and no further.
    """
    scans = any(_SCAN.match(step) for step in plan)
    sorted_first = any(step.startswith("USE TEMP B-TREE FOR ORDER BY") for step in plan)
    return scans and ("LIMIT" not in sql or sorted_first)


@contextmanager
def noted(*, also_changes: bool = False) -> Iterator[set[tuple[str, tuple]]]:
    """The statements that run within the block, each with its values; those that change rows only where asked."""
    found: set[tuple[str, tuple]] = set()
    kinds = ("SELECT", "WITH", "UPDATE", "DELETE") if also_changes else ("SELECT", "WITH")

    def note(_connection, _cursor, statement, parameters, _context, many) -> None:
        if statement.lstrip().upper().startswith(kinds):
            found.add((statement, tuple(parameters[0] if many else parameters)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan(db, sql: str, values: tuple) -> tuple[str, ...]:
    """The steps by which SQLite finds the rows of a statement."""
    return tuple(row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
