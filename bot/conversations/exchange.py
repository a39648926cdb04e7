"""One text and its answer while their transaction is open: who wrote, what is known of them, how we speak to them.

`bot.conversations.turn` decides what happens; what may happen besides a flow (joining a group, a champion's order)
has a module of its own, and all of them work on this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.channels import Inbound
from bot.conversations.discretion import organisation_for
from bot.service import Service
from flows.definition import Flow
from flows.events import AnswerGiven
from flows.run import Context, microseconds
from flows.text import fill, inserted, smart
from flows.values import Value
from flows.words import Words
from storage.community.erasure import REMOVED
from storage.conversations.found import Seen
from storage.conversations.turns import StoredTurn
from storage.ids import new_id
from storage.messages import REPLY
from storage.upkeep import heartbeats

SENT_IN_ANSWER = "sent"
"""Status of a reply that goes back in the webhook's own HTTP answer."""
QUEUED = "queued"
"""Status of a reply that the outbox must send, because nobody waits for an HTTP answer any more."""
IN_DOUBT = "ambiguous"
"""Status of a reply that may have left before the store was restored: the gateway is asked before it is sent."""
GIVEN = "unknown"
"""Status of a reply that the gateway gave before the store was restored: it is kept, and not sent again."""

LONGEST_LIST = 320
"""Characters of a list in a sentence of ours: with the sentence, about three SMS."""
LIVELY = 30_000_000
"""Microseconds: a worker that was not seen for longer may be dead."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back. `text` may be empty: then nothing is sent. `message_id` is our id of the stored reply."""

    text: str = ""
    message_id: int | None = None
    duplicate: bool = False


