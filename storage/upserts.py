"""`INSERT … ON CONFLICT` for whichever store a connection is to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(db: Connection, table: Table) -> Any:
    """An insert into a table that may say what to do where the row is there already."""
    return postgresql.insert(table) if db.dialect.name == "postgresql" else sqlite.insert(table)
