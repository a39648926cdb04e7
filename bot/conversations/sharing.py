"""Several people on one phone: who writes says so by initials, and what one of them told us is never shown to another.

`#AB` hands the phone to AB; `##AB` says that another person writes for AB, whose answers are marked and counted apart.
A `#` alone, or a beginning that may be anybody's, is met with "Who is answering?"; then the bare initials are enough.
Each person is a contact of their own, with their own run, answers, groups and language.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from bot import sentences
from bot.channels import Inbound
from bot.conversations.exchange import Exchange
from bot.service import Service
from flows.due import span
from flows.run import microseconds
from flows.text import fold
from flows.understanding.commands import hear
from storage.community import contacts, phones
from storage.community.phones import Holder
from storage.conversations import found
from storage.conversations.turns import StoredTurn
from storage.database import Connection

ASKED = "_who"
"""The attribute that holds what we asked: the id of the text that waits for a name (0 where its picture is all that
came), or the initials we asked about."""
SIGN = "#"
MOST_LETTERS = 4
MOST_PEOPLE = 12
"""On one phone; more is somebody playing."""
BEGINNING = timedelta(minutes=10)
"""After so long a bare keyword on a shared phone may be anybody's."""
SILENCE = timedelta(days=1)
"""After so long any text may be."""


@dataclass(frozen=True, slots=True)
class Handed:
    """The phone has changed hands; `held` is what was written before we knew who writes."""

    initials: str
    answered_for: bool
    held: str = ""
    rang: bool = False
    """They rang, and no words waited: a call has none."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody on this phone has these initials, but one has not told theirs: they may be the same."""

    initials: str


def prefixed(initials: str | None, text: str) -> str:
    """A text of ours to one of several people on a phone, with their initials before it."""
    return f"{initials}: {text}" if initials and text else text


def hand_over(service: Service, stored: StoredTurn, inbound: Inbound) -> Handed | Unsure | None:
    """Let somebody take the phone, where this text says who they are; None for any other text.

    Afterwards the turn goes on with the contact who has the phone now.
    """
    contact = stored.contact
    asked = contact.attributes.get(ASKED) if contact else None
    if contact is not None and (contact.stopped_at is not None or inbound.opt_out):
        return None
    if asked is None and not inbound.body.lstrip().startswith((SIGN, "＃")):
        return None
    return _Phone(service, stored, inbound, asked).hear()


class _Phone:
    """One phone while somebody says who they are."""

    def __init__(self, service: Service, stored: StoredTurn, inbound: Inbound, asked: object) -> None:
        self.service, self.stored, self.inbound, self.asked = service, stored, inbound, asked
        self.hash = service.secrets.hash(inbound.address)
        self.at = microseconds(inbound.received_at)
        self.language = stored.contact.language if stored.contact else service.settings.language

    def hear(self) -> Handed | Unsure | None:
        words = self.service.words(self.language)
        said = fold(self.inbound.body[:20])
        known = isinstance(self.asked, str) and (said in words.yes or said in words.no)
        if known:
            return self._same_person(str(self.asked), same=said in words.yes)
        marks, initials = signed(self.inbound.body)
        if not marks and isinstance(self.asked, int) and not (said in words.yes or said in words.no):
            about_us = hear(self.inbound.body, words) is not None
            begins = self.service.shelf.keyword(self.inbound.body) is not None
            initials = "" if about_us or begins else initials_in(self.inbound.body)
        elif not marks:
            initials = ""
        if initials:
            return self._take(initials, answered_for=marks > 1)
        self._forget_question()
        return None

    def _take(self, initials: str, *, answered_for: bool) -> Handed | Unsure | None:
        people = phones.people_on(self.stored.db, self.hash)
        mine = next((each for each in people if each.initials == initials), None)
        unnamed = next((each for each in people if not each.initials), None)
        if mine is None and unnamed is not None and not answered_for:
            if not unnamed.fresh:
                self._remember(initials)
                return Unsure(initials)
            mine = unnamed
        if mine is None and len(people) >= MOST_PEOPLE:
            return None
        return self._give(mine or self._newcomer(initials, answered_for), initials, answered_for)

    def _same_person(self, initials: str, *, same: bool) -> Handed | None:
        people = phones.people_on(self.stored.db, self.hash)
        unnamed = next((each for each in people if not each.initials), None)
        if same and unnamed is not None:
            return self._give(unnamed, initials, answered_for=False)
        if len(people) >= MOST_PEOPLE:
            return None
        return self._give(self._newcomer(initials, answered_for=False), initials, answered_for=False)

    def _newcomer(self, initials: str, answered_for: bool) -> Holder:
        return phones.join(
            self.stored.db,
            self.hash,
            self.service.secrets.seal(self.inbound.address.encode()),
            channel=self.inbound.channel,
            gateway=self.inbound.gateway,
            language=self.language,
            initials=initials,
            agreed_at=None if answered_for else self.at,
            now=self.at,
        )

    def _give(self, holder: Holder, initials: str, answered_for: bool) -> Handed:
        db = self.stored.db
        waits = self.asked if isinstance(self.asked, int) else 0
        held = phones.words_of(db, waits) if waits else ""
        self._forget_question()
        if holder.initials != initials:
            phones.name(db, holder.address_id, initials)
        phones.hand_over(db, self.hash, holder.address_id, self.at, answered_for=answered_for)
        self.stored.meet(found.holder(db, self.hash))
        return Handed(initials, answered_for, held, rang=bool(waits) and not held)

    def _forget_question(self) -> None:
        if self.asked is not None:
            self._remember(None)

    def _remember(self, initials: str | None) -> None:
        contact = self.stored.contact
        if contact is None:
            return
        kept = {name: value for name, value in contact.attributes.items() if name != ASKED}
        contact.attributes.clear()
        contact.attributes.update(kept if initials is None else {**kept, ASKED: initials})
        contacts.set_attributes(self.stored.db, contact.id, contact.attributes)