class Exchange:
    """The state of one turn, and what every part of it needs: to say something, to note a consent, to finish."""

    def __init__(
        self, service: Service, stored: StoredTurn, inbound: Inbound, reply_status: str, *, late: bool = False
    ) -> None:
        self.service = service
        self.stored = stored
        self.inbound = inbound
        """What is answered: what came in, or what waited until we knew whose it is."""
        self.arrived = inbound
        self.reply_status = reply_status
        self.now = service.local(inbound.received_at)
        self.at = microseconds(inbound.received_at)
        self.late = late
        self.asks_at = microseconds(service.now()) if inbound.recovered and reply_status == QUEUED else self.at
        """When what is asked here can be read: where the reply has yet to leave, long after a late text was written."""
        self.message_id = new_id()
        self.run_id: int | None = stored.run.id if stored.run else None
        self.attributes: dict[str, Value] = {}
        self.groups: frozenset[str] = frozenset()
        self.stopped = False
        self.agreed = not inbound.missed_call
        self.champion = False
        self.held = False
        self.answered_for = False

        contact = stored.contact
        if contact is None:
            self.contact_id = new_id()
            self.language = service.settings.language
            stored.add_contact(
                self.contact_id,
                self.language,
                inbound.address,
                inbound.channel,
                inbound.gateway,
                self.at,
                agreed_at=self.at if self.agreed else None,
            )
        else:
            self.contact_id = contact.id
            self.language = contact.language
            self.attributes = contact.attributes
            self.groups = contact.groups
            self.stopped = contact.stopped_at is not None
            self.agreed = contact.agreed_at is not None
            self.champion = contact.champion
            self.held = contact.held_by is not None
            self.answered_for = contact.answered_for
            if contact.gateway != inbound.gateway:
                stored.set_gateway(contact.address_id, inbound.gateway)
            if contact.unreachable:
                stored.set_reachable(contact.address_id)
            if contact.initials is not None:
                stored.set_in_hand(contact.address_id, max(self.at, contact.in_hand_at or 0))
        self.words: Words = service.words(self.language)

    def surroundings(self, flow: Flow) -> tuple[Words, Context]:
        """The words and the context in which this person goes through a flow."""
        return self.service.words(flow.language), Context(
            channel=self.inbound.channel,
            language=flow.language,
            organisation=organisation_for(self.attributes, self.service.settings.organisation),
            contact=self.attributes,
            groups=self.groups,
        )

    def say(self, sentence: str, **values: Value) -> str:
        """A sentence in this person's language, its placeholders filled."""
        known: Mapping[str, Value] = {
            "organisation": organisation_for(self.attributes, self.service.settings.organisation),
            "keywords": " or ".join(self.service.shelf.front_keywords()),
            **values,
        }
        return self.spoken(fill(self.words.say(sentence), known))

    def say_list(self, sentence: str, name: str, entries: Iterable[str], **values: Value) -> str:
        """A sentence with a list in the place called `name`: `say` would cut it to the length of a resident's words.
        What makes it too long is left out whole."""
        listed = ", ".join(filter(None, map(inserted, entries)))
        if len(listed) > LONGEST_LIST:
            listed = listed[:LONGEST_LIST].rpartition(", ")[0] + ", ..."
        return self.spoken(self.say(sentence, **values, **{name: f"{{{name}}}"}).replace(f"{{{name}}}", listed))

    def spoken(self, text: str) -> str:
        """The text as this person's channel takes it best."""
        return smart(text) if self.inbound.channel == "sms" else text

    def consent(self, kind: str, scope: str, wording: str, *, whose: int | None = None) -> None:
        """Note in the ledger what this text agrees to or ends, for this person or the contact `whose`; `wording` is the
        sentence it was answered in."""
        self.stored.add_consent(
            contact_id=self.contact_id if whose is None else whose,
            kind=kind,
            scope=scope,
            wording=self.service.wording(self.words.say(wording)),
            language=self.words.language,
            channel=self.inbound.channel,
            message_id=self.message_id,
            now=self.at,
        )

    def finish(self, text: str, content: str | None = None, kind: str = REPLY) -> Reply:
        """Store the inbound and the reply that answers it.

        `content` stands in for the words on WhatsApp: then the outbox sends it, because an HTTP answer takes words
        only. With no worker to send it soon the words go back at once, without buttons.
        """
        if content is not None and self.reply_status == SENT_IN_ANSWER:
            if self._is_sent_soon():
                self.reply_status = QUEUED
            else:
                content = None
        can_be_answered = not self.inbound.address.startswith("sms:") or self.inbound.address.startswith("sms:+")
        reply_id = new_id() if text and can_be_answered else None
        if reply_id is not None:
            self.stored.add_message(
                reply_id,
                self.contact_id,
                self.run_id,
                self.inbound.channel,
                text,
                self.reply_status,
                self.asks_at,
                kind=kind,
                content=content,
            )
        self.stored.add_inbound(
            self.message_id,
            self.contact_id,
            self.run_id,
            self.inbound.channel,
            self.inbound.provider_id,
            self.arrived.body,
            self.arrived.raw,
            reply_id,
            self.at,
        )
        return Reply(text, reply_id) if reply_id is not None and content is None else Reply()

    def _is_sent_soon(self) -> bool:
        """Whether a worker lives that would send a reply of this gateway within seconds."""
        if self.inbound.gateway == "simulator" or not self.service.settings.sends_texts:
            return False
        return heartbeats.are_live(self.stored.db, ("worker", "clock", "queue"), self.at - LIVELY)

    def add_answer(self, event: AnswerGiven, **columns: object) -> None:
        """Keep an answer of this turn; `columns` say its revision, language, purpose and basis, and its run
        where that is not the open one."""
        mine = {
            "id": new_id(),
            "run_id": self.run_id,
            "contact_id": self.contact_id,
            "message_id": self.message_id,
            "channel": self.inbound.channel,
            "day": self.service.day(self.now),
            "answered_at": self.at,
            "flow": event.flow,
            "node": event.node,
            "save_as": event.save_as,
            "kind": event.kind,
            "outcome": event.outcome,
            "value": canonical(event.value),
            "raw": event.raw,
            "personal": event.personal,
        }
        self.stored.add_answer(**(mine | columns))

    def asked(self, name: str) -> Value:
        """What we asked in our last text, as it is kept of this person under that name; nothing for a text that was
        written before it."""
        return None if self.late else self.attributes.get(name)

    def remember(self, name: str, value: Value) -> None:
        """Keep something of this person, in place of what was kept under that name; None forgets it."""
        kept = {key: known for key, known in self.attributes.items() if key != name}
        self.attributes = kept if value is None else {**kept, name: value}
        self.stored.set_attributes(self.contact_id, self.attributes)


def again(stored: StoredTurn, inbound: Inbound, seen: Seen) -> Reply:
    """The stored reply; a provider id that comes back with other words or from another sender is an alert instead.

    Words that were taken out of it, as somebody forgotten was named in them, are no other words.
    """
    if not seen.same_phone or seen.body not in (inbound.body, REMOVED):
        now = microseconds(inbound.received_at)
        stored.add_alert("provider id reused", seen.contact_id, None, seen.message_id, "other words or sender", now)
    if not seen.same_phone or seen.outbox_replies:
        return Reply(duplicate=True)
    return Reply(seen.reply_body or "", seen.reply_id, duplicate=True)


def canonical(value: Value) -> str | None:
    """A value as the store keeps it: a choice's key (several: a space between), `yes` or `no`, a decimal, the words."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    return " ".join(sorted(value)) if isinstance(value, tuple) else str(value)
