"""Broadcasts, whom they reach, how fast and at what cost texts leave, and reports about texts we do not know yet."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from storage.tables.base import Number, id_column, metadata, partial_index

_UNFINISHED = text("status IN ('scheduled', 'planning', 'sending')")

broadcasts = Table(
    "broadcasts",
    metadata,
    id_column(),
    # `survey`, `text` or `reminder`.
    Column("kind", Text, nullable=False),
    # Frozen when it was confirmed: the revision, or the words; and who.
    Column("flow", Text),
    Column("revision_id", Number, ForeignKey("revisions.id")),
    Column("body", Text),
    # JSON: `{"groups": […], "people": […], "matching": "…"}`.
    Column("audience", Text, nullable=False),
    # `scheduled`, `planning`, `sending`, `done`, `stopped`.
    Column("status", Text, nullable=False),
    Column("starts_at", Number, nullable=False),
    # `never`, `weekly`, `monthly`; `series_at` is when the first of a series was to start.
    Column("repeat", Text, nullable=False, server_default=text("'never'")),
    Column("series_at", Number, nullable=False),
    # The contact who confirmed it, or nothing where a coordinator did.
    Column("asked_by", Number),
    Column("created_at", Number, nullable=False),
    # Planning goes by contact id; a worker that dies leaves off here.
    Column("planned_to", Number, nullable=False, server_default=text("0")),
    Column("lease_until", Number),
    Column("ended_at", Number),
    partial_index("ix_broadcasts_unfinished", "starts_at", where=_UNFINISHED),
)

recipients = Table(
    "recipients",
    metadata,
    Column("broadcast_id", Number, ForeignKey("broadcasts.id"), primary_key=True, autoincrement=False),
    Column("contact_id", Number, ForeignKey("contacts.id"), primary_key=True, autoincrement=False),
    # `waiting`, `asked`, `left_out`.
    Column("state", Text, nullable=False),
    # Why they are left out; see `bot.broadcasts.exclusions`.
    Column("reason", Text),
    Column("message_id", Number),
    Column("run_id", Number),
    # The run as it begins (`flows.run.Run.to_json`), until it does.
    Column("run_state", Text),
    # 1 for surveys, which count against the burden budget.
    Column("counts", Integer, nullable=False),
    Column("asked_at", Number),
    Index(None, "contact_id", "asked_at"),
)

senders = Table(
    "senders",
    metadata,
    # `twilio sms`: a gateway and a channel.
    Column("name", Text, primary_key=True),
    # When the next segment may leave: all workers move it on together.
    Column("free_at", Number, nullable=False),
    # Until then nothing leaves: the gateway is away, busy or refuses us.
    Column("blocked_until", Number, nullable=False, server_default=text("0")),
    # Since when nothing could leave by it; 0 where something did.
    Column("failing_since", Number, nullable=False, server_default=text("0")),
    # Up to this text, replies in HTTP answers were taken from the rate and from the day's money.
    Column("counted_to", Number, nullable=False, server_default=text("0")),
)

spending = Table(
    "spending",
    metadata,
    Column("day", Text, primary_key=True),
    # In thousandths of a penny.
    Column("spent", Number, nullable=False),
)

orphan_statuses = Table(
    "orphan_statuses",
    metadata,
    Column("provider_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("error_code", Integer),
    Column("received_at", Number, nullable=False),
    Index(None, "received_at"),
)
