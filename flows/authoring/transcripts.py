"""Conversations as tests, in `*.talks.yaml` beside a flow: how they are written.

    - talk: an unhappy visitor says why in one text
      lines:
        - me: visit
        - bot: "*how was your experience*"
        - 1 day later
        - bot: "*how was your experience*"
        - me: 4 waited three hours
        - bot: "*thank you*"
      answers: {rating: poor, reason: waited three hours}

How they are played: `flows.authoring.playing`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flows.files import schema, shapes, times
from flows.files.problems import FlowError, Place, Problems
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Scalar, Sequence, Tree, read_tree
from flows.loader import source_of
from flows.run import Context
from flows.wording import Wording


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text stands in the file, its end behind its last character; `block` where it is a `|` or `>`."""

    start: Place
    end: Place
    block: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a talk: said by `me` or by `bot`, or the time that passes (`clock`)."""

    who: str
    text: str
    span: Span
    media: tuple[str, ...] = ()
    location: tuple[float, float] | None = None
    wait: timedelta = timedelta()

    @property
    def line(self) -> int:
        """The line of the file."""
        return self.span.start.line


@dataclass(frozen=True, slots=True)
class Expected:
    """The value an answer must have in the end."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and what must come of it."""

    name: str
    line: int
    lines: tuple[Line, ...]
    language: str = "en"
    channel: str = "sms"
    chance: int = 0
    """The number all chance of the run comes from."""
    answers: Mapping[str, Expected] = field(default_factory=dict)
    """Values by `save_as`, as text: a choice's key, several with a space between, yes or no, a number, the words;
    `skipped` or `unclear`."""


def load_talks(path: Path) -> tuple[Talk, ...]:
    """The talks of a file.

    Raises:
        FlowError: the file cannot be read or is no list of talks; every problem is listed.
    """
    return load_talks_text(source_of(path), path.name)


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


@schema.reader({"type": ["string", "number", "boolean", "null"]})
def _said(problems: Problems, tree: Tree, key: str) -> Scalar | None:
    """A text that may be empty: people do send empty texts."""
    if isinstance(tree, Scalar):
        return tree
    problems.add(tree.place, "`{key}` must be a text — put it behind the colon, in quotes.", key=key)
    return None


_TALK: schema.Table = {
    "talk": schema.text,
    "language": schema.language,
    "channel": schema.one_of(schema.CHANNELS),
    "chance": schema.whole_between(0, 1_000_000),
    "lines": schema.whole_tree,
    "answers": schema.whole_tree,
}
_LINE: schema.Table = {"me": _said, "bot": _said, "sends": schema.some_of(shapes.MEDIA_KINDS), "at": schema.text}


def _talk(problems: Problems, tree: Tree) -> Talk | None:
    found = schema.keys_of(problems, tree, Wording("a talk"), _TALK)
    if "talk" not in found or "lines" not in found:
        problems.add(tree.place, "A talk needs a name after `talk:` and its `lines`.")
        return None
    lines = found["lines"].items if isinstance(found["lines"], Sequence) else [found["lines"]]
    said = tuple(line for item in lines if (line := _line(problems, item)) is not None)
    if not said or said[0].who != "me":
        problems.add(found["lines"].place, "A talk begins with what the contact writes — put `- me: …` first.")
    answers = _answers(problems, found["answers"]) if "answers" in found else {}
    options = {key: found[key] for key in ("language", "channel", "chance") if key in found}
    return Talk(found["talk"], tree.place.line, said, answers=answers, **options)


def _line(problems: Problems, tree: Tree) -> Line | None:
    if isinstance(tree, Scalar):
        when, _, later = tree.value.rpartition(" ")
        if later != "later":
            problems.add(tree.place, "A line is `- me: …`, `- bot: …`, or the time that passes, as `- 1 day later`.")
            return None
        wait = times.span_of(when)
        if wait is None:
            problems.add(tree.place, "`{value}` is no time — write one such as `1 day later`.", value=tree.value[:60])
            return None
        return Line("clock", tree.value, _span(tree), wait=wait)
    said = schema.keys_of(problems, tree, Wording("a line"), _LINE)
    if ("me" in said) == ("bot" in said) or ("bot" in said and len(said) > 1):
        problems.add(tree.place, "A line is `- me: …` or `- bot: …`.")
        return None
    who = "me" if "me" in said else "bot"
    location = _location(problems, tree, said["at"]) if "at" in said else None
    return Line(who, _text(said[who]), _span(said[who]), said.get("sends", ()), location)


def _location(problems: Problems, tree: Tree, text: str) -> tuple[float, float] | None:
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError:
        problems.add(tree.place, "`at` must be latitude and longitude, as `at: 51.53, 0.03`.")
        return None
    return latitude, longitude


def _answers(problems: Problems, tree: Tree) -> dict[str, Expected]:
    if not isinstance(tree, MappingTree):
        problems.add(tree.place, "`answers` must be lines of `name: value`.")
        return {}
    found = {}
    for key, (_, value) in tree.entries.items():
        if isinstance(value, Sequence):
            keys = [item.value for item in value.items if isinstance(item, Scalar)]
            found[key] = Expected(" ".join(sorted(keys)))
        elif (text := _said(problems, value, key)) is not None:
            found[key] = Expected(_text(text), _span(text))
    return found


def _text(scalar: Scalar) -> str:
    return "" if scalar.tag == "null" else scalar.value


def _span(scalar: Scalar) -> Span:
    return Span(scalar.place, scalar.end, scalar.style in ("|", ">"))


@dataclass(frozen=True, slots=True)
class Said:
    """Something to write into a talk: words of `me` or `bot`, or the `clock`; `sends` is the kind of a file sent."""

    who: str
    text: str
    sends: str = ""


def talk_text(name: str, said: Iterable[Said], answers: Mapping[str, str], context: Context, chance: int = 0) -> str:
    """A conversation as a talks file has it. What a person wrote may be anything: it stands in quotes."""
    lines = [f"- talk: {quoted(name)}"]
    lines += [f"  language: {context.language}"] if context.language != "en" else []
    lines += [f"  channel: {context.channel}"] if context.channel != "sms" else []
    lines += [f"  chance: {chance}"] if chance else []
    lines.append("  lines:")
    for each in said:
        if each.who == "clock":
            lines.append(f"    - {each.text}")
        elif each.sends:
            lines.append(f"    - {{me: {quoted(each.text)}, sends: {each.sends}}}")
        else:
            lines.append(f"    - {each.who}: {quoted(each.text)}")
    if answers:
        lines.append("  answers:")
        lines += [f"    {name}: {quoted(value)}" for name, value in answers.items()]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A text in double quotes on one line; `*` would stand for any words, and does no harm."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
