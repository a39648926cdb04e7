"""The console: alerts that are settled, changes to the shelf, published results, labels, lists of people."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, LargeBinary, PrimaryKeyConstraint, Text, text

revision = "0005_console"
down_revision = "0004_results"

Number = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add to the alerts, and make the tables."""
    waits = text("settled_at IS NULL")
    op.add_column("alerts", Column("times", Number, nullable=False, server_default=text("1")))
    op.add_column("alerts", Column("last_at", Number))
    op.add_column("alerts", Column("settled_at", Number))
    op.add_column("alerts", Column("settled_by", Text()))
    op.create_index("ix_alerts_waiting", "alerts", ["id"], sqlite_where=waits, postgresql_where=waits)
    op.add_column("contacts", Column("held_by", Text()))
    op.create_table(
        "shelf_changes",
        Column("flow", Text(), nullable=False),
        Column("revision_id", Number),
        Column("off_at", Number),
        Column("changed_at", Number, nullable=False),
        ForeignKeyConstraint(["revision_id"], ["revisions.id"], name="fk_shelf_changes_revision_id"),
        PrimaryKeyConstraint("flow", name="pk_shelf_changes"),
    )
    op.create_table(
        "publications",
        Column("flow", Text(), nullable=False),
        Column("published_at", Number, nullable=False),
        Column("document", Text(), nullable=False),
        PrimaryKeyConstraint("flow", name="pk_publications"),
    )
    op.create_table(
        "answer_labels",
        Column("answer_id", Number, autoincrement=False, nullable=False),
        Column("label", Text(), nullable=False),
        ForeignKeyConstraint(["answer_id"], ["answers.id"], name="fk_answer_labels_answer_id"),
        PrimaryKeyConstraint("answer_id", "label", name="pk_answer_labels"),
    )
    op.create_index("ix_answer_labels_label", "answer_labels", ["label"])
    words = text("kind = 'text'")
    op.create_index("ix_answers_words", "answers", ["flow", "id"], sqlite_where=words, postgresql_where=words)
    unclear = text("outcome = 'unclear'")
    op.create_index("ix_answers_unclear", "answers", ["id"], sqlite_where=unclear, postgresql_where=unclear)
    op.create_table(
        "uploads",
        Column("hash", LargeBinary(), nullable=False),
        Column("sealed", LargeBinary(), nullable=False),
        Column("expires_at", Number, nullable=False),
        PrimaryKeyConstraint("hash", name="pk_uploads"),
    )
    op.create_table(
        "used_forms",
        Column("hash", LargeBinary(), nullable=False),
        Column("used_at", Number, nullable=False),
        PrimaryKeyConstraint("hash", name="pk_used_forms"),
    )
    _index_first_names()


def _index_first_names() -> None:
    """Each store has its own way to look into a JSON object; `storage.community.people` asks in the same words."""
    ways = {"sqlite": "json_extract(attributes, '$.first_name')", "postgresql": "attributes::json ->> 'first_name'"}
    first_name = ways[op.get_bind().dialect.name]
    known = f"({first_name}) IS NOT NULL"  # or each contact whose name nobody knows would be written into it too
    op.execute(text(f"CREATE INDEX ix_contacts_first_name ON contacts (lower({first_name}), id) WHERE {known}"))
