"""A STOP that the carrier told us of, not the person: remembered as if it had come by text."""

from __future__ import annotations

from bot.service import Service
from flows.run import microseconds
from storage.community import phones
from storage.conversations.turns import open_turn_of


def stop_by_carrier(service: Service, contact_id: int, channel: str, message_id: int) -> None:
    """Stop a contact, once, and with them whoever shares their phone: the carrier blocks the phone."""
    with service.database.reading() as db:
        others = phones.others_on_phones_of(db, contact_id)
    for each in (contact_id, *others):
        _stop(service, each, channel, message_id)


def _stop(service: Service, contact_id: int, channel: str, message_id: int) -> None:
    now = microseconds(service.now())
    with open_turn_of(service.database, contact_id) as stored:
        if stored.contact is None or stored.contact.stopped_at is not None:
            return
        stored.stop_contact(contact_id, now)
        if stored.run is not None:
            stored.end_open_run(stored.run.id, "stopped", now)
            stored.clear_due(stored.run.id)
        stored.add_consent(
            contact_id=contact_id,
            kind="stop",
            scope="all",
            wording="carrier",
            language=stored.contact.language,
            channel=channel,
            message_id=message_id,
            now=now,
        )
