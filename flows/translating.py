"""A flow in another language: which of its texts are translated, and the same flow with them replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flows.definition import Choice, Flow, Node, Question, Text
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Tree, read_tree
from flows.text import fold

Translate = Callable[[str, str], str | None]
"""From a text's context and the text itself to its translation; None where there is none."""

_ABOUT = ("title", "about", "purpose")
_CHANNEL_TEXTS = ("ask", "hint", "retry_text")
_PLAIN_TEXTS = ("unit", "low", "high")


@dataclass(frozen=True, slots=True)
class Written:
    """A text of a flow file that is said in the contact's language.

    `context` names its place (`rating.choices.good`), `line` is where it stands in the file. A list of words
    (keywords, more words of a choice), with commas between, is `words`: a language is complete without it.
    """

    context: str
    text: str
    line: int
    words: bool = False


def written(flow: Flow) -> tuple[Written, ...]:
    """Every text of a flow that has a translation, in the order of the file's parts."""
    tree = read_tree(flow.source, f"{flow.id}.yaml")
    return tuple(Written(context, text, _line(tree, context), words) for context, text, words in _texts(flow) if text)


def localise(flow: Flow, language: str, translate: Translate) -> Flow | None:
    """The flow in another language; None where one text has no translation: nobody is asked in two languages at once.

    A choice still hears its label and words in the file's language.
    """
    if any(text and not words and translate(context, text) is None for context, text, words in _texts(flow)):
        return None
    new = _Localised(translate)
    return replace(
        flow,
        language=language,
        keywords=(*new.words("keywords", flow.keywords), *flow.keywords),
        nodes={key: new.node(node) for key, node in flow.nodes.items()},
        title=new.say("title", flow.title),
        about=new.say("about", flow.about),
        purpose=new.say("purpose", flow.purpose),
    )


def _texts(flow: Flow) -> Iterator[tuple[str, str, bool]]:
    """Context, text, and whether it is a list of words."""
    for name in _ABOUT:
        yield name, getattr(flow, name), False
    yield "keywords", ", ".join(flow.keywords), True
    for node in flow.nodes.values():
        yield from _by_channel(f"{node.id}.say", node.say)
        if node.question is not None:
            yield from _of_question(node.id, node.question)


def _of_question(node: str, question: Question) -> Iterator[tuple[str, str, bool]]:
    for name in _CHANNEL_TEXTS:
        yield from _by_channel(f"{node}.{name}", getattr(question, name))
    for name in _PLAIN_TEXTS:
        yield f"{node}.{name}", getattr(question, name) or "", False
    for choice in question.choices:
        context = f"{node}.choices.{choice.key}"
        yield context, choice.label, False
        yield f"{context}.words", ", ".join(choice.words), True


def _by_channel(context: str, text: Text | None) -> Iterator[tuple[str, str, bool]]:
    for channel, words in (text or {}).items():
        yield _at_channel(context, channel), words, False


def _at_channel(context: str, channel: str) -> str:
    return f"{context}.{channel}" if channel else context


class _Localised:
    """The parts of a flow in another language."""

    def __init__(self, translate: Translate) -> None:
        self.translate = translate

    def say(self, context: str, text: str) -> str:
        return (self.translate(context, text) if text else None) or text

    def words(self, context: str, known: tuple[str, ...]) -> tuple[str, ...]:
        listed = self.translate(context, ", ".join(known)) if known else None
        return tuple(word.strip() for word in (listed or "").split(",") if word.strip())

    def node(self, node: Node) -> Node:
        question = self.question(node.id, node.question) if node.question is not None else None
        return replace(node, say=self.text(f"{node.id}.say", node.say), question=question)

    def question(self, node: str, question: Question) -> Question:
        said: dict[str, Any] = {name: self.text(f"{node}.{name}", getattr(question, name)) for name in _CHANNEL_TEXTS}
        said |= {name: self.plain(f"{node}.{name}", getattr(question, name)) for name in _PLAIN_TEXTS}
        choices = tuple(self.choice(f"{node}.choices.{choice.key}", choice) for choice in question.choices)
        return replace(question, choices=choices, **said)

    def text(self, context: str, text: Text | None) -> Text | None:
        if text is None:
            return None
        return {channel: self.say(_at_channel(context, channel), words) for channel, words in text.items()}

    def plain(self, context: str, text: str | None) -> str | None:
        return text if text is None else self.say(context, text)

    def choice(self, context: str, choice: Choice) -> Choice:
        label = self.say(context, choice.label)
        words = (*self.words(f"{context}.words", choice.words), choice.label, *choice.words)
        return replace(choice, label=label, words=tuple(word for word in words if fold(word) != fold(label)))


def _line(tree: Tree, context: str) -> int:
    """The line of a text, found by walking the file along its context; the nearest line above where it ends early."""
    parts = context.split(".")
    found = tree
    for part in parts if parts[0] in (*_ABOUT, "keywords") else ("nodes", *parts):
        if not isinstance(found, MappingTree):
            break
        entry = found.entries.get(part) or found.entries.get("label")
        if entry is None:
            break
        found = entry[1]
    if isinstance(found, MappingTree) and "label" in found.entries:
        found = found.entries["label"][1]
    return found.place.line
