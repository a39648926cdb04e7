"""The keys of a flow file: of the flow itself, of its nodes and of their questions."""

from __future__ import annotations

from typing import Any

from flows.definition import Kind
from flows.files import schema, shapes, times
from flows.files.schema import MAX_TEXT, NAME_SCHEMA, Table, schema_of

QUESTION: Table = {
    "choices": shapes.choices.about("The answers to choose from: a name for the count, a label for people."),
    "answer": shapes.kind.about("What the question takes."),
    "hint": shapes.channel_text.about("How to answer, said after the question."),
    "optional": schema.flag.about("SKIP is offered and accepted."),
    "retry": schema.whole_between(0, 5).about("How often it is asked again when not understood (2)."),
    "retry_text": shapes.channel_text.about("What is said the first time a reply is not understood."),
    "otherwise": schema.name.about("The node to go to when the last try was not understood."),
    "personal": schema.flag.about("The answer never leaves in a shared export."),
    "save_as": schema.name.about("The name of the answer (the node's name)."),
    "words": shapes.yes_no_words.about("More words that mean yes or no."),
    "min": schema.number.about("The smallest number."),
    "max": schema.number.about("The largest number."),
    "whole": schema.flag.about("Only whole numbers (true)."),
    "unit": schema.text.about("What the number counts, such as minutes."),
    "from": schema.whole_between(0, 1000).about("The low end of the scale (1)."),
    "to": schema.whole_between(0, 1000).about("The high end of the scale (5)."),
    "low": schema.text.about("What the low end means."),
    "high": schema.text.about("What the high end means."),
    "max_length": schema.whole_between(1, MAX_TEXT).about("Characters kept of the words."),
    "consent": schema.name.about("Yes and no are also written to the consent ledger, under this name."),
    "shuffle": schema.flag.about("The choices come in another order for each person."),
    "other": schema.flag.about("Words outside the list are kept and counted as `other`."),
    "at_least": schema.whole_between(0, 40).about("The fewest choices in one reply."),
    "at_most": schema.whole_between(1, 40).about("The most choices in one reply."),
    "earliest": times.day.about("The first day accepted, as 2026-01-31."),
    "latest": times.day.about("The last day accepted, as 2026-01-31."),
    "past": schema.flag.about("Only today or a day before."),
    "keep": schema.one_of(("district", "full")).about("What is kept of a postcode (district)."),
    "kinds": schema.some_of(shapes.MEDIA_KINDS).about("What may be sent (photo, voice)."),
    "precision": shapes.precision.about("How coarse the location is kept (1 km)."),
}
"""The keys of a question, besides `ask`."""

ONLY_FOR: dict[str, tuple[Kind, ...]] = {
    "words": (Kind.YES_NO,),
    "consent": (Kind.YES_NO,),
    "min": (Kind.NUMBER,),
    "max": (Kind.NUMBER,),
    "whole": (Kind.NUMBER,),
    "unit": (Kind.NUMBER,),
    "from": (Kind.SCALE,),
    "to": (Kind.SCALE,),
    "low": (Kind.SCALE,),
    "high": (Kind.SCALE,),
    "max_length": (Kind.TEXT, Kind.MEDIA),
    "shuffle": (Kind.CHOICE, Kind.MANY),
    "other": (Kind.CHOICE, Kind.MANY),
    "at_least": (Kind.MANY,),
    "at_most": (Kind.MANY,),
    "earliest": (Kind.DATE,),
    "latest": (Kind.DATE,),
    "past": (Kind.DATE,),
    "keep": (Kind.POSTCODE,),
    "kinds": (Kind.MEDIA,),
    "precision": (Kind.LOCATION,),
}
"""Keys that belong to some kinds of question only."""

LISTED = (Kind.CHOICE, Kind.MANY)
"""The kinds of question that have `choices`."""

NODE: Table = {
    "say": shapes.channel_text.about("What is said."),
    "ask": shapes.channel_text.about("What is asked; the flow waits for the answer."),
    **QUESTION,
    "when": shapes.condition.about("The node is left out where this condition is false."),
    "set": shapes.settings.about("Values for `contact.…` or names of your own, once the node is done."),
    "join": schema.names.about("Groups the contact joins."),
    "leave": schema.names.about("Groups the contact leaves."),
    "label": schema.names.about("Labels by which a coordinator finds this conversation."),
    "notify": shapes.notify.about("Who is told: coordinator or champion, each with a text if you like."),
    "run": schema.name.about("Another flow to go through before going on here."),
    "start": schema.name.about("Another flow to begin; this one ends."),
    "random": shapes.weights.about("Nodes to go to by chance, each with its weight."),
    "next": shapes.branches.about("Where to go: a node, `end`, or conditions."),
}
"""The keys of a node."""

FLOW: Table = {
    "title": schema.text.about("What the flow is called."),
    "about": schema.text.about("What it asks, and why, in a line or two."),
    "keywords": schema.texts.about("A text that begins with one of these starts the flow."),
    "language": schema.language.about("The language of this file (en)."),
    "purpose": schema.text.about("What the answers are for; said when somebody texts WHY."),
    "basis": schema.text.about("The lawful basis on which the answers are kept, such as consent."),
    "expires": times.duration.about("When a run that waits ends by itself (7 days)."),
    "remind": times.durations.about("When the waiting question is asked again, at most twice."),
    "days": shapes.daily.about("Spread the questions out: at least a day between two."),
    "keep": times.long_duration.about("How long the answers are kept, such as 2 years."),
    "discreet": schema.flag.about("Nothing may show what this is about, or who asks."),
    "breakdown": shapes.breakdown.about("By what results may be told apart: contact attributes and saved answers."),
    "nodes": schema.whole_tree.about("What is said and asked, in order."),
}
"""The keys of a flow."""


def _belonging() -> dict[str, Any]:
    """Which keys of a node belong together: those of a question to `ask`, and some of them to one kind of question."""
    listed: dict[str, Any] = {"required": ["choices"]}
    rules: list[dict[str, Any]] = [
        {"if": {"required": ["ask"]}, "then": {"anyOf": [listed, {"required": ["answer"]}]}},
        {"if": listed, "then": {"properties": {"answer": {"enum": list(LISTED)}}}},
        {"if": {"properties": {"answer": {"enum": list(LISTED)}}, "required": ["answer"]}, "then": listed},
    ]
    for key, kinds in ONLY_FOR.items():
        other: dict[str, Any] = {"properties": {"answer": {"enum": list(kinds)}}, "required": ["answer"]}
        rules.append({"if": {"required": [key]}, "then": listed if Kind.CHOICE in kinds else other})
    return {"dependentRequired": {key: ["ask"] for key in QUESTION}, "allOf": rules}


def document() -> dict[str, Any]:
    """The JSON Schema of a flow file, for editors (draft 2020-12)."""
    node = {**schema_of(NODE), **_belonging()}
    nodes = {"type": "object", "propertyNames": NAME_SCHEMA, "minProperties": 1, "additionalProperties": node}
    whole = schema_of(FLOW, ["title", "nodes"])
    whole["properties"]["nodes"] |= nodes
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Sayso flow",
        "description": "A conversation by text. The reference is docs/flows.md.",
        **whole,
    }
