"""What the service remembers of itself: things a person must look at, and which processes live."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text, text

from storage.tables.base import Number, id_column, metadata, partial_index

_WAITS = text("settled_at IS NULL")

alerts = Table(
    "alerts",
    metadata,
    id_column(),
    Column("kind", Text, nullable=False),
    Column("contact_id", Number),
    Column("run_id", Number),
    Column("message_id", Number),
    # Never a person's number or words.
    Column("detail", Text, nullable=False),
    Column("created_at", Number, nullable=False),
    # How often the same came from the same person before anybody settled it, and when it came last.
    Column("times", Number, nullable=False, server_default=text("1")),
    Column("last_at", Number),
    Column("settled_at", Number),
    # Who looked after it: `user:1`.
    Column("settled_by", Text),
    partial_index("ix_alerts_waiting", "id", where=_WAITS),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Number, nullable=False),
    Column("detail", Text, nullable=False),
)
