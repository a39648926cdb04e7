"""People who can be messaged, how they are reached, what they agreed to, and the groups they belong to."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from storage.tables.base import Number, id_column, metadata

# One index for both looks: for everybody on a phone, and for who has it in hand. It is written with each person.
_WHO_HOLDS = text("(CASE WHEN in_hand = 1 THEN 0 ELSE id END)")

contacts = Table(
    "contacts",
    metadata,
    id_column(),
    Column("language", Text, nullable=False),
    # A JSON object: what flows remember of a person, such as a first name, by which an index finds them.
    Column("attributes", Text, nullable=False, server_default=text("'{}'")),
    Column("stopped_at", Number),
    # Since when they agree to be texted: they wrote first, or said yes to an invitation. Before that, one invitation.
    Column("agreed_at", Number),
    # Until then they are answered with silence: a machine, a flood, a number from outside our countries.
    Column("muted_until", Number),
    # Who has taken the conversation over, as `user:1`: flows wait until it is handed back.
    Column("held_by", Text),
    # Since when they have looked after a group, or did once: their texts may hold the numbers of others.
    Column("championed_at", Number),
    Column("created_at", Number, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    id_column(),
    Column("contact_id", Number, ForeignKey("contacts.id"), nullable=False),
    Column("channel", Text, nullable=False),
    # Who carries texts to it: `twilio`, `simulator`.
    Column("gateway", Text, nullable=False),
    # Keyed hash of the whole address, by which it is found; the address itself is only here, sealed.
    Column("hash", LargeBinary, nullable=False),
    Column("encrypted", LargeBinary, nullable=False),
    # Set once a gateway has said that nobody can be reached there.
    Column("invalid_at", Number),
    # Several people on one phone have a row each, with the same hash; one of them has it in hand, and is who writes.
    Column("in_hand", Integer, nullable=False, server_default=text("1")),
    # How they are told apart; nothing where one person alone uses the address, empty for who has not said.
    Column("initials", Text),
    # On a shared phone: when they last wrote, took it over, or were asked something by their initials.
    Column("in_hand_at", Number),
    # 1 while another person writes in their place.
    Column("answered_for", Integer, nullable=False, server_default=text("0")),
    # Set after months of silence, until somebody says that the number has not changed hands: the text of theirs that
    # waits for it, 0 where none does, -1 where they were not asked yet.
    Column("doubt", Number),
    Column("created_at", Number, nullable=False),
    Index(None, "contact_id"),
    Index("uq_addresses_hash", "hash", _WHO_HOLDS, unique=True),
)

consents = Table(
    "consents",
    metadata,
    id_column(),
    Column("contact_id", Number, ForeignKey("contacts.id"), nullable=False),
    # `stop`, `start`, `given`, `refused`.
    Column("kind", Text, nullable=False),
    # `all`, or the name of what was agreed to.
    Column("scope", Text, nullable=False),
    # The wording they answered: the revision of a flow, or the short hash of a sentence.
    Column("wording", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("message_id", Number),
    Column("at", Number, nullable=False),
    Index(None, "contact_id"),
)

members = Table(
    "members",
    metadata,
    Column("contact_id", Number, ForeignKey("contacts.id"), primary_key=True, autoincrement=False),
    Column("group_name", Text, primary_key=True),
    Column("joined_at", Number, nullable=False),
    Index(None, "group_name", "contact_id"),
)
