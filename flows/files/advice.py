"""What an author should think about again, though the flow would run: warnings, each at its place in the file.

The limits come from what is known of surveys by text (fewer questions, what is personal last, always a way out) and
from the gateways (buttons and lists of WhatsApp).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.authoring.costs import Costs
from flows.definition import OTHER, Flow, Kind, Node, Question
from flows.files.checks import CARRIER_WORDS, SERVICE_WORDS
from flows.files.places import Places
from flows.files.problems import Place
from flows.text import fold
from flows.understanding.commands import Command, hear
from flows.wording import Wording
from flows.words import Words

MOST_QUESTIONS = 5
BUTTONS, BUTTON_LENGTH = 3, 20
"""Quick replies of WhatsApp outside a template: how many, and characters of each."""
LIST_ROWS, ROW_LENGTH = 10, 24
"""Rows of a list of WhatsApp, and characters of each."""

_DEMOGRAPHIC = re.compile(
    r"\b(?:age|how old|born|birth|gender|sex|ethnic|ethnicity|race|religio\w*|disab\w*|sexual|orientation|marital"
    r"|income|pregnan\w*)\b"
)
_WAY_OUT = frozenset({OTHER, "none", "dont_know", "not_sure", "skip", "no_answer"})
_WAYS_OUT = ("prefer_not", "rather_not")

Warning = tuple[Place, Wording]


def advise(flow: Flow, places: Places, words: Words) -> list[Warning]:
    """The warnings of a flow, in the order of its file."""
    found = [*_of_keywords(places, words), *_of_order(flow, places, words)]
    for node in flow.nodes.values():
        found += _of_texts(flow, node, places)
        if node.question is not None:
            found += _of_question(node, node.question, places, words)
    return sorted(set(found))


def _of_keywords(places: Places, words: Words) -> Iterator[Warning]:
    for scalar in places.of("keywords"):
        word = fold(scalar.value)
        if word in CARRIER_WORDS | SERVICE_WORDS | words.yes | words.no or hear(word, words) is not None:
            yield (
                scalar.place,
                Wording(
                    "The keyword `{word}` is also a command: people who text it may be misunderstood.",
                    word=scalar.value,
                ),
            )


def _of_order(flow: Flow, places: Places, words: Words) -> Iterator[Warning]:
    asked = [node for node in flow.nodes.values() if node.question is not None]
    most = Costs(flow, words, "sms", "").most_questions()
    if most > MOST_QUESTIONS and not flow.daily:
        yield (
            places.node(asked[MOST_QUESTIONS].id),
            Wording(
                "Up to {most} questions are asked: most people give up after {limit}. Leave some out, "
                "or write `days: one question a day`.",
                most=most,
                limit=MOST_QUESTIONS,
            ),
        )
    personal = [_is_demographic(node) for node in asked]
    if sum(personal) > 2:
        return  # who somebody is, is what this flow is about
    for node, early in zip(asked, personal, strict=True):
        if early and not all(personal[asked.index(node) :]):
            yield (
                places.node(node.id),
                Wording("`{node}` asks who somebody is before the end: ask it last, or not at all.", node=node.id),
            )


def _is_demographic(node: Node) -> bool:
    question = node.question
    texts = [node.id.replace("_", " "), *(question.ask.values() if question is not None else ())]
    return any(_DEMOGRAPHIC.search(text.lower()) for text in texts)


def _of_texts(flow: Flow, node: Node, places: Places) -> Iterator[Warning]:
    if flow.discreet:
        for scalar in places.scalars(node.id, "say", "ask", "hint", "retry_text"):
            if "{organisation" in scalar.value:
                yield (
                    scalar.place,
                    Wording("A discreet flow names the organisation here: somebody else may read the phone."),
                )
    if (
        node.question is not None
        and node.question.kind is Kind.LOCATION
        and "whatsapp" not in str(node.when.source if node.when is not None else "")
    ):
        yield places.node(node.id), Wording("Only WhatsApp can send a location: add `when: channel == whatsapp`.")


def _of_question(node: Node, question: Question, places: Places, words: Words) -> Iterator[Warning]:
    out = any(choice.key in _WAY_OUT or choice.key.startswith(_WAYS_OUT) for choice in question.choices)
    if not (question.optional or out or question.other or question.consent):
        yield (
            places.node(node.id),
            Wording("Nobody may skip `{node}`: add `optional: true`, or a choice such as `dont_know`.", node=node.id),
        )
    tree = places.value(node.id, "choices")
    entries = tree.entries if hasattr(tree, "entries") and tree is not None else {}
    for choice in question.choices:
        place = entries[choice.key][0] if choice.key in entries else places.node(node.id)
        for word in (choice.label, *choice.words):
            if fold(word) in CARRIER_WORDS:
                yield (
                    place,
                    Wording(
                        "Phone networks act on the word `{word}` when it comes alone; as an answer it is harmless.",
                        word=word,
                    ),
                )
            elif hear(word, words) not in (None, Command.STOP, Command.SKIP):
                yield (
                    place,
                    Wording(
                        "`{word}` is a command of Sayso: at this question it is the answer, and the "
                        "command is not heard.",
                        word=word,
                    ),
                )
    yield from _of_buttons(node, question, places)


def _of_buttons(node: Node, question: Question, places: Places) -> Iterator[Warning]:
    if question.kind is not Kind.CHOICE:
        return
    count, longest = len(question.choices), max((len(choice.label) for choice in question.choices), default=0)
    if count > LIST_ROWS:
        yield (
            places.at(node.id, "choices"),
            Wording(
                "{count} choices are more than a WhatsApp list holds ({limit}): they go as numbers.",
                count=count,
                limit=LIST_ROWS,
            ),
        )
    elif count > BUTTONS and longest > ROW_LENGTH:
        yield (
            places.at(node.id, "choices"),
            Wording(
                "A label has {longest} characters; a row of a WhatsApp list holds {limit}.",
                longest=longest,
                limit=ROW_LENGTH,
            ),
        )
    elif count > BUTTONS:
        yield (
            places.at(node.id, "choices"),
            Wording(
                "{count} choices are more than WhatsApp buttons fit ({limit}): they go as a list.",
                count=count,
                limit=BUTTONS,
            ),
        )
    elif longest > BUTTON_LENGTH:
        yield (
            places.at(node.id, "choices"),
            Wording(
                "A label has {longest} characters; a WhatsApp button holds {limit}.",
                longest=longest,
                limit=BUTTON_LENGTH,
            ),
        )
