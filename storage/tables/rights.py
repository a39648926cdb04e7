"""What was handed on, and who is forgotten."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, text

from storage.tables.base import Number, id_column, metadata

releases = Table(
    "releases",
    metadata,
    id_column(),
    Column("flow", Text, nullable=False),
    Column("made_at", Number, nullable=False),
    # Whom the table was about, as JSON: days, channel, language, group.
    Column("filter", Text, nullable=False),
    # The true counts it was made from, as JSON: what a later table is compared with.
    Column("counts", Text, nullable=False),
    # What it looked like, as JSON: its rows, and what it hid. It can be given again as it was.
    Column("looks", Text, nullable=False),
    Index(None, "flow"),
)

feeds = Table(
    "feeds",
    metadata,
    id_column(),
    Column("flow", Text, nullable=False),
    # Breakdowns, with commas between.
    Column("by", Text, nullable=False),
    Column("expires_at", Number, nullable=False),
    Column("revoked_at", Number),
    # The shared table as CSV, given until a newer one may be.
    Column("table", Text, nullable=False),
    Column("table_at", Number, nullable=False),
)

export_files = Table(
    "export_files",
    metadata,
    id_column(),
    Column("path", Text, nullable=False),
    # How it was when it was whole: bytes, and nanoseconds since 1970. Any other file that stands there is not ours.
    Column("size", Number, nullable=False),
    Column("modified_ns", Number, nullable=False),
    # The name of the machine it was made on: the clock may run on another, which does not see it.
    Column("machine", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("made_at", Number, nullable=False),
    # After this the clock deletes the file.
    Column("expires_at", Number, nullable=False),
    Index(None, "expires_at"),
)

erased = Table(
    "erased",
    metadata,
    # Keyed hash of a contact's id, of a gateway's id of a text, or of an address whose last word was STOP.
    Column("hash", LargeBinary, primary_key=True),
    # `contact`, `message` or `stopped`.
    Column("kind", Text, nullable=False),
    Column("at", Number, nullable=False),
)

redactions = Table(
    "redactions",
    metadata,
    # The gateway's id of a text whose copy there is to be emptied.
    Column("provider_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("due_at", Number, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Index(None, "due_at"),
)
