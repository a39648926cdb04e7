"""What a flow brings about besides answers: leaving groups, labels, and telling a coordinator or a champion."""

from __future__ import annotations

from bot import sentences
from bot.conversations.doubts import SILENCE
from bot.conversations.exchange import QUEUED, Exchange
from bot.conversations.sharing import prefixed
from flows.definition import Flow, Told
from flows.due import span
from flows.events import AnswerGiven, GroupLeft, Labelled, LabelTaken, Notified
from flows.run import Turn
from flows.text import fill, smart
from storage.community import groups
from storage.ids import new_id

NOTICE = "notice"
"""Kind of alert; the detail is the flow, and what its author wrote. The contact's own words stand in the message."""


def follow(exchange: Exchange, flow: Flow, turn: Turn) -> None:
    """Do what the events of a turn ask for beyond the run itself."""
    coordinator_told = any(isinstance(event, Notified) and event.who is Told.COORDINATOR for event in turn.events)
    for event in turn.events:
        if isinstance(event, GroupLeft):
            groups.leave(exchange.stored.db, exchange.contact_id, event.group)
            exchange.groups -= {event.group}
        elif isinstance(event, LabelTaken) and exchange.run_id is not None:
            exchange.stored.take_label(exchange.run_id, event.label)
        elif isinstance(event, Notified):
            told = event.who is Told.CHAMPION and _tell_champions(exchange, event.text)
            # A champion is never told who it is: that a coordinator knows is what the text to them promises.
            if not told or not coordinator_told:
                _notice(exchange, f"{flow.id}: {event.wording}" if event.wording else flow.id)
    if exchange.run_id is not None and any(isinstance(event, AnswerGiven | Labelled) for event in turn.events):
        for label in turn.run.tags:
            exchange.stored.label(exchange.run_id, label)


def _notice(exchange: Exchange, detail: str) -> None:
    exchange.stored.add_alert(NOTICE, exchange.contact_id, exchange.run_id, exchange.message_id, detail, exchange.at)


def _tell_champions(exchange: Exchange, text: str) -> bool:
    """Text whoever looks after the contact's groups; False where nobody does whom a text would reach."""
    if not exchange.groups:
        return False
    champions = groups.champions_of(exchange.stored.db, exchange.groups, exchange.at - span(SILENCE))
    for champion in champions:
        words = exchange.service.words(champion.language)
        said = text or fill(words.say(sentences.WANTED), {"group": champion.group})
        said = prefixed(champion.initials, smart(said) if champion.channel == "sms" else said)
        exchange.stored.add_message(
            new_id(), champion.contact_id, None, champion.channel, said, QUEUED, exchange.at, kind="notice"
        )
    return bool(champions)
