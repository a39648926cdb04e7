"""An answer changed later, after the conversation has gone on or is over: FIX."""

from __future__ import annotations

from datetime import datetime

from flows import sentences
from flows.calls import NO_OTHERS, Flows
from flows.definition import Flow, Kind, Node, Question
from flows.run import Context, Run, Turn
from flows.understanding.answers import understand
from flows.understanding.understood import Verdict
from flows.walk import Walk
from flows.words import Words

_UNCHANGEABLE = (Kind.MEDIA, Kind.LOCATION)
LONGEST_LABEL = 60


def changeable(flow: Flow, node_id: str) -> Question | None:
    """The question of a node, where an answer to it can be changed: not a consent, a picture or a place."""
    node = flow.nodes.get(node_id)
    question = node.question if node is not None else None
    return None if question is None or question.consent or question.kind in _UNCHANGEABLE else question


def ask(flow: Flow, run: Run, node_id: str, context: Context, words: Words, now: datetime) -> str:
    """The question of a node as the run was asked it."""
    walk = Walk(flow, run.copy(), context, words, now, NO_OTHERS)
    _, question = _asked(walk, node_id)
    return walk.voice.question(question)


def amend(
    flow: Flow,
    run: Run,
    node_id: str,
    text: str,
    context: Context,
    words: Words,
    now: datetime,
    flows: Flows = NO_OTHERS,
) -> Turn:
    """Take a text as the answer to a question that was answered before; where the run waits does not change.

    A text that is no clear answer changes nothing, and the question is said again in other words.
    """
    walk = Walk(flow, run.copy(), context, words, now, flows)
    node, question = _asked(walk, node_id)
    understood = understand(question, text, words, walk.day)
    if understood.outcome is not Verdict.ACCEPTED:
        walk.said(walk.voice.retry(question, 1))
        return walk.turn()
    walk.withdraw(node, question)
    way = walk.run.path
    walk.keep(node, question, understood.value, understood.label, text)
    walk.run.path = way  # they were asked once, and BACK leads there once
    walk.set(node)
    walk.said(walk.voice.say(sentences.CHANGED, {"label": understood.label[:LONGEST_LABEL]}))
    return walk.turn()


def _asked(walk: Walk, node_id: str) -> tuple[Node, Question]:
    node = walk.flow.nodes[node_id]
    question = walk.question_of(node)
    assert question is not None  # noqa: S101 -- for the type checker; the caller has asked `changeable`
    return node, question
