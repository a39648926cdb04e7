"""Revisions of flows, contacts' passages through them, and when to look at a passage that waits."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from storage.tables.base import Number, id_column, metadata, partial_index

_OPEN = text("status = 'open'")
_UNCOUNTED = text("counted = 0")
_OVER = text("status <> 'open'")

revisions = Table(
    "revisions",
    metadata,
    id_column(),
    Column("flow", Text, nullable=False),
    # Hex SHA-256 of the source.
    Column("hash", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("published_at", Number, nullable=False),
    UniqueConstraint("flow", "hash"),
)

runs = Table(
    "runs",
    metadata,
    id_column(),
    Column("contact_id", Number, ForeignKey("contacts.id"), nullable=False),
    Column("flow", Text, nullable=False),
    Column("revision_id", Number, ForeignKey("revisions.id"), nullable=False),
    Column("status", Text, nullable=False),
    # The engine's own document (`flows.run.Run.to_json`).
    Column("state", Text, nullable=False),
    # The question asked last and not left; it stays when the run expires or is stopped.
    Column("waiting_node", Text),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("started_at", Number, nullable=False),
    Column("updated_at", Number, nullable=False),
    Column("ended_at", Number),
    # The day it began, where contacts live.
    Column("day", Text, nullable=False, server_default=text("''")),
    # 0 while it may stand otherwise than the tallies hold it: in the status `counted_as`, at the node `counted_at`.
    Column("counted", Integer, nullable=False, server_default=text("0")),
    Column("counted_as", Text),
    Column("counted_at", Text),
    partial_index("ix_runs_uncounted", "id", where=_UNCOUNTED),
    Index(None, "flow"),
    Index(None, "contact_id"),
    # What is past its time: written once, when the run ends.
    partial_index("ix_runs_over", "revision_id", "updated_at", where=_OVER),
    # A contact is in one conversation at a time.
    partial_index("uq_runs_open", "contact_id", unique=True, where=_OPEN),
)

dues = Table(
    "dues",
    metadata,
    Column("run_id", Number, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("contact_id", Number, nullable=False),
    Column("due_at", Number, nullable=False),
    Index(None, "due_at"),
)
