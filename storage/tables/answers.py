"""What contacts answered."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, false, text

from storage.tables.base import Number, id_column, metadata, partial_index

_IN_WORDS = text("kind = 'text'")
_UNCLEAR = text("outcome = 'unclear'")

answers = Table(
    "answers",
    metadata,
    id_column(),
    Column("run_id", Number, ForeignKey("runs.id"), nullable=False),
    # That of the run, by which a contact's answers are found: an index here would be written with each answer.
    Column("contact_id", Number, nullable=False),
    Column("message_id", Number),
    Column("flow", Text, nullable=False),
    Column("revision_id", Number, nullable=False),
    Column("node", Text, nullable=False),
    Column("save_as", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # `answered`, `skipped`, `unclear`.
    Column("outcome", Text, nullable=False),
    # A choice's key, keys with a space between, `yes` or `no`, a number, a day, or the words; else nothing.
    Column("value", Text),
    Column("raw", Text, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("answered_at", Number, nullable=False),
    # Taken back, and changed perhaps: it does not count.
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    # Why we may keep it, as the flow said when it was given.
    Column("purpose", Text, nullable=False, server_default=text("''")),
    Column("basis", Text, nullable=False, server_default=text("''")),
    Index(None, "run_id"),
    # Questions that people could not answer are few, and asked for on the first page of the console.
    partial_index("ix_answers_unclear", "id", where=_UNCLEAR),
    partial_index("ix_answers_words", "flow", "id", where=_IN_WORDS),
)

uncounted = Table(
    "uncounted",
    metadata,
    # What the tallies do not know yet: an answer was given or, in a row of its own, taken back. Each row is written
    # with its answer and deleted when it is counted, so that counting changes no row of `answers` and no index of it.
    Column("answer_id", Number, primary_key=True, autoincrement=False),
    Column("withdrawn", Boolean, primary_key=True),
    sqlite_with_rowid=False,
)
