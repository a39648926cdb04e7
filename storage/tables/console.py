"""What coordinators do in the console: change the shelf, publish results, label what was said, upload lists."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from storage.tables.base import Number, metadata

shelf_changes = Table(
    "shelf_changes",
    metadata,
    Column("flow", Text, primary_key=True),
    # The uploaded revision that stands in for the file; nothing where the file's own is used.
    Column("revision_id", Number, ForeignKey("revisions.id")),
    # Since when new runs of the flow may not begin.
    Column("off_at", Number),
    Column("changed_at", Number, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("flow", Text, primary_key=True),
    Column("published_at", Number, nullable=False),
    # The suppressed tables as JSON, frozen when they were published: a page that moved would tell who answered last.
    Column("document", Text, nullable=False),
)

answer_labels = Table(
    "answer_labels",
    metadata,
    Column("answer_id", Number, ForeignKey("answers.id"), primary_key=True, autoincrement=False),
    Column("label", Text, primary_key=True),
    Index(None, "label"),
)

uploads = Table(
    "uploads",
    metadata,
    # Keyed hash of the name in the page that asks whether to use it.
    Column("hash", LargeBinary, primary_key=True),
    # The list of people, sealed.
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Number, nullable=False),
)

used_forms = Table(
    "used_forms",
    metadata,
    # Keyed hash of the mark in a form that has done what it does.
    Column("hash", LargeBinary, primary_key=True),
    Column("used_at", Number, nullable=False),
)
