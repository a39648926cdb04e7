"""The core: contacts, messages, runs, answers and what the service remembers of itself."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    false,
    text,
)

revision = "0001_core"
down_revision = None

Number = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the first tables."""
    _contacts()
    _messages()
    _runs()
    _answers()
    _service()


def _contacts() -> None:
    op.create_table(
        "contacts",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("language", Text(), nullable=False),
        Column("attributes", Text(), server_default=text("'{}'"), nullable=False),
        Column("stopped_at", Number),
        Column("created_at", Number, nullable=False),
        PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_table(
        "addresses",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("contact_id", Number, nullable=False),
        Column("channel", Text(), nullable=False),
        Column("gateway", Text(), nullable=False),
        Column("hash", LargeBinary(), nullable=False),
        Column("encrypted", LargeBinary(), nullable=False),
        Column("invalid_at", Number),
        Column("in_hand", Integer(), server_default=text("1"), nullable=False),
        Column("initials", Text()),
        Column("in_hand_at", Number),
        Column("answered_for", Integer(), server_default=text("0"), nullable=False),
        Column("doubt", Number),
        Column("created_at", Number, nullable=False),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_addresses_contact_id"),
        PrimaryKeyConstraint("id", name="pk_addresses"),
    )
    op.create_index("ix_addresses_contact_id", "addresses", ["contact_id"])
    op.create_index(
        "uq_addresses_hash", "addresses", ["hash", text("(CASE WHEN in_hand = 1 THEN 0 ELSE id END)")], unique=True
    )
    op.create_table(
        "consents",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("contact_id", Number, nullable=False),
        Column("kind", Text(), nullable=False),
        Column("scope", Text(), nullable=False),
        Column("wording", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("channel", Text(), nullable=False),
        Column("message_id", Number),
        Column("at", Number, nullable=False),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_consents_contact_id"),
        PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_contact_id", "consents", ["contact_id"])
    op.create_table(
        "members",
        Column("contact_id", Number, autoincrement=False, nullable=False),
        Column("group_name", Text(), nullable=False),
        Column("joined_at", Number, nullable=False),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_members_contact_id"),
        PrimaryKeyConstraint("contact_id", "group_name", name="pk_members"),
    )
    op.create_index("ix_members_group_name_contact_id", "members", ["group_name", "contact_id"])


def _messages() -> None:
    op.create_table(
        "messages",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("contact_id", Number, nullable=False),
        Column("run_id", Number),
        Column("direction", Text(), nullable=False),
        Column("channel", Text(), nullable=False),
        Column("provider_id", Text()),
        Column("body", Text(), nullable=False),
        Column("raw", LargeBinary()),
        Column("reply_id", Number),
        Column("status", Text(), nullable=False),
        Column("error_code", Integer()),
        Column("created_at", Number, nullable=False),
        Column("updated_at", Number),
        Column("due_at", Number),
        Column("priority", Integer(), server_default=text("0"), nullable=False),
        Column("attempts", Integer(), server_default=text("0"), nullable=False),
        Column("token", Text()),
        Column("lease_until", Number),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_messages_contact_id"),
        PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_contact_id", "messages", ["contact_id"])
    op.create_index(
        "ix_messages_outbox",
        "messages",
        ["priority", "due_at"],
        sqlite_where=text("status = 'queued'"),
        postgresql_where=text("status = 'queued'"),
    )
    op.create_index(
        "ix_messages_sending",
        "messages",
        ["lease_until"],
        sqlite_where=text("status = 'sending'"),
        postgresql_where=text("status = 'sending'"),
    )
    op.create_index(
        "uq_messages_provider_id",
        "messages",
        ["provider_id", "channel", "direction"],
        unique=True,
        sqlite_where=text("provider_id IS NOT NULL"),
        postgresql_where=text("provider_id IS NOT NULL"),
    )


def _runs() -> None:
    op.create_table(
        "revisions",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("flow", Text(), nullable=False),
        Column("hash", Text(), nullable=False),
        Column("source", Text(), nullable=False),
        Column("published_at", Number, nullable=False),
        PrimaryKeyConstraint("id", name="pk_revisions"),
        UniqueConstraint("flow", "hash", name="uq_revisions_flow_hash"),
    )
    op.create_table(
        "runs",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("contact_id", Number, nullable=False),
        Column("flow", Text(), nullable=False),
        Column("revision_id", Number, nullable=False),
        Column("status", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("waiting_node", Text()),
        Column("channel", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("trigger", Text(), nullable=False),
        Column("started_at", Number, nullable=False),
        Column("updated_at", Number, nullable=False),
        Column("ended_at", Number),
        Column("due_at", Number),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_runs_contact_id"),
        ForeignKeyConstraint(["revision_id"], ["revisions.id"], name="fk_runs_revision_id"),
        PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_flow", "runs", ["flow"])
    op.create_index(
        "uq_runs_contact_id",
        "runs",
        ["contact_id", text("(CASE WHEN status = 'open' THEN 0 ELSE id END)")],
        unique=True,
    )
    op.create_index(
        "ix_runs_due_at",
        "runs",
        ["due_at"],
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("run_id", Number, nullable=False),
        Column("contact_id", Number, nullable=False),
        Column("message_id", Number),
        Column("flow", Text(), nullable=False),
        Column("revision_id", Number, nullable=False),
        Column("node", Text(), nullable=False),
        Column("save_as", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("outcome", Text(), nullable=False),
        Column("value", Text()),
        Column("raw", Text(), nullable=False),
        Column("personal", Boolean(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("channel", Text(), nullable=False),
        Column("day", Text(), nullable=False),
        Column("answered_at", Number, nullable=False),
        Column("withdrawn", Boolean(), server_default=false(), nullable=False),
        ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_answers_run_id"),
        PrimaryKeyConstraint("id", name="pk_answers"),
    )
    op.create_index("ix_answers_run_id", "answers", ["run_id"])
    op.create_table(
        "uncounted",
        Column("answer_id", Number, autoincrement=False, nullable=False),
        Column("withdrawn", Boolean(), nullable=False),
        PrimaryKeyConstraint("answer_id", "withdrawn", name="pk_uncounted"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallies",
        Column("flow", Text(), nullable=False),
        Column("node", Text(), nullable=False),
        Column("day", Text(), nullable=False),
        Column("channel", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("outcome", Text(), nullable=False),
        Column("value", Text(), nullable=False),
        Column("count", Number, nullable=False),
        PrimaryKeyConstraint("flow", "node", "day", "channel", "language", "outcome", "value", name="pk_tallies"),
    )


def _service() -> None:
    op.create_table(
        "alerts",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("kind", Text(), nullable=False),
        Column("contact_id", Number),
        Column("run_id", Number),
        Column("message_id", Number),
        Column("detail", Text(), nullable=False),
        Column("created_at", Number, nullable=False),
        PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_table(
        "heartbeats",
        Column("name", Text(), nullable=False),
        Column("at", Number, nullable=False),
        Column("detail", Text(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )
