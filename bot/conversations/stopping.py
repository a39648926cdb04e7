"""A STOP: by text, within a cry for help, or as the carrier tells us of it. Nothing is sent or goes on after it."""

from __future__ import annotations

from bot import sentences
from bot.conversations import joining
from bot.conversations.exchange import Exchange
from bot.service import Service
from flows.run import Status, microseconds
from storage.community import invitations, phones
from storage.conversations.turns import StoredTurn, open_turn_of
from storage.sending import unreported


def stop(exchange: Exchange, wording: str, *, whole_phone: bool = True) -> None:
    """Stop whoever writes, and note it as answered in `wording`.

    Whoever shares their phone is stopped with them (`whole_phone`): the carrier blocks it for all, so we text none.
    """
    stored = exchange.stored
    if not exchange.stopped:
        _stop(stored, exchange.contact_id, exchange.run_id, exchange.at)
        others = phones.others_on_phones_of(stored.db, exchange.contact_id) if whole_phone and stored.contact else []
        talking = phones.open_runs(stored.db, others) if others else {}
        for each in others:
            _stop(stored, each, talking.get(each), exchange.at)
            exchange.consent("stop", "all", wording, whose=each)
    exchange.consent("stop", "all", wording)


def restart(exchange: Exchange) -> None:
    """They want texts again."""
    exchange.stored.restart_contact(exchange.contact_id)
    exchange.consent("start", "all", sentences.WELCOME_BACK)
    joining.agree(exchange)


def stop_by_carrier(service: Service, contact_id: int, channel: str, message_id: int) -> None:
    """Stop a contact, once, and with them whoever shares their phone: the carrier blocks the phone."""
    with service.database.reading() as db:
        others = phones.others_on_phones_of(db, contact_id)
    for each in (contact_id, *others):
        _stop_by_carrier(service, each, channel, message_id)


def _stop_by_carrier(service: Service, contact_id: int, channel: str, message_id: int) -> None:
    now = microseconds(service.now())
    with open_turn_of(service.database, contact_id) as stored:
        if stored.contact is None or stored.contact.stopped_at is not None:
            return
        _stop(stored, contact_id, stored.run.id if stored.run else None, now)
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


def _stop(stored: StoredTurn, contact_id: int, run_id: int | None, now: int) -> None:
    """One person: their conversation ends, no invitation waits, and what the gateway keeps back is called back."""
    stored.stop_contact(contact_id, now)
    if run_id is not None:
        stored.end_open_run(run_id, Status.STOPPED, now)
        stored.clear_due(run_id)
    invitations.answer(stored.db, contact_id, invitations.WITHDRAWN, now)
    unreported.ask_at_once(stored.db, now, contact_id=contact_id)
