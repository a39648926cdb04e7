"""Groups, champions, invitations and broadcasts; what the outbox needs to know of a text before it sends it."""

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
    UniqueConstraint,
    text,
)

revision = "0003_reach"
down_revision = "0002_users"

Number = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Add the tables of reaching people, and columns to contacts and messages."""
    _groups()
    _delivery()
    _broadcasts()
    _columns()


def _groups() -> None:
    op.create_table(
        "groups",
        Column("name", Text(), nullable=False),
        Column("title", Text(), nullable=False),
        Column("keyword", Text()),
        Column("created_at", Number, nullable=False),
        PrimaryKeyConstraint("name", name="pk_groups"),
        UniqueConstraint("keyword", name="uq_groups_keyword"),
    )
    op.create_table(
        "meeting_counts",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("message_id", Number, nullable=False),
        Column("flow", Text(), nullable=False),
        Column("group_name", Text(), nullable=False),
        Column("choice", Text(), nullable=False),
        Column("count", Number, nullable=False),
        Column("counted_by", Number, nullable=False),
        Column("counted_at", Number, nullable=False),
        PrimaryKeyConstraint("id", name="pk_meeting_counts"),
    )
    op.create_index("ix_meeting_counts_flow_group_name", "meeting_counts", ["flow", "group_name"])
    op.create_table(
        "champions",
        Column("contact_id", Number, autoincrement=False, nullable=False),
        Column("group_name", Text(), nullable=False),
        Column("since", Number, nullable=False),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_champions_contact_id"),
        ForeignKeyConstraint(["group_name"], ["groups.name"], name="fk_champions_group_name"),
        PrimaryKeyConstraint("contact_id", "group_name", name="pk_champions"),
    )
    op.create_index("ix_champions_group_name", "champions", ["group_name"])
    op.create_table(
        "invitations",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("contact_id", Number, nullable=False),
        Column("group_name", Text(), nullable=False),
        Column("invited_by", Number),
        Column("name", Text()),
        Column("wording", Text(), nullable=False),
        Column("language", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("invited_at", Number, nullable=False),
        Column("answered_at", Number),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_invitations_contact_id"),
        PrimaryKeyConstraint("id", name="pk_invitations"),
    )
    op.create_index("ix_invitations_contact_id", "invitations", ["contact_id"])
    op.create_index("ix_invitations_group_name", "invitations", ["group_name"])
    op.create_table(
        "orders",
        Column("contact_id", Number, autoincrement=False, nullable=False),
        Column("code_hash", LargeBinary(), nullable=False),
        Column("what", Text(), nullable=False),
        Column("tries_left", Integer(), nullable=False),
        Column("expires_at", Number, nullable=False),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_orders_contact_id"),
        PrimaryKeyConstraint("contact_id", name="pk_orders"),
    )


def _delivery() -> None:
    op.create_table(
        "orphan_statuses",
        Column("provider_id", Text(), nullable=False),
        Column("status", Text(), nullable=False),
        Column("error_code", Integer()),
        Column("received_at", Number, nullable=False),
        PrimaryKeyConstraint("provider_id", name="pk_orphan_statuses"),
    )
    op.create_index("ix_orphan_statuses_received_at", "orphan_statuses", ["received_at"])
    op.create_table(
        "senders",
        Column("name", Text(), nullable=False),
        Column("free_at", Number, nullable=False),
        Column("blocked_until", Number, server_default=text("0"), nullable=False),
        Column("failing_since", Number, server_default=text("0"), nullable=False),
        Column("counted_to", Number, server_default=text("0"), nullable=False),
        PrimaryKeyConstraint("name", name="pk_senders"),
    )
    op.create_table(
        "spending",
        Column("day", Text(), nullable=False),
        Column("spent", Number, nullable=False),
        PrimaryKeyConstraint("day", name="pk_spending"),
    )


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("kind", Text(), nullable=False),
        Column("flow", Text()),
        Column("revision_id", Number),
        Column("body", Text()),
        Column("audience", Text(), nullable=False),
        Column("status", Text(), nullable=False),
        Column("starts_at", Number, nullable=False),
        Column("repeat", Text(), server_default=text("'never'"), nullable=False),
        Column("series_at", Number, nullable=False),
        Column("asked_by", Number),
        Column("created_at", Number, nullable=False),
        Column("planned_to", Number, server_default=text("0"), nullable=False),
        Column("lease_until", Number),
        Column("ended_at", Number),
        ForeignKeyConstraint(["revision_id"], ["revisions.id"], name="fk_broadcasts_revision_id"),
        PrimaryKeyConstraint("id", name="pk_broadcasts"),
    )
    op.create_index(
        "ix_broadcasts_unfinished",
        "broadcasts",
        ["starts_at"],
        sqlite_where=text("status IN ('scheduled', 'planning', 'sending')"),
        postgresql_where=text("status IN ('scheduled', 'planning', 'sending')"),
    )
    op.create_table(
        "recipients",
        Column("broadcast_id", Number, autoincrement=False, nullable=False),
        Column("contact_id", Number, autoincrement=False, nullable=False),
        Column("state", Text(), nullable=False),
        Column("reason", Text()),
        Column("message_id", Number),
        Column("run_id", Number),
        Column("run_state", Text()),
        Column("counts", Integer(), nullable=False),
        Column("asked_at", Number),
        ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name="fk_recipients_broadcast_id"),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_recipients_contact_id"),
        PrimaryKeyConstraint("broadcast_id", "contact_id", name="pk_recipients"),
    )
    op.create_index("ix_recipients_contact_id_asked_at", "recipients", ["contact_id", "asked_at"])


def _columns() -> None:
    op.add_column("contacts", Column("agreed_at", Number))
    op.add_column("contacts", Column("muted_until", Number))
    op.add_column("contacts", Column("championed_at", Number))
    op.add_column("messages", Column("kind", Text(), server_default=text("'reply'"), nullable=False))
    op.add_column("messages", Column("broadcast_id", Number))
    op.add_column("messages", Column("content", Text()))
    op.create_index(
        "ix_messages_ambiguous",
        "messages",
        ["due_at"],
        sqlite_where=text("status = 'ambiguous'"),
        postgresql_where=text("status = 'ambiguous'"),
    )
    op.create_index(
        "ix_messages_unreported",
        "messages",
        ["due_at"],
        sqlite_where=text("status = 'sent' AND due_at IS NOT NULL"),
        postgresql_where=text("status = 'sent' AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_broadcast_id",
        "messages",
        ["broadcast_id"],
        sqlite_where=text("broadcast_id IS NOT NULL"),
        postgresql_where=text("broadcast_id IS NOT NULL"),
    )
