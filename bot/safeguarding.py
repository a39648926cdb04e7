"""When somebody writes of danger: who to call, in the same reply; a coordinator is told; the run waits.

What is heard stands in `translations/<language>/crisis.yaml`, who to call in `bot/nations/`, the policy in
`docs/safeguarding.md`.
"""

from __future__ import annotations

from bot import crisis_sentences, sentences
from bot.exchange import Exchange, Reply
from bot.helplines import Line, nation_of
from bot.reminders import next_look
from bot.service import Service
from flows.commands import Command, hear
from flows.crisis import Cry, Danger
from flows.definition import Value
from flows.engine import hold
from flows.run import Run, Status
from flows.text import fill
from flows.words import Words
from translations.languages import OTHER_LETTERS

ALERT = "safeguarding"
"""Kind of the alert for a coordinator; its detail names the dangers, never the words."""


def answer(exchange: Exchange, cry: Cry) -> Reply:
    """Say who to call, tell a coordinator, and let the run wait; somebody under 16 is not asked any more."""
    dangers = ", ".join(cry.dangers)
    exchange.stored.add_alert(ALERT, exchange.contact_id, exchange.run_id, exchange.message_id, dangers, exchange.at)
    text = said(exchange.service, cry, exchange.words, exchange.attributes.get("area"))
    if cry.dangers == (Danger.UNDER_16,):
        _stop(exchange, crisis_sentences.UNDER_16)
    elif hear(cry.rest, exchange.words) is Command.STOP:
        _stop(exchange, sentences.STOPPED)
        text = f"{text}\n{exchange.words.say(sentences.STOPPED)}"
    else:
        _wait(exchange)
    return exchange.finish(exchange.spoken(text))


def said(service: Service, cry: Cry, words: Words, postcode: object = None) -> str:
    """What is said to somebody in danger, in the language they wrote in.

    Only where they wrote another language's words in Latin letters that it does not use, they may not read its own:
    then in the language they are written to in.
    """
    heard = cry.languages[0]
    if words.language not in cry.languages and not (cry.latin and heard in OTHER_LETTERS):
        words = service.words(heard)
    nation = nation_of(service.settings.nation, postcode)
    values: dict[str, Value] = {
        "emergency": nation.emergency,
        "lines": ", ".join(_line(line, words) for line in nation.lines_for(cry.dangers)),
    }
    if cry.dangers == (Danger.UNDER_16,):
        return fill(words.say(crisis_sentences.UNDER_16), values)
    if cry.dangers == (Danger.EMERGENCY,):
        return fill(words.say(crisis_sentences.EMERGENCY), values)
    text = fill(words.say(crisis_sentences.CRISIS), values)
    return f"{text} {words.say(crisis_sentences.CRISIS_ABUSE)}" if Danger.ABUSE in cry.dangers else text


def _line(line: Line, words: Words) -> str:
    """A service and how to reach it, such as `NHS 111 and press 2`."""
    number = line.number
    if line.key:
        number = fill(words.say(crisis_sentences.PRESS), {"number": number, "key": line.key})
    if line.word:
        number = fill(words.say(crisis_sentences.TEXT_LINE), {"word": line.word, "number": number})
    return f"{line.name} {number}"


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
