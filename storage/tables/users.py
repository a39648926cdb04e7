"""Who may sign in to the console, their sessions, and the limits on guessing."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from storage.tables.base import Number, id_column, metadata

users = Table(
    "users",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    # The name as it is looked up: case folded.
    Column("name_key", Text, nullable=False, unique=True),
    # `champion`, `coordinator`, `administrator`.
    Column("role", Text, nullable=False),
    Column("language", Text),
    # An argon2id hash, and the sealed secret of the second factor; both are there before `joined_at` is.
    Column("password_hash", Text),
    Column("totp", LargeBinary),
    # The last time step whose code was used: none works twice.
    Column("totp_step", Number, nullable=False, server_default=text("0")),
    # Keyed hash of the open invitation; nothing once it was used or withdrawn.
    Column("invitation", LargeBinary),
    Column("created_at", Number, nullable=False),
    Column("joined_at", Number),
    Column("removed_at", Number),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", Number, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, primary_key=True),
    Column("used_at", Number),
)

sessions = Table(
    "sessions",
    metadata,
    # Keyed hash of the name in the browser's cookie.
    Column("hash", LargeBinary, primary_key=True),
    # One of the two: a user, or a champion who signed in by phone.
    Column("user_id", Number, ForeignKey("users.id")),
    Column("contact_id", Number, ForeignKey("contacts.id")),
    Column("created_at", Number, nullable=False),
    Column("seen_at", Number, nullable=False),
    Index(None, "user_id"),
    Index(None, "contact_id"),
    Index(None, "seen_at"),
)

phone_codes = Table(
    "phone_codes",
    metadata,
    # Keyed hash of the address it was sent to.
    Column("address", LargeBinary, primary_key=True),
    Column("contact_id", Number, ForeignKey("contacts.id"), nullable=False),
    # Keyed hash of the code together with the address.
    Column("code", LargeBinary, nullable=False),
    Column("expires_at", Number, nullable=False),
    Column("tries", Integer, nullable=False),
    Index(None, "contact_id"),
)

throttles = Table(
    "throttles",
    metadata,
    # Keyed hash of what is counted.
    Column("key", LargeBinary, primary_key=True),
    Column("began_at", Number, nullable=False),
    Column("count", Integer, nullable=False),
    Index(None, "began_at"),
)

audits = Table(
    "audits",
    metadata,
    id_column(),
    Column("at", Number, nullable=False),
    # `user:1`, `contact:1`, or `command line`.
    Column("actor", Text, nullable=False),
    # What was done, in the past tense: `signed in`, `looked at a conversation`, `exported visit`.
    Column("action", Text, nullable=False),
    # To whom or what, by id, never by number: `contact:1`.
    Column("target", Text, nullable=False),
    # Why, in the words of whoever did it.
    Column("reason", Text, nullable=False),
    Index(None, "target", "id"),
)
