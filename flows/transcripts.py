"""Conversations as tests: what was said beside a flow, in `*.talks.yaml`, played against the engine.

    - talk: an unhappy visitor says why in one text
      lines:
        - me: visit
        - bot: "*how was your experience*"
        - me: 4 waited three hours
        - bot: "*thank you*"
      answers: {rating: poor, reason: waited three hours}

A `bot` line is compared with the whole message, whatever its case, accents and line breaks; `*` stands for any words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import engine, schema
from flows.definition import Flow, Value
from flows.events import AnswerGiven, AttributeSet, GroupJoined, Outcome
from flows.problems import FlowError, Problems
from flows.run import Context, Input, Run, Status, Trigger, Turn
from flows.text import fold
from flows.words import Words
from flows.yaml import Mapping as MappingTree
from flows.yaml import Scalar, Sequence, Tree, read_tree

BEGINNING = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
"""When every talk begins; a minute passes before each text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a talk, said by `me` or by `bot`."""

    who: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and what must come of it."""

    name: str
    line: int
    lines: tuple[Line, ...]
    language: str = "en"
    channel: str = "sms"
    answers: Mapping[str, str] = field(default_factory=dict)
    """Values by `save_as`, as text: a choice's key, yes or no, a number, the words; `skipped` or `unclear`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a talk went another way. `line` is the line of the talks file."""

    talk: str
    line: int
    expected: str
    got: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.talk}: expected {self.expected!r}, got {self.got!r}"


def load_talks(path: Path) -> tuple[Talk, ...]:
    """The talks of a file.

    Raises:
        FlowError: the file cannot be read or is no list of talks; every problem is listed.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise FlowError(
            [f"{path}:1:1: The file cannot be read: {error.strerror} — check its name and rights."]
        ) from None
    return load_talks_text(source, path.name)


def load_talks_text(source: str | bytes, name: str) -> tuple[Talk, ...]:
    """The talks of a YAML text; `name` is its file name, for messages.

    Raises:
        FlowError: the text is no list of talks; every problem is listed.
    """
    tree = read_tree(source, name)
    problems = Problems(name)
    if not isinstance(tree, Sequence):
        raise FlowError([f"{name}:1:1: A talks file is a list — begin each talk with `- talk: what happens`."])
    talks = [talk for item in tree.items if (talk := _talk(problems, item)) is not None]
    problems.raise_if_any()
    return tuple(talks)


def play(flow: Flow, talk: Talk, words: Words, organisation: str = "Sayso") -> list[Difference]:
    """Play a talk against a flow; an empty list means it went as written."""
    return _Play(flow, talk, words, Context(talk.channel, talk.language, organisation)).differences()


@schema.reader({"type": ["string", "number", "boolean", "null"]})
def _line(problems: Problems, tree: Tree, key: str) -> str | None:
    """A text that may be empty: people do send empty texts."""
    if isinstance(tree, Scalar):
        return "" if tree.tag == "null" else tree.value
    problems.add(tree.place, f"`{key}` must be a text — put it behind the colon, in quotes.")
    return None


def _talk(problems: Problems, tree: Tree) -> Talk | None:
    table: schema.Table = {
        "talk": schema.text,
        "language": schema.language,
        "channel": schema.text,
        "lines": schema.whole_tree,
        "answers": schema.whole_tree,
    }
    found = schema.keys_of(problems, tree, "A talk", table)
    if "talk" not in found or "lines" not in found:
        problems.add(tree.place, "A talk needs a name after `talk:` and its `lines`.")
        return None
    channel = found.get("channel", "sms")
    if channel not in schema.CHANNELS:
        problems.add(tree.place, f"`channel: {channel}` is not known — write {' or '.join(schema.CHANNELS)}.")
    lines = _lines(problems, found["lines"])
    answers = _answers(problems, found["answers"]) if "answers" in found else {}
    return Talk(found["talk"], tree.place.line, lines, found.get("language", "en"), channel, answers)


def _lines(problems: Problems, tree: Tree) -> tuple[Line, ...]:
    lines = []
    for item in tree.items if isinstance(tree, Sequence) else [tree]:
        said = schema.keys_of(problems, item, "A line", {"me": _line, "bot": _line})
        if len(said) != 1:
            problems.add(item.place, "A line is `- me: …` or `- bot: …`.")
            continue
        [(who, text)] = said.items()
        lines.append(Line(who, text, item.place.line))
    if not lines or lines[0].who != "me":
        problems.add(tree.place, "A talk begins with what the contact writes — put `- me: …` first.")
    return tuple(lines)


def _answers(problems: Problems, tree: Tree) -> dict[str, str]:
    if not isinstance(tree, MappingTree):
        problems.add(tree.place, "`answers` must be lines of `name: value`.")
        return {}
    return {key: text for key, (_, value) in tree.entries.items() if (text := _line(problems, value, key)) is not None}


class _Play:
    """One talk on its way."""

    def __init__(self, flow: Flow, talk: Talk, words: Words, context: Context) -> None:
        self.flow = flow
        self.talk = talk
        self.words = words
        self.context = context
        self.time = BEGINNING
        self.run: Run | None = None
        self.said = ""
        self.found: list[Difference] = []
        self.answers: dict[str, str] = {}

    def differences(self) -> list[Difference]:
        for line in self.talk.lines:
            if line.who == "me":
                self._hear(line)
            elif not matches(line.text, self.said):
                self._note(line.line, line.text, self.said)
        for name, expected in self.talk.answers.items():
            got = self.answers.get(name, "")
            if fold(got) != fold(expected):
                self._note(self.talk.line, f"{name}: {expected}", f"{name}: {got}")
        return self.found

    def _note(self, line: int, expected: str, got: str) -> None:
        self.found.append(Difference(self.talk.name, line, expected, got))

    def _hear(self, line: Line) -> None:
        self.time += timedelta(minutes=1)
        if self.run is not None and self.run.status is not Status.OPEN:
            self._note(line.line, f"a flow that listens to {line.text!r}", "the flow had ended")
            return
        turn = self._begin(line.text) if self.run is None else self._go_on(self.run, line.text)
        # Through the stored document and back, as between two real texts.
        self.run, self.said = Run.from_json(turn.run.to_json()), turn.text
        for event in turn.events:
            if isinstance(event, AnswerGiven):
                answered = event.outcome is Outcome.ANSWERED
                self.answers[event.save_as] = _written(event.value) if answered else event.outcome.value
            elif isinstance(event, AttributeSet):
                self.context = replace(self.context, contact={**self.context.contact, event.name: event.value})
            elif isinstance(event, GroupJoined):
                self.context = replace(self.context, groups=self.context.groups | {event.group})

    def _begin(self, text: str) -> Turn:
        return engine.start(self.flow, Trigger("keyword", self.context, text), self.words, self.time)

    def _go_on(self, run: Run, text: str) -> Turn:
        return engine.resume(self.flow, run, Input(text, self.context), self.words, self.time)


def _written(value: Value) -> str:
    """A value as a talk writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for any words; case, accents and line breaks do not count."""
    said = fold(text)
    pieces = [fold(piece) if piece.strip() else "" for piece in pattern.split("*")]
    if len(pieces) == 1:
        return said == pieces[0]
    first, *middle, last = pieces
    if not (said.startswith(first) and said.endswith(last) and len(said) >= len(first) + len(last)):
        return False
    at, end = len(first), len(said) - len(last)
    for piece in middle:
        found = said.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