def signed(text: str) -> tuple[int, str]:
    """How many signs a text begins with, at most two, and the initials behind them; none where it says more."""
    plain = unicodedata.normalize("NFKC", text[:40]).strip()
    rest = plain.lstrip(SIGN)
    marks = len(plain) - len(rest)
    return min(marks, 2), initials_in(rest) if marks else ""


def initials_in(text: str) -> str:
    """Up to four letters of any script as they are compared, however they are spaced or dotted; nothing for more."""
    letters = "".join(each for each in unicodedata.normalize("NFKC", text[:40]) if each not in " .\t\n")
    kinds = [unicodedata.category(each)[0] for each in letters]
    if not letters or set(kinds) - {"L", "M"} or kinds.count("L") > MOST_LETTERS or kinds[0] == "M":
        return ""
    return unicodedata.normalize("NFC", letters.upper())


def is_called(db: Connection, holder: Holder, name: str) -> bool:
    """Whether one of the people on a phone goes by this first name or these initials; nobody does by none."""
    if not fold(name):
        return False
    known = contacts.get(db, holder.contact_id)
    first_name = str(known.attributes.get("first_name", "")) if known else ""
    return fold(first_name) == fold(name) or (bool(holder.initials) and holder.initials == initials_in(name))


def question(exchange: Exchange) -> str | None:
    """ "Who is answering?", where it must be asked before anything else happens; None where we know well enough."""
    contact = exchange.stored.contact
    bare_sign = signed(exchange.inbound.body) in ((1, ""), (2, "")) and not fold(exchange.inbound.body).strip(SIGN)
    if not bare_sign:
        if contact is None or contact.initials is None or exchange.inbound.recovered:
            return None
        silent = exchange.at - (contact.in_hand_at or 0)
        keyword = exchange.service.shelf.keyword(exchange.inbound.body)
        if silent <= span(SILENCE if keyword is None else BEGINNING):
            return None
    return ask(exchange)


def ask(exchange: Exchange) -> str:
    """Ask who is answering; what was written now waits for it."""
    waits = exchange.inbound.body.strip() or exchange.inbound.missed_call
    exchange.attributes = {**exchange.attributes, ASKED: exchange.message_id if waits else 0}
    exchange.stored.set_attributes(exchange.contact_id, exchange.attributes)
    return exchange.say(sentences.WHO_ANSWERS)


def is_shared(exchange: Exchange) -> bool:
    """Whether several people are on this phone."""
    contact = exchange.stored.contact
    return contact is not None and contact.initials is not None


def welcome(exchange: Exchange, handed: Handed) -> str:
    """What is said to whoever has the phone now."""
    said = sentences.NOW_ANSWERING_FOR if handed.answered_for else sentences.NOW_ANSWERING
    return exchange.say(said, initials=handed.initials)
