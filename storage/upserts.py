"""INSERT … ON CONFLICT for both stores.

SQLAlchemy has one for each. PostgreSQL's serves both, but importing its dialect takes a fifth of a second and 2 MiB of
those who use SQLite. So this is SQLite's, with what PostgreSQL asks of it beside.
"""

from __future__ import annotations

from typing import Any, Self

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite


class Insert(sqlite.Insert):
    """An INSERT that says what becomes of a row that is there already."""

    inherit_cache = True

    def on_conflict_do_nothing(self, *given: Any, **named: Any) -> Self:
        """Leave the row as it is."""
        return super().on_conflict_do_nothing(*given, **named)._for_both()

    def on_conflict_do_update(self, *given: Any, **named: Any) -> Self:
        """Change the row as `set_` says."""
        return super().on_conflict_do_update(*given, **named)._for_both()

    def _for_both(self) -> Self:
        clause: Any = self._post_values_clause
        clause.constraint_target = None  # no constraint is named here, only its columns
        return self


def insert(table: Table) -> Insert:
    """Begin an INSERT into a table."""
    return Insert(table)
