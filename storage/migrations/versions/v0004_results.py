"""Tallies by revision and by mark, tallies of runs, reviews; releases, files, erasures."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    text,
)

revision = "0004_results"
down_revision = "0003_reach"

Number = BigInteger().with_variant(Integer, "sqlite")
_CHANGED = text("counted IN (0, 2)")
_UNCOUNTED = text("counted = 0")
_OVER = text("status <> 'open'")


def upgrade() -> None:
    """Make the tables anew that count, and add those of exports and rights."""
    _answers_and_runs()
    _tallies()
    _trail()
    _forgotten()


def _answers_and_runs() -> None:
    op.add_column("answers", Column("purpose", Text(), server_default=text("''"), nullable=False))
    op.add_column("answers", Column("basis", Text(), server_default=text("''"), nullable=False))
    op.execute("DELETE FROM uncounted")
    op.execute("INSERT INTO uncounted (answer_id, withdrawn) SELECT id, false FROM answers WHERE NOT withdrawn")
    op.add_column("runs", Column("day", Text(), server_default=text("''"), nullable=False))
    op.add_column("runs", Column("counted", Integer(), server_default=text("0"), nullable=False))
    op.add_column("runs", Column("counted_as", Text()))
    op.add_column("runs", Column("counted_at", Text()))
    op.create_index("ix_runs_uncounted", "runs", ["id"], sqlite_where=_UNCOUNTED, postgresql_where=_UNCOUNTED)
    op.create_index("ix_runs_over", "runs", ["revision_id", "updated_at"], sqlite_where=_OVER, postgresql_where=_OVER)


def _tallies() -> None:
    op.drop_table("tallies")
    _tally(
        "tallies",
        ["flow", "revision_id", "node", "day", "channel", "language", "dimension", "part", "outcome", "value"],
    )
    _tally(
        "run_tallies",
        ["flow", "revision_id", "day", "channel", "language", "dimension", "part", "status", "waiting_node"],
    )
    op.create_table(
        "marks",
        Column("run_id", Number, autoincrement=False, nullable=False),
        Column("dimension", Text(), nullable=False),
        Column("part", Text(), nullable=False),
        Column("counted", Integer(), server_default=text("0"), nullable=False),
        ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_marks_run_id"),
        PrimaryKeyConstraint("run_id", "dimension", "part", name="pk_marks"),
    )
    op.create_index("ix_marks_uncounted", "marks", ["run_id"], sqlite_where=_CHANGED, postgresql_where=_CHANGED)
    op.create_table(
        "picks",
        Column("answer_id", Number, autoincrement=False, nullable=False),
        Column("choice", Text(), nullable=False),
        ForeignKeyConstraint(["answer_id"], ["answers.id"], name="fk_picks_answer_id"),
        PrimaryKeyConstraint("answer_id", "choice", name="pk_picks"),
    )
    op.create_table(
        "reviews",
        Column("answer_id", Number, autoincrement=False, nullable=False),
        Column("words", Text(), nullable=False),
        Column("reviewed_by", Text(), nullable=False),
        Column("reviewed_at", Number, nullable=False),
        ForeignKeyConstraint(["answer_id"], ["answers.id"], name="fk_reviews_answer_id"),
        PrimaryKeyConstraint("answer_id", name="pk_reviews"),
    )


def _tally(name: str, key: list[str]) -> None:
    columns = [
        Column(each, Number if each == "revision_id" else Text(), autoincrement=False, nullable=False) for each in key
    ]
    op.create_table(
        name,
        *columns,
        Column("count", Number, server_default=text("0"), nullable=False),
        Column("past", Number, server_default=text("0"), nullable=False),
        PrimaryKeyConstraint(*key, name=f"pk_{name}"),
    )


def _trail() -> None:
    op.create_table(
        "feeds",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("flow", Text(), nullable=False),
        Column("by", Text(), nullable=False),
        Column("expires_at", Number, nullable=False),
        Column("revoked_at", Number),
        Column("table", Text(), nullable=False),
        Column("table_at", Number, nullable=False),
        PrimaryKeyConstraint("id", name="pk_feeds"),
    )
    op.create_table(
        "releases",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("flow", Text(), nullable=False),
        Column("made_at", Number, nullable=False),
        Column("filter", Text(), nullable=False),
        Column("counts", Text(), nullable=False),
        Column("looks", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("ix_releases_flow", "releases", ["flow"])
    op.create_table(
        "export_files",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("path", Text(), nullable=False),
        Column("size", Number, nullable=False),
        Column("modified_ns", Number, nullable=False),
        Column("machine", Text(), nullable=False),
        Column("flow", Text(), nullable=False),
        Column("made_at", Number, nullable=False),
        Column("expires_at", Number, nullable=False),
        PrimaryKeyConstraint("id", name="pk_export_files"),
    )
    op.create_index("ix_export_files_expires_at", "export_files", ["expires_at"])


def _forgotten() -> None:
    op.create_table(
        "erased",
        Column("hash", LargeBinary(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("at", Number, nullable=False),
        PrimaryKeyConstraint("hash", name="pk_erased"),
    )
    op.create_table(
        "redactions",
        Column("provider_id", Text(), nullable=False),
        Column("channel", Text(), nullable=False),
        Column("gateway", Text(), nullable=False),
        Column("due_at", Number, nullable=False),
        Column("attempts", Integer(), server_default=text("0"), nullable=False),
        PrimaryKeyConstraint("provider_id", name="pk_redactions"),
    )
    op.create_index("ix_redactions_due_at", "redactions", ["due_at"])
