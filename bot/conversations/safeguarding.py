"""When somebody writes of danger: who to call, in the same reply; a coordinator is told; the run waits.

What is heard stands in `translations/<language>/crisis.yaml`, who to call in `nations/`, the policy in
`docs/safeguarding.md`.
"""

from __future__ import annotations

from bot import sentences
from bot.conversations import crisis_sentences, stopping
from bot.conversations.exchange import Exchange, Reply
from bot.conversations.guards import cries_too_often
from bot.conversations.helplines import said
from bot.conversations.reminders import next_look
from flows.engine import hold
from flows.run import Run
from flows.understanding.commands import Command, hear
from flows.understanding.crisis import Cry, Danger
from storage.messages import CRISIS
from storage.team import alerts

ALERT = "safeguarding"
"""Kind of the alert for a coordinator; its detail names the dangers, never the words."""


def answer(exchange: Exchange, cry: Cry) -> Reply:
    """Say who to call, tell a coordinator, and let the run wait; somebody under 16 is not asked any more."""
    answered = not cries_too_often(exchange)
    _tell(exchange, cry, answered=answered)
    text = said(exchange.service.settings, cry, exchange.words, exchange.attributes.get("area"))
    if cry.dangers == (Danger.UNDER_16,):
        stopping.stop(exchange, crisis_sentences.UNDER_16, whole_phone=False)
    elif Command.STOP in (hear(cry.rest, exchange.words), hear(exchange.inbound.body, exchange.words)):
        stopping.stop(exchange, sentences.STOPPED)
        text = f"{text}\n{exchange.words.say(sentences.STOPPED)}"
    else:
        _wait(exchange)
    return exchange.finish(exchange.spoken(text) if answered else "", kind=CRISIS)


def _tell(exchange: Exchange, cry: Cry, *, answered: bool) -> None:
    """Tell a coordinator, whether it is answered or not. One alert waits for each person, and says how often and when
    they wrote so: a machine that names an emergency fills no page, and a person who goes on is never passed over."""
    stored = exchange.stored
    waits = alerts.waiting_of(stored.db, ALERT, exchange.contact_id) if stored.contact is not None else None
    if waits is None:
        detail = ", ".join(cry.dangers)
        stored.add_alert(ALERT, exchange.contact_id, exchange.run_id, exchange.message_id, detail, exchange.at)
        return
    named = {*waits.detail.split(", "), *cry.dangers}
    detail = ", ".join(danger for danger in Danger if danger in named)
    # A late reply is sent however late where an alert names its text: one that gets no reply must not stand there.
    stored.repeat_alert(waits, exchange.message_id if answered else waits.message_id, detail, exchange.at)


def _wait(exchange: Exchange) -> None:
    stored = exchange.stored.run
    if stored is None:
        return
    state = hold(Run.from_json(stored.state))
    flow = exchange.service.shelf.revision(stored.revision_id, exchange.language)
    exchange.stored.save_run(stored.id, state.to_json(), state.node, state.status, exchange.at)
    exchange.stored.set_due(stored.id, next_look(flow, state))
