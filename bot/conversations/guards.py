"""Machines, floods and numbers from elsewhere: met with silence and counted, never argued with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.conversations.danger import hear_danger
from bot.conversations.exchange import Exchange
from bot.people.numbers import country_of, is_no_mobile
from flows.due import span
from flows.text import fold
from storage import messages
from storage.community import contacts

MUTED = timedelta(hours=24)
HOUR = timedelta(hours=1)
MOST_REPLIES = 20
"""Texts of ours to one person in an hour; nobody's conversation needs more."""
MOST_ANSWERED = 40
"""Texts of ours to one person in an hour where each of theirs was understood: a long flow, or a loop of keywords."""
SAME_TEXT = 3
"""The same words so often, none of them understood, are a machine's."""
MOST_CRIES = 5
"""Cries for help of one person in an hour that are answered: an automatic reply that names 999 would go on for ever. A
coordinator is told of all of them."""
MOST_STRANGERS = 60
"""People an hour whom we have never met and whom missed calls may have us text: a text costs us, a call nothing."""


def is_silent(exchange: Exchange, asks: Callable[[], bool]) -> bool:
    """Whether a text gets no answer at all: from a country we do not text, from no mobile phone, of a flood, or muted.

    `asks` tells whether it is START or the bare keyword of a flow. No machine writes one: it ends the silence.
    """
    address = exchange.inbound.address
    if address.partition(":")[2].startswith("+") and country_of(address) not in exchange.service.settings.countries:
        return True
    if is_no_mobile(address) or _is_flood(exchange):
        return True
    contact = exchange.stored.contact
    if contact is None or contact.muted_until is None or contact.muted_until <= exchange.at:
        return False
    if not asks():
        return True
    exchange.stored.mute(exchange.contact_id, exchange.at)
    return False


def _is_flood(exchange: Exchange) -> bool:
    """Whether so much was answered within the hour that nothing more is, whatever it says; it is told once. A champion
    may add many people in an hour."""
    contact = exchange.stored.contact
    if contact is None or contact.champion or exchange.inbound.gateway == "simulator":
        return False
    if not exchange.service.pace.is_often(exchange.inbound.address, exchange.at):
        return False
    since = exchange.at - span(HOUR)
    if messages.said_since(exchange.stored.db, contact.id, since, MOST_ANSWERED) < MOST_ANSWERED:
        return False
    if contact.muted_until is None or contact.muted_until <= exchange.at:
        _mute(exchange, "too many texts in an hour")
    return True


def _mute(exchange: Exchange, reason: str) -> None:
    exchange.stored.mute(exchange.contact_id, exchange.at + span(MUTED))
    exchange.stored.add_alert("muted", exchange.contact_id, None, exchange.message_id, reason, exchange.at)


def is_machine(exchange: Exchange) -> bool:
    """Whether a text that was not understood comes from a machine or a flood: then its sender is muted for a day."""
    if exchange.stored.contact is None:
        return False
    if exchange.inbound is not exchange.arrived:
        return False  # it waited, and stands among the texts below already; no machine said what it waited for
    recent = messages.recent(exchange.stored.db, exchange.contact_id, exchange.at - span(HOUR), 2 * MOST_REPLIES + 2)
    replies = sum(direction == "out" for direction, _ in recent)
    words = fold(exchange.inbound.body[:200])
    heard = [fold(body[:200]) for direction, body in recent if direction == "in"][: SAME_TEXT - 1]
    same = len(heard) == SAME_TEXT - 1 and bool(words) and all(each == words for each in heard)
    if not same and (replies < MOST_REPLIES or exchange.inbound.gateway == "simulator"):
        return False
    _mute(exchange, "the same text again and again" if same else "too many texts in an hour")
    return True


def cries_too_often(exchange: Exchange) -> bool:
    """Whether a cry for help gets no more answer: so many of this person's were answered within the hour."""
    if exchange.stored.contact is None or exchange.inbound.gateway == "simulator":
        return False
    since = exchange.at - span(HOUR)
    recent = messages.recent(exchange.stored.db, exchange.contact_id, since, 2 * MOST_REPLIES + 2)
    cries = sum(direction == "in" and hear_danger(body) is not None for direction, body in recent)
    return cries >= MOST_CRIES


def rings_too_often(exchange: Exchange) -> bool:
    """Whether a missed call is one too many: from this number within the hour, or from too many strangers."""
    db, since = exchange.stored.db, exchange.at - span(HOUR)
    if exchange.stored.contact is None:
        return contacts.met_since(db, since) >= MOST_STRANGERS
    recent = messages.recent(db, exchange.contact_id, since, 2 * MOST_REPLIES)
    return any(direction == "in" and not body for direction, body in recent)
