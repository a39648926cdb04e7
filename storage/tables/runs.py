"""Revisions of flows, and contacts' passages through them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from storage.tables.base import Number, id_column, metadata, partial_index

_DUE = text("due_at IS NOT NULL")
_UNCOUNTED = text("counted = 0")
_WHICH = text("(CASE WHEN status = 'open' THEN 0 ELSE id END)")
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
    # When the clock should look at a run that waits, if ever; what happens then is decided from the run itself.
    Column("due_at", Number),
    partial_index("ix_runs_uncounted", "id", where=_UNCOUNTED),
    Index(None, "flow"),
    # What is past its time: written once, when the run ends.
    partial_index("ix_runs_over", "revision_id", "updated_at", where=_OVER),
    partial_index("ix_runs_due_at", "due_at", where=_DUE),
    # A contact is in one conversation at a time: 0 stands for the open one. It finds all runs of a contact as well.
    Index("uq_runs_contact_id", "contact_id", _WHICH, unique=True),
)
