"""Whether a number is still the same person's: networks give numbers away again after months without use.

Once nobody has texted from a phone for `SILENCE`, nothing of whoever is known there is told, asked or sent before
somebody has said that the number has not changed hands. Who says that it has is met as a newcomer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot import sentences
from bot.channels import Inbound
from bot.conversations.exchange import QUEUED, Exchange, Reply
from bot.conversations.guards import is_machine
from bot.people.numbers import former
from bot.service import Service
from flows.due import span
from flows.run import microseconds
from flows.text import smart
from flows.understanding.yes_no import meant
from storage.community import doubts, phones
from storage.conversations import found
from storage.conversations.turns import StoredTurn
from storage.ids import new_id

SILENCE = timedelta(days=90)
"""After so long without a text a number may be somebody else's: no British network gives one away sooner."""
APART = timedelta(days=7)
"""Between two such questions to one person, whatever is sent to them."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Somebody has said whose number it is. The turn goes on with `inbound`: what they wrote before we asked."""

    inbound: Inbound
    said: str = ""
    """What they hear where they wrote nothing before: we had asked first."""


def silent_since(inbound: Inbound) -> int:
    """The moment from which on a phone must have been heard of."""
    return microseconds(inbound.received_at - SILENCE)


def is_open(stored: StoredTurn) -> bool:
    """Whether it must be asked first whose number this is."""
    return stored.contact is not None and (stored.silent or stored.contact.doubt is not None)


def settle(service: Service, stored: StoredTurn, inbound: Inbound) -> Settled | None:
    """Take the answer to our question, where this text is one.

    Afterwards the turn goes on with whoever has the number now.
    """
    contact = stored.contact
    if contact is None or not is_open(stored) or inbound.opt_out:
        return None
    key = service.secrets.hash(inbound.address)
    if contact.doubt is None:
        # Whatever else this text says: it ends the silence, and must not end the doubt.
        doubts.doubt(stored.db, [key], doubts.UNASKED)
        return None
    same = None if contact.doubt == doubts.UNASKED else meant(inbound.body, service.words(contact.language))
    if same is None:
        return None
    waited = contact.doubt
    words = phones.words_of(stored.db, waited) if waited else ""
    now = microseconds(inbound.received_at)
    if same:
        doubts.doubt(stored.db, [key], None)
        doubts.wait_no_longer(stored.db, key, now)
    else:
        past = service.secrets.hash(former(inbound.address))
        doubts.change_hands(stored.db, key, past, contact.address_id, language=contact.language, held=waited, now=now)
    stored.meet(found.holder(stored.db, key))
    if waited:
        return Settled(replace(inbound, body=words, missed_call=not words))
    return Settled(inbound, sentences.STILL_YOURS if same else sentences.NEW_HERE)


def ask_first(service: Service, stored: StoredTurn, channel: str, now: int) -> bool:
    """Something of ours is about to leave that they do not wait for. Where nobody has texted from their phone for
    months it waits, and goes on the answer to whose number that is; returns whether it waits.

    WhatsApp is left out: it lets nobody be written to after such a silence, and an account there is a person's own.
    """
    contact = stored.contact
    if contact is None or channel != "sms":
        return False
    if contact.doubt is None and not doubts.is_silent(stored.db, contact.id, now - span(SILENCE)):
        return False
    doubts.doubt_phones_of(stored.db, contact.id)
    if not doubts.asked_since(stored.db, [contact.id], now - span(APART)):
        text = smart(service.words(contact.language).say(sentences.STILL_THE_SAME))
        run_id = stored.run.id if stored.run else None
        stored.add_message(new_id(), contact.id, run_id, channel, text, QUEUED, now, kind=doubts.WHOSE)
    return True


def ask(exchange: Exchange) -> Reply:
    """Ask whose number it is; what was written now waits for the answer."""
    contact = exchange.stored.contact
    asked = contact is not None and contact.doubt not in (None, doubts.UNASKED)
    if asked and is_machine(exchange):
        return exchange.finish("")
    key = exchange.service.secrets.hash(exchange.inbound.address)
    # Of a picture no words would wait, and nothing could be made of it.
    waits = exchange.inbound.body.strip() or exchange.inbound.missed_call
    doubts.doubt(exchange.stored.db, [key], exchange.message_id if waits else doubts.NOTHING)
    return exchange.finish(exchange.say(sentences.STILL_THE_SAME))
