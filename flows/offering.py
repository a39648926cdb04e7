"""The answers that a waiting question offers to be tapped, where a channel has buttons or lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from flows import sentences
from flows.calls import NO_OTHERS, Flows
from flows.definition import Flow, Kind
from flows.run import Context, Run
from flows.walk import Walk
from flows.words import Words

YES, NO = "yes", "no"
MOST_MARKS = 1_000_000


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be tapped: a key and its label each. `mark` tells this question of this run from every other.

    `numbered` are the lines of the question's text that say the same for people who type.
    """

    mark: int
    options: Mapping[str, str]
    numbered: frozenset[str]


def offer_of(
    flow: Flow, run: Run, context: Context, words: Words, now: datetime, flows: Flows = NO_OTHERS
) -> Offer | None:
    """What the question that a run waits at offers; None where it takes more than one of a few answers.

    Args:
        flow: the flow the run began with, in the language of the contact.
        run: as it waits.
        context: of this turn.
        words: of that language.
        now: aware.
        flows: where a flow that this one goes through is found.
    """
    walk = Walk(flow, run.copy(), context, words, now, flows)
    waiting = walk.waiting()
    if waiting is None or run.later or run.paused:
        return None
    node, question = waiting
    asks_back = run.guess is not None
    mark = crc32(f"{walk.flow.id}.{node.id}.{len(run.path)}.{asks_back}".encode()) % MOST_MARKS
    if asks_back or question.kind is Kind.YES_NO:
        labels = {YES: walk.voice.say(sentences.YES), NO: walk.voice.say(sentences.NO)}
        return Offer(mark, labels, frozenset({walk.voice.say(sentences.YES_OR_NO)}))
    if question.kind is not Kind.CHOICE:
        return None
    labels = {choice.key: walk.voice.say(choice.label) for choice in question.choices}
    return Offer(mark, labels, frozenset(walk.voice.numbered(question)))
