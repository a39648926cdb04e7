"""How people come into a group: by its word on a poster, or by an invitation that they answer themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot import sentences
from bot.conversations import sharing
from bot.conversations.discretion import is_discreet, organisation_for
from bot.conversations.exchange import Exchange
from bot.service import Service
from flows.due import span
from flows.run import microseconds
from flows.text import fill, fold, smart
from flows.understanding.yes_no import meant
from flows.values import Value
from flows.words import Words
from storage import messages
from storage.community import consents, contacts, erasure, groups, invitations, phones
from storage.community.groups import Group
from storage.community.invitations import Invitation
from storage.database import Connection

AGAIN_AFTER = timedelta(days=7)
"""A number gets one invitation in this time, whoever asks for it: nobody is flooded through us."""
APART = timedelta(days=1)
"""Between the invitations of two people on one phone: a yes must be whose it looks like."""
LAST = timedelta(days=6)
"""The latest that one of many on a phone is invited."""
LONGEST_KEYWORD = 4
"""Words of the longest keyword of a group."""
JOIN = "join"


class Outcome(StrEnum):
    """What became of a wish to invite somebody."""

    INVITED = "invited"
    MEMBER = "member"
    NOT_NOW = "not_now"
    """They were asked this week, have said no, or want no texts: which of them is nobody else's business."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to invite: where, how the one who invites calls them, and who that is."""

    address: str
    gateway: str
    name: str | None = None
    invited_by: int | None = None
    champion: str | None = None
    language: str | None = None
    initials: str | None = None
    """How they are told apart on a phone that several people share."""


def invite(service: Service, db: Connection, guest: Guest, group: Group) -> Outcome:
    """Ask somebody once whether they want to be in a group; the text leaves through the outbox.

    Args:
        service: what it may reach.
        db: the open transaction of the caller.
        guest: whom.
        group: where to.
    """
    now = asks_at = microseconds(service.now())
    address_hash = service.secrets.hash(guest.address)
    language, attributes = guest.language or service.settings.language, {}
    contact_id, initials = _on_phone(db, address_hash, guest)
    if contact_id is None and (
        phones.is_stopped(db, address_hash) or erasure.wants_no_texts(db, service.secrets, guest.address)
    ):
        return Outcome.NOT_NOW
    if contact_id is None and guest.initials is None:
        contact_id = contacts.add(db, service.secrets, guest.address, guest.gateway, language, now)
    elif contact_id is None:
        asks_at = max(now, min((invitations.last_on_phone(db, address_hash) or 0) + span(APART), now + span(LAST)))
        contact_id = phones.join(
            db, address_hash, service.secrets.seal(guest.address.encode()), channel="sms", gateway=guest.gateway,
            language=language, initials=guest.initials or "", agreed_at=None, now=now,
        ).contact_id  # fmt: skip
    else:
        if groups.is_member(db, contact_id, group.name) and _holds(service, db, contact_id, group.name):
            return Outcome.MEMBER
        contact = contacts.get(db, contact_id)
        asked_at = invitations.last_at(db, contact_id)
        recently = asked_at is not None and asked_at > now - int(AGAIN_AFTER.total_seconds() * 1_000_000)
        if contact is None or contact.stopped or recently or invitations.has_refused(db, contact_id):
            return Outcome.NOT_NOW
        language, attributes = contact.language, contact.attributes
    words = service.words(language)
    invitations.add(
        db, contact_id, group.name, name=guest.name, invited_by=guest.invited_by, language=words.language, now=asks_at,
        wording=service.wording(_asked_in(words, attributes)),
    )  # fmt: skip
    channel = guest.address.partition(":")[0]
    text = invitation_to(service, replace(guest, initials=initials), group, language, attributes)
    messages.queue(db, [messages.Waiting(contact_id, channel, text, messages.INVITATION, asks_at)])
    return Outcome.INVITED


def invitation_to(
    service: Service, guest: Guest, group: Group, language: str, attributes: Mapping[str, Value] | None = None
) -> str:
    """The text that asks somebody whether they want to be in a group; `attributes` are what is known of them."""
    known = attributes or {}
    values = {
        "name": guest.name,
        "champion": guest.champion,
        "group": group.title,
        "organisation": organisation_for(known, service.settings.organisation),
    }
    return sharing.prefixed(guest.initials, smart(fill(_asked_in(service.words(language), known), values)))


def _asked_in(words: Words, known: Mapping[str, Value]) -> str:
    """The wording of an invitation, its gaps open."""
    return words.say(sentences.INVITATION_DISCREET if is_discreet(known) else sentences.INVITATION)


def _holds(service: Service, db: Connection, contact_id: int, group: str) -> bool:
    """Whether what a member agreed to is still what we say. Whom a flow put into the group was never asked by us."""
    given = consents.given(db, contact_id, f"group:{group}")
    if given is None:
        return True
    wording, language = given
    said = (sentences.INVITATION, sentences.INVITATION_DISCREET, sentences.JOINED)
    return wording in map(service.wording, map(service.words(language).say, said))


