"""What contacts answered, and how often each answer was given."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from storage.tables.base import Number, id_column, metadata

_UNCOUNTED = text("counted = 0")

answers = Table(
    "answers",
    metadata,
    id_column(),
    Column("run_id", Number, ForeignKey("runs.id"), nullable=False),
    Column("contact_id", Number, ForeignKey("contacts.id"), nullable=False),
    Column("message_id", Number),
    Column("flow", Text, nullable=False),
    Column("revision_id", Number, nullable=False),
    Column("node", Text, nullable=False),
    Column("save_as", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # `answered`, `skipped`, `unclear`.
    Column("outcome", Text, nullable=False),
    # A choice's key, `yes` or `no`, a number, or the words; nothing where it was skipped or unclear.
    Column("value", Text),
    Column("raw", Text, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("answered_at", Number, nullable=False),
    # 1 once the tallies hold it; both change in one transaction.
    Column("counted", Integer, nullable=False, server_default=text("0")),
    Index(None, "run_id"),
    Index(None, "contact_id"),
    Index("ix_answers_uncounted", "id", sqlite_where=_UNCOUNTED, postgresql_where=_UNCOUNTED),
)

tallies = Table(
    "tallies",
    metadata,
    Column("flow", Text, primary_key=True),
    Column("node", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    # Nothing for free text: words are never counted.
    Column("value", Text, primary_key=True),
    Column("count", Number, nullable=False),
)
