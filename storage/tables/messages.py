"""Every text in and out. A text out is here, committed, before anything is sent."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from storage.tables.base import Number, id_column, metadata, partial_index

_WAITS = text("status = 'queued'")
_LEAVES = text("status = 'sending'")
_UNKNOWN = text("status = 'ambiguous'")
_UNREPORTED = text("status = 'sent' AND due_at IS NOT NULL")
_BROADCAST = text("broadcast_id IS NOT NULL")
_NAMED = text("provider_id IS NOT NULL")

messages = Table(
    "messages",
    metadata,
    id_column(),
    Column("contact_id", Number, ForeignKey("contacts.id"), nullable=False),
    Column("run_id", Number),
    # `in` or `out`.
    Column("direction", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # The gateway's own id; a text in has one always, a text out once the gateway has told us.
    Column("provider_id", Text),
    # Fit to be stored, shown and answered; `raw` is what was received where that differs.
    Column("body", Text, nullable=False),
    Column("raw", LargeBinary),
    # On a text in: the reply it got, given again when the same text comes again.
    Column("reply_id", Number),
    # `received` for a text in; for a text out see `storage.messages.Status`.
    Column("status", Text, nullable=False),
    Column("error_code", Integer),
    # `reply` to a text of theirs, `by hand` of the team's, or what we begin: `invitation`, `notice`, `reminder`, ….
    Column("kind", Text, nullable=False, server_default=text("'reply'")),
    Column("broadcast_id", Number),
    # JSON of what stands in for the body on WhatsApp: a template, or buttons.
    Column("content", Text),
    Column("created_at", Number, nullable=False),
    Column("updated_at", Number),
    # The outbox. `due_at`: when to send it, to settle it, or to ask what became of it. `token` names the worker that
    # has claimed the row until `lease_until`.
    Column("due_at", Number),
    Column("priority", Integer, nullable=False, server_default=text("0")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("token", Text),
    Column("lease_until", Number),
    Index(None, "contact_id"),
    partial_index(
        "uq_messages_provider_id", "provider_id", "channel", "direction",
        unique=True, where=_NAMED,
    ),
    # What must be settled: nobody knows whether it went out.
    partial_index("ix_messages_ambiguous", "due_at", where=_UNKNOWN),
    # What a gateway took and has said nothing of: when to ask.
    partial_index("ix_messages_unreported", "due_at", where=_UNREPORTED),
    partial_index("ix_messages_broadcast_id", "broadcast_id", where=_BROADCAST),
    partial_index("ix_messages_outbox", "priority", "due_at", where=_WAITS),
    # What a worker has claimed: when it is taken to be dead.
    partial_index("ix_messages_sending", "lease_until", where=_LEAVES),
)  # fmt: skip
