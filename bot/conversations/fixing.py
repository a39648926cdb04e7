"""FIX: somebody changes an answer they gave, the last one or another of a short list.

What we asked is kept on the contact under `_fix`: the answers listed, or the one whose question was asked again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import sentences
from bot.conversations import marks
from bot.conversations.exchange import Exchange
from flows import amending
from flows.definition import Flow
from flows.events import AnswerGiven, AnswerWithdrawn, AttributeSet
from flows.run import Run, Turn
from flows.sentences import THANKS
from flows.text import fold
from flows.understanding.answers import label_of
from flows.understanding.commands import hear
from storage.conversations import given
from storage.conversations.given import Given

FIXING = "_fix"
_LIST, _ASK = "list", "ask"
MOST = 4
LATELY = timedelta(days=30)
"""Older answers are not read out: the number may be somebody else's by now."""
_CLIP = 40


def begin(exchange: Exchange) -> str:
    """What FIX is answered with: the answers by number, or the only one's question again."""
    found = _changeable(exchange)
    if not found:
        return exchange.say(sentences.NOTHING_TO_FIX)
    if len(found) == 1:
        return _ask(exchange, *found[0])
    exchange.remember(FIXING, (_LIST, *(str(each.id) for each, _ in found)))
    rows = [f"{number} {_said(exchange, *each)}" for number, each in enumerate(found, 1)]
    return "\n".join([exchange.say(sentences.FIX_WHICH), *rows])


def go_on(exchange: Exchange) -> str | None:
    """What is said to a text that follows FIX: a number of the list, or the new answer. None for a text about something
    else, which ends it. Who would rather leave things as they are is thanked, or asked the waiting question again."""
    kept = exchange.asked(FIXING)
    if not isinstance(kept, tuple):
        return None
    exchange.remember(FIXING, None)
    text = exchange.inbound.body
    keyword = exchange.service.shelf.keyword(text)
    if hear(text, exchange.words) is not None or (keyword is not None and not keyword[1]):
        return None
    found = {str(each.id): (each, flow) for each, flow in _changeable(exchange)}
    said = fold(text[:_CLIP])
    if kept[0] == _ASK:
        return _change(exchange, *found[kept[1]]) if kept[1] in found else None
    if said in exchange.words.no:
        return exchange.say(THANKS) if exchange.run_id is None else ""
    number = int(said) if said.isascii() and said.isdecimal() else 0
    if not 0 < number < len(kept) or kept[number] not in found:
        return None
    return _ask(exchange, *found[kept[number]])


def _changeable(exchange: Exchange) -> list[tuple[Given, Flow]]:
    if exchange.stored.contact is None:
        return []
    since = exchange.at - int(LATELY.total_seconds()) * 1_000_000
    rows = given.lately(exchange.stored.db, exchange.contact_id, since, 2 * MOST)
    flows = [(each, exchange.service.shelf.revision(each.revision_id, exchange.language)) for each in rows]
    return [(each, flow) for each, flow in flows if amending.changeable(flow, each.node)][:MOST]


def _run(each: Given) -> Run:
    """The run as its flow saw it; where it has gone on to another flow, one that knows nothing."""
    run = Run.from_json(each.run_state)
    return run if run.flow == each.flow and not run.callers else Run(each.flow, run.revision, run.language)


def _said(exchange: Exchange, each: Given, flow: Flow) -> str:
    """An answer as its person knows it: the choice's label, else the beginning of their own words."""
    question = amending.changeable(flow, each.node)
    chosen = question is not None and each.outcome == "answered" and each.value is not None
    value = tuple(each.value.split()) if chosen and each.value and question and question.kind == "many" else each.value
    label = label_of(question, value, exchange.service.words(flow.language)) if chosen and question else each.raw
    return label if len(label) <= _CLIP else f"{label[:_CLIP].rstrip()}..."


def _ask(exchange: Exchange, each: Given, flow: Flow) -> str:
    exchange.remember(FIXING, (_ASK, str(each.id)))
    words, context = exchange.surroundings(flow)
    asked = amending.ask(flow, _run(each), each.node, context, words, exchange.now)
    return exchange.say(sentences.FIX_AGAIN, answer=_said(exchange, each, flow)) + f"\n{asked}"


def _change(exchange: Exchange, each: Given, flow: Flow) -> str:
    words, context = exchange.surroundings(flow)
    others = exchange.service.shelf.others(flow.language)
    run = _run(each)
    turn = amending.amend(flow, run, each.node, exchange.inbound.body, context, words, exchange.now, others)
    if not any(isinstance(event, AnswerGiven) for event in turn.events):
        exchange.remember(FIXING, (_ASK, str(each.id)))
        return turn.text
    _record(exchange, each, flow, turn)
    return turn.text


def _record(exchange: Exchange, each: Given, flow: Flow, turn: Turn) -> None:
    """The new answer in place of the old one, in the run the old one was given in."""
    stored = exchange.stored
    for event in turn.events:
        if isinstance(event, AnswerWithdrawn):
            stored.withdraw_answer(each.run_id, event.flow, event.node)
        elif isinstance(event, AnswerGiven):
            _mark(exchange, each, event.save_as, marks.of_answer(flow, event.save_as, event.value))
            exchange.add_answer(
                event,
                run_id=each.run_id,
                revision_id=each.revision_id,
                language=each.run_language,
                purpose=flow.purpose,
                basis=flow.basis,
            )
        elif isinstance(event, AttributeSet):
            exchange.remember(event.name, event.value)
            _mark(exchange, each, event.name, marks.of_attribute(flow, event.name, event.value))
    run = stored.run
    if run is not None and run.id == each.run_id and turn.run.flow == Run.from_json(run.state).flow:
        state = turn.run.to_json()
        stored.run = replace(run, state=state)
        stored.save_run(run.id, state, turn.run.node, turn.run.status, exchange.at)


def _mark(exchange: Exchange, each: Given, dimension: str, found: list[tuple[str, str]]) -> None:
    if found:
        exchange.stored.clear_marks(each.run_id, dimension)
    for name, part in found:
        exchange.stored.add_mark(each.run_id, name, part)
