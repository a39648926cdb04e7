"""The console: the team, their sessions, limits on guessing, and the audit trail."""

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

revision = "0002_users"
down_revision = "0001_core"

Number = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of the console."""
    op.create_table(
        "users",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("name", Text(), nullable=False),
        Column("name_key", Text(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("language", Text()),
        Column("password_hash", Text()),
        Column("totp", LargeBinary()),
        Column("totp_step", Number, server_default=text("0"), nullable=False),
        Column("invitation", LargeBinary()),
        Column("created_at", Number, nullable=False),
        Column("joined_at", Number),
        Column("removed_at", Number),
        PrimaryKeyConstraint("id", name="pk_users"),
        UniqueConstraint("name_key", name="uq_users_name_key"),
    )
    op.create_table(
        "recovery_codes",
        Column("user_id", Number, autoincrement=False, nullable=False),
        Column("hash", LargeBinary(), nullable=False),
        Column("used_at", Number),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_recovery_codes_user_id"),
        PrimaryKeyConstraint("user_id", "hash", name="pk_recovery_codes"),
    )
    _sessions()
    op.create_table(
        "throttles",
        Column("key", LargeBinary(), nullable=False),
        Column("began_at", Number, nullable=False),
        Column("count", Integer(), nullable=False),
        PrimaryKeyConstraint("key", name="pk_throttles"),
    )
    op.create_index("ix_throttles_began_at", "throttles", ["began_at"])
    op.create_table(
        "audits",
        Column("id", Number, autoincrement=False, nullable=False),
        Column("at", Number, nullable=False),
        Column("actor", Text(), nullable=False),
        Column("action", Text(), nullable=False),
        Column("target", Text(), nullable=False),
        Column("reason", Text(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_audits"),
    )
    op.create_index("ix_audits_target_id", "audits", ["target", "id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        Column("hash", LargeBinary(), nullable=False),
        Column("user_id", Number),
        Column("contact_id", Number),
        Column("created_at", Number, nullable=False),
        Column("seen_at", Number, nullable=False),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_sessions_contact_id"),
        PrimaryKeyConstraint("hash", name="pk_sessions"),
    )
    for column in ("user_id", "contact_id", "seen_at"):
        op.create_index(f"ix_sessions_{column}", "sessions", [column])
    op.create_table(
        "phone_codes",
        Column("address", LargeBinary(), nullable=False),
        Column("contact_id", Number, nullable=False),
        Column("code", LargeBinary(), nullable=False),
        Column("expires_at", Number, nullable=False),
        Column("tries", Integer(), nullable=False),
        ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_phone_codes_contact_id"),
        PrimaryKeyConstraint("address", name="pk_phone_codes"),
    )
    op.create_index("ix_phone_codes_contact_id", "phone_codes", ["contact_id"])
