"""When somebody writes of danger: who to call, in the same reply; a coordinator is told; the run waits.

What is heard stands in `translations/<language>/crisis.yaml`, who to call in `nations/`, the policy in
`docs/safeguarding.md`.
"""

from __future__ import annotations

from bot import sentences
from bot.conversations import crisis_sentences
from bot.conversations.exchange import Exchange, Reply
from bot.conversations.guards import cries_too_often
from bot.conversations.helplines import said
from bot.conversations.reminders import next_look
from flows.engine import hold
from flows.run import Run, Status
from flows.understanding.commands import Command, hear
from flows.understanding.crisis import Cry, Danger

ALERT = "safeguarding"
"""Kind of the alert for a coordinator; its detail names the dangers, never the words."""


def answer(exchange: Exchange, cry: Cry) -> Reply:
    """Say who to call, tell a coordinator, and let the run wait; somebody under 16 is not asked any more."""
    dangers = ", ".join(cry.dangers)
    answered = not cries_too_often(exchange)
    if answered:
        exchange.stored.add_alert(
            ALERT, exchange.contact_id, exchange.run_id, exchange.message_id, dangers, exchange.at
        )
    text = said(exchange.service.settings, cry, exchange.words, exchange.attributes.get("area"))
    if cry.dangers == (Danger.UNDER_16,):
        _stop(exchange, crisis_sentences.UNDER_16)
    elif hear(cry.rest, exchange.words) is Command.STOP:
        _stop(exchange, sentences.STOPPED)
        text = f"{text}\n{exchange.words.say(sentences.STOPPED)}"
    else:
        _wait(exchange)
    return exchange.finish(exchange.spoken(text) if answered else "")


def _stop(exchange: Exchange, wording: str) -> None:
    if not exchange.stopped:
        exchange.stored.stop_contact(exchange.contact_id, exchange.at)
        if exchange.run_id is not None:
            exchange.stored.end_open_run(exchange.run_id, Status.STOPPED, exchange.at)
            exchange.stored.clear_due(exchange.run_id)
    exchange.consent("stop", "all", wording)


def _wait(exchange: Exchange) -> None:
    stored = exchange.stored.run
    if stored is None:
        return
    state = hold(Run.from_json(stored.state))
    flow = exchange.service.shelf.revision(stored.revision_id, exchange.language)
    exchange.stored.save_run(stored.id, state.to_json(), state.node, state.status, exchange.at)
    exchange.stored.set_due(stored.id, next_look(flow, state))