def _on_phone(db: Connection, address_hash: bytes, guest: Guest) -> tuple[int | None, str | None]:
    """Who is meant on a phone, where they are known, and the initials they are told apart by there: those with the
    initials that were given, else of several the one who goes by the name, else whoever has it in hand."""
    people = phones.people_on(db, address_hash)
    if guest.initials is not None:
        return next((each.contact_id for each in people if each.initials == guest.initials), None), guest.initials
    called = [each for each in people if len(people) > 1 and sharing.is_called(db, each, guest.name or "")]
    if len(called) == 1:
        return called[0].contact_id, called[0].initials
    in_hand = contacts.find(db, address_hash)
    return in_hand, next((each.initials for each in people if each.contact_id == in_hand), None)


def hear_answer(exchange: Exchange) -> str | None:
    """The reply to a yes or no that answers an invitation; None where nothing was asked or nothing is answered.

    Only while no question waits: then a yes is the answer to that question. It is one to an invitation where that is
    the last they heard of us; a little later the invitation is told once more, and long after it a yes is about
    something else. Nobody says it for somebody else.
    """
    if exchange.late or exchange.answered_for:
        return None
    yes = meant(exchange.inbound.body, exchange.words)
    invitation = invitations.waiting(exchange.stored.db, exchange.contact_id) if yes is not None else None
    if invitation is None or invitation.invited_at > exchange.at:
        return None
    asked = _told_again(exchange, invitation)
    kind, last = messages.last_out(exchange.stored.db, exchange.contact_id)
    if kind != messages.INVITATION and not last.endswith(asked):
        return asked if exchange.at - invitation.invited_at <= span(AGAIN_AFTER) else None
    return _accepted(exchange, invitation) if yes else _refused(exchange, invitation)


def _accepted(exchange: Exchange, invitation: Invitation) -> str:
    if invitation.name and "first_name" not in exchange.attributes:
        exchange.remember("first_name", invitation.name)
    return _joined(exchange, invitation.group, invitation.title, invitation)


def _refused(exchange: Exchange, invitation: Invitation) -> str:
    invitations.answer(exchange.stored.db, exchange.contact_id, invitations.REFUSED, exchange.at)
    _note(exchange, "refused", invitation)
    groups.leave(exchange.stored.db, exchange.contact_id, invitation.group)  # who was asked again may be in it
    exchange.groups -= {invitation.group}
    return exchange.say(sentences.DECLINED)


def _note(exchange: Exchange, kind: str, invitation: Invitation) -> None:
    """Note an answer in the ledger, with the wording of the invitation: ours may be another by now."""
    exchange.stored.add_consent(
        contact_id=exchange.contact_id,
        kind=kind,
        scope=f"group:{invitation.group}",
        wording=invitation.wording,
        language=invitation.language,
        channel=exchange.inbound.channel,
        message_id=exchange.message_id,
        now=exchange.at,
    )


def hear_keyword(exchange: Exchange) -> str | None:
    """The reply to a text that begins with a group's keyword, or to JOIN and its name; None for any other text."""
    words = fold(exchange.inbound.body[:100]).split()
    joins = words[:1] == [JOIN]
    if joins:
        words = words[1:]
    phrases = [" ".join(words[:length]) for length in range(1, min(len(words), LONGEST_KEYWORD) + 1)]
    db = exchange.stored.db
    group = groups.by_keyword(db, phrases) if phrases else None
    if group is None and joins:
        group = groups.by_name(db, phrases)
    if group is None:
        return None
    if group.name in exchange.groups:
        return _in_group(exchange, sentences.ALREADY_IN, group.title)
    return _joined(exchange, group.name, group.title)


def ask_again(exchange: Exchange) -> str | None:
    """What somebody hears who is invited and has answered neither yes nor no; None for everybody else."""
    if exchange.agreed or exchange.answered_for:
        return None
    invitation = invitations.waiting(exchange.stored.db, exchange.contact_id)
    return None if invitation is None else _told_again(exchange, invitation)


def start(exchange: Exchange) -> str:
    """What START is answered with where nothing was stopped: the invitation that waits, or that they may be texted."""
    invited = ask_again(exchange)
    if invited is None:
        agree(exchange)
    return invited or exchange.say(sentences.WELCOME_BACK)


def agree(exchange: Exchange) -> None:
    """They write of their own will: from now on they may be texted.

    A missed call says no more than that they want to hear from us once, and nobody agrees by what another person writes
    for them.
    """
    if not (exchange.agreed or exchange.answered_for or exchange.inbound.missed_call):
        exchange.agreed = True
        exchange.stored.agree(exchange.contact_id, exchange.at)


def _told_again(exchange: Exchange, invitation: Invitation) -> str:
    said = sentences.INVITATION_DISCREET if is_discreet(exchange.attributes) else sentences.INVITED
    return exchange.say(said, group=invitation.title)


def _joined(exchange: Exchange, name: str, title: str, invitation: Invitation | None = None) -> str:
    exchange.stored.join_group(exchange.contact_id, name, exchange.at)
    exchange.groups |= {name}
    if not exchange.answered_for:
        agree(exchange)
        if invitation is None:
            exchange.consent("given", f"group:{name}", sentences.JOINED)
        else:
            _note(exchange, "given", invitation)
        invitations.answer(exchange.stored.db, exchange.contact_id, invitations.ACCEPTED, exchange.at, name)
    return _in_group(exchange, sentences.JOINED, title)


def _in_group(exchange: Exchange, said: str, title: str) -> str:
    """That they are in a group; where somebody else may read it, not in which: `HIV support` tells enough."""
    return exchange.say(sentences.JOINED_DISCREET if is_discreet(exchange.attributes) else said, group=title)
