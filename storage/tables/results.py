"""How often each answer was given, how runs stand, and what either can be told apart by."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, text

from storage.tables.base import Number, metadata, partial_index

_UNCOUNTED = text("counted IN (0, 2)")

tallies = Table(
    "tallies",
    metadata,
    Column("flow", Text, primary_key=True),
    Column("revision_id", Number, primary_key=True, autoincrement=False),
    Column("node", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    # Both empty: everybody. Otherwise those who bear this mark.
    Column("dimension", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    # `answered`, `skipped`, `unclear`; `picked` for each choice of an answer that may have several.
    Column("outcome", Text, primary_key=True),
    # Nothing for free text: words are never counted.
    Column("value", Text, primary_key=True),
    Column("count", Number, nullable=False, server_default=text("0")),
    # How many of them are of answers that were deleted for their age: nothing else knows of these any more.
    Column("past", Number, nullable=False, server_default=text("0")),
)

run_tallies = Table(
    "run_tallies",
    metadata,
    Column("flow", Text, primary_key=True),
    Column("revision_id", Number, primary_key=True, autoincrement=False),
    Column("day", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("dimension", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    # The question they wait at, or were waiting at when they ended; nothing where there is none.
    Column("waiting_node", Text, primary_key=True),
    Column("count", Number, nullable=False, server_default=text("0")),
    Column("past", Number, nullable=False, server_default=text("0")),
)

marks = Table(
    "marks",
    metadata,
    Column("run_id", Number, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    # `group`, `answered_for` (by another person), or an attribute that the flow declares for breakdown.
    Column("dimension", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("counted", Integer, nullable=False, server_default=text("0")),
    partial_index("ix_marks_uncounted", "run_id", where=_UNCOUNTED),
)

picks = Table(
    "picks",
    metadata,
    Column("answer_id", Number, ForeignKey("answers.id"), primary_key=True, autoincrement=False),
    # One of the choices of an answer that may have several.
    Column("choice", Text, primary_key=True),
)

reviews = Table(
    "reviews",
    metadata,
    Column("answer_id", Number, ForeignKey("answers.id"), primary_key=True, autoincrement=False),
    # The words as they may be handed on; names taken out by whoever read them.
    Column("words", Text, nullable=False),
    Column("reviewed_by", Text, nullable=False),
    Column("reviewed_at", Number, nullable=False),
)
