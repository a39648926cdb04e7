"""The conditions of XLSForms (XPath) as conditions of flows, where they say no more than those can."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.importing.writing import NotCarriedError, quoted
from flows.definition import Choice, Kind, Question
from flows.files.building import GIVEN
from flows.files.condition_parser import parse_condition, parse_expression
from flows.files.questions import known_of
from flows.files.tokens import ConditionError
from flows.files.types import ANY, Known, Sort

_OF = r"(?:\$\{{\s*|\.\./)(?P<{}>[\w.-]+)\s*\}}?".format
"""An answer, as `${name}` or `../name`."""
_TEXT = r"""(?:'{0}'|"{0}")"""
_PIECE = re.compile(
    rf"""\s*(?:selected\(\s*{_OF("many")}\s*,\s*['"](?P<key>[^'"]*)['"]\s*\)
    |count-selected\(\s*{_OF("counted")}\s*\)
    |string-length\(\s*{_OF("long")}\s*\)\s*(?:>|!=)\s*0
    |{_OF("tried")}\s*(?P<empty>!?=)\s*{_TEXT.format("")}
    |{_OF("name")}|(?P<today>today\(\))|(?P<word>\b(?:and|or|not)\b)|(?P<number>-?\d+(?:\.\d+)?)
    |date\(\s*['"](?P<day>\d{{4}}-\d\d-\d\d)['"]\s*\)|'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<mark><=|>=|!=|[=<>()]))""",
    re.VERBOSE,
)
_BOUND = re.compile(r"\s*\(?\s*\.\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*\)?\s*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(slots=True)
class Names:
    """What the form's names have become."""

    answers: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Of a question's choices, by the question's name in the form."""
    known: dict[str, Known] = field(default_factory=lambda: dict(GIVEN))
    """What a condition of the flow may name, by what it is called there."""

    def add(self, name: str, node_id: str, node: Mapping[str, Any]) -> None:
        """Note what a row of the form has become."""
        self.answers[name] = node_id
        if "ask" in node:
            choices = tuple(Choice(key, label) for key, label in node.get("choices", {}).items())
            kind = Kind(node.get("answer", Kind.CHOICE))
            self.known[node_id] = known_of(Question({}, kind, node_id, choices, other=node.get("other", False)))
        elif "set" in node:
            self.known[node_id] = ANY

    def answer(self, name: str) -> str:
        """What an answer is called now.

        Raises:
            NotCarriedError: there is none of that name above.
        """
        if name not in self.answers:
            raise NotCarriedError(f"`{name}` is not asked above it in the flow")
        return self.answers[name]

    def is_many(self, name: str) -> bool:
        """Whether an answer is a list of choices."""
        return self.known.get(self.answer(name), ANY).sort is Sort.LIST

    def key(self, name: str, value: str) -> str:
        """What a choice is called now.

        Raises:
            NotCarriedError: the question has no such choice.
        """
        if value not in self.keys.get(name, {}):
            raise NotCarriedError(f"`{name}` has no choice `{value}`")
        return self.keys[name][value]

    def value(self, about: str, written: str) -> str:
        """A text that stands beside an answer: one of its choices, a number, or a text in quotes.

        Raises:
            NotCarriedError: the question has no such choice, or the text cannot be written.
        """
        if about in self.keys:
            return self.key(about, written)
        number = self.known.get(self.answers.get(about, ""), ANY).sort is Sort.NUMBER
        return written if number and _NUMBER.fullmatch(written) else quoted(written)


def condition(source: str, names: Names) -> str:
    """A condition as a flow writes it.

    Raises:
        NotCarriedError: something in it has no place in a flow.
    """
    return _accepted(_said(source, names), names, parse_condition)


def calculation(source: str, names: Names) -> str:
    """A value as `set` of a flow writes it.

    Raises:
        NotCarriedError: something in it has no place in a flow.
    """
    return _accepted(_said(source, names), names, parse_expression)


def _accepted(said: str, names: Names, parse: Callable[[str, Mapping[str, Known]], object]) -> str:
    try:
        parse(said, names.known)
    except ConditionError as error:
        raise NotCarriedError(f"a flow cannot say so: {error}") from None
    return said


def _said(source: str, names: Names) -> str:
    said = ""
    at, about = 0, ""
    text = source.strip()
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise NotCarriedError(f"`{text[at : at + 30].strip()}` cannot be said in a flow")
        word = _word(piece, about, names)
        said += word if not said or said.endswith("(") or word == ")" else f" {word}"
        about = piece["name"] or ("" if piece["mark"] is None else about)
        at = piece.end()
    return said


def _word(piece: re.Match[str], about: str, names: Names) -> str:
    """A piece of a condition in the words of flows; `about` is the answer named last."""
    if piece["many"] is not None:
        name, key = names.answer(piece["many"]), names.key(piece["many"], piece["key"])
        return f"{key} in {name}" if names.is_many(piece["many"]) else f"{name} == {key}"
    if piece["counted"] is not None:
        return f"count({names.answer(piece['counted'])})"
    if piece["long"] is not None or piece["tried"] is not None:
        given = f"answered({names.answer(piece['long'] or piece['tried'])})"
        return f"not {given}" if piece["empty"] == "=" else given
    if piece["name"] is not None:
        return names.answer(piece["name"])
    for kind in ("single", "double", "day"):
        if piece[kind] is not None:
            return names.value(about, piece[kind])
    if piece["number"] is not None:
        return names.key(about, piece["number"]) if about in names.keys else piece["number"]
    if piece["today"] is not None:
        return "today"
    return "==" if piece["mark"] == "=" else piece["word"] or piece["mark"]


def bounds(constraint: str, *, whole: bool) -> dict[str, float]:
    """The smallest and largest number that a constraint allows, as `min` and `max`.

    Raises:
        NotCarriedError: it says something else.
    """
    found: dict[str, float] = {}
    for part in re.split(r"\band\b", constraint):
        bound = _BOUND.fullmatch(part)
        if bound is None:
            raise NotCarriedError(f"`{part.strip()[:60]}` is no smallest or largest number")
        number = float(bound[2])
        if len(bound[1]) == 1:
            if not whole or number != int(number):
                raise NotCarriedError(f"`{part.strip()[:60]}` leaves its number out, which only whole numbers can")
            number += 1 if bound[1] == ">" else -1
        found["min" if bound[1][0] == ">" else "max"] = int(number) if number == int(number) else number
    return found
