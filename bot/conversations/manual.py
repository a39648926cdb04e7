"""A person answers in place of a flow: takes a conversation over, replies by hand, hands it back."""

from __future__ import annotations

from bot.broadcasts.rules import window_open
from bot.conversations.doubts import ask_first
from bot.conversations.exchange import QUEUED
from bot.conversations.reminders import next_look, speak
from bot.conversations.sharing import prefixed
from bot.mistakes import ToldError
from bot.service import Service
from flows.engine import ask_again
from flows.run import Run, microseconds
from flows.text import smart
from storage.conversations import threads
from storage.conversations.turns import open_turn_of
from storage.database import Connection
from storage.ids import new_id
from storage.messages import BY_HAND
from storage.sending.audience import last_heard
from storage.team import audit, once

LONGEST = 480
"""Characters of one reply: three SMS at most in plain letters."""


class ManualReplyError(ToldError):
    """It cannot be done; the message says why."""


def take_over(service: Service, contact_id: int, actor: str) -> None:
    """Let a person answer this contact from now on; the open question waits, reminders too."""
    with service.database.transaction() as db:
        threads.hold(db, contact_id, actor)
        audit.note(db, actor, "took a conversation over", f"contact:{contact_id}", "", microseconds(service.now()))


def reply_by_hand(service: Service, contact_id: int, text: str, actor: str, form: bytes) -> bool:
    """Put a text into the outbox, on the channel of their open run or of their first address; on a phone that several
    share with their initials before it.

    `form` is the mark of the page it was written in: the same page sends nothing twice.

    Returns:
        Whether it waits until they have said that the number is still theirs.

    Raises:
        ManualReplyError: the text is empty or too long, the contact wants none, another answers them by now, or
            WhatsApp would not take it now.
    """
    if not text:
        raise ManualReplyError("Write something first.")
    if len(text) > LONGEST:
        raise ManualReplyError("That is too long: 480 characters at most.")
    moment = service.now()
    now = microseconds(moment)
    with open_turn_of(service.database, contact_id) as stored:
        if stored.contact is None or stored.contact.stopped_at is not None:
            raise ManualReplyError("They asked for no more texts, so nothing can be sent.")
        _check_holder(stored.db, contact_id, actor)
        if not once.claim(stored.db, form, now):
            raise ManualReplyError("It was sent already: a second click sends nothing.")
        channel = stored.run.channel if stored.run else stored.contact.channel
        heard = dict(last_heard(stored.db, [contact_id]))
        if channel == "whatsapp" and not window_open(heard.get(contact_id, 0), moment):
            raise ManualReplyError("WhatsApp takes a text of ours only within a day of theirs: wait until they write.")
        body = prefixed(stored.contact.initials, smart(text) if channel == "sms" else text)
        waits = ask_first(service, stored, channel, now)
        run_id = stored.run.id if stored.run else None
        stored.add_message(new_id(), contact_id, run_id, channel, body, QUEUED, now, kind=BY_HAND)
    with service.database.transaction() as db:
        audit.note(db, actor, "replied by hand", f"contact:{contact_id}", "", now)
    return waits


def hand_back(service: Service, contact_id: int, actor: str) -> bool:
    """Let flows answer again, and ask the question that waits once more; whether there was one.

    Raises:
        ManualReplyError: another answers them by now, or the flows do.
    """
    now = microseconds(service.now())
    with service.database.transaction() as db:
        _check_holder(db, contact_id, actor)
        threads.hold(db, contact_id, None)
        audit.note(db, actor, "handed a conversation back", f"contact:{contact_id}", "", now)
    with open_turn_of(service.database, contact_id) as stored:
        if stored.contact is None or stored.run is None:
            return False
        run = Run.from_json(stored.run.state)
        flow = service.shelf.revision(stored.run.revision_id, run.language)
        run = speak(service, stored, flow, run, ask_again)
        stored.set_due(stored.run.id, next_look(flow, run))
        return True


def _check_holder(db: Connection, contact_id: int, actor: str) -> None:
    """A page may be older than what a colleague did since: nobody is answered by two people."""
    by = threads.holder(db, contact_id)
    if by is None:
        raise ManualReplyError("The flows answer them just now: press “Answer yourself” first.")
    if by != actor:
        raise ManualReplyError("Somebody else on the team is answering.")
