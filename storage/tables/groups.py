"""Groups, the champions who look after them, who was invited, and what a champion has still to confirm."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage.tables.base import Number, id_column, metadata

groups = Table(
    "groups",
    metadata,
    # Short, in small letters: it stands in texts, on posters and in `members`.
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    # Folded; a text that begins with it joins the group.
    Column("keyword", Text, unique=True),
    Column("created_at", Number, nullable=False),
)

champions = Table(
    "champions",
    metadata,
    Column("contact_id", Number, ForeignKey("contacts.id"), primary_key=True, autoincrement=False),
    Column("group_name", Text, ForeignKey("groups.name"), primary_key=True),
    Column("since", Number, nullable=False),
    Index(None, "group_name"),
)

invitations = Table(
    "invitations",
    metadata,
    id_column(),
    Column("contact_id", Number, ForeignKey("contacts.id"), nullable=False),
    Column("group_name", Text, nullable=False),
    # Which contact asked for it; nothing where a coordinator did.
    Column("invited_by", Number),
    # How the one who invited them calls them; theirs once they say yes, and only then.
    Column("name", Text),
    # The wording they were asked in, by the short hash of the sentence, and its language.
    Column("wording", Text, nullable=False),
    Column("language", Text, nullable=False),
    # `waiting`, `accepted`, `refused`, `withdrawn`.
    Column("state", Text, nullable=False),
    Column("invited_at", Number, nullable=False),
    Column("answered_at", Number),
    Index(None, "contact_id"),
    Index(None, "group_name"),
)

orders = Table(
    "orders",
    metadata,
    # One at a time: a newer one takes its place.
    Column("contact_id", Number, ForeignKey("contacts.id"), primary_key=True, autoincrement=False),
    Column("code_hash", LargeBinary, nullable=False),
    # JSON: what is sent, and to whom, once the code comes back.
    Column("what", Text, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("expires_at", Number, nullable=False),
)

meeting_counts = Table(
    "meeting_counts",
    metadata,
    id_column(),
    # The text that brought it: the same text again counts nothing.
    Column("message_id", Number, nullable=False),
    Column("flow", Text, nullable=False),
    Column("group_name", Text, nullable=False),
    # A choice's key where it is one, else the champion's word.
    Column("choice", Text, nullable=False),
    Column("count", Number, nullable=False),
    Column("counted_by", Number, nullable=False),
    Column("counted_at", Number, nullable=False),
    Index(None, "flow", "group_name"),
)
