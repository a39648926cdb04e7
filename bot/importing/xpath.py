"""The conditions of XLSForms (XPath) as conditions of flows, where they say no more than those can."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.importing.writing import NotCarriedError

_PIECE = re.compile(
    r"""\s*(?:selected\(\s*(?:\$\{|\.\./)(?P<many>[\w.-]+)\}?\s*,\s*['"](?P<key>[^'"]*)['"]\s*\)
    |(?:\$\{|\.\./)(?P<name>[\w.-]+)\}?|(?P<today>today\(\))|(?P<word>\b(?:and|or|not)\b)|(?P<number>-?\d+(?:\.\d+)?)
    |['"](?P<text>[^'"]*)['"]|(?P<mark><=|>=|!=|[=<>()]))""",
    re.VERBOSE,
)
_BOUND = re.compile(r"\s*\.\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*")


@dataclass(slots=True)
class Names:
    """What the form's names have become."""

    answers: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Of a question's choices, by the question's name in the form."""
    many: set[str] = field(default_factory=set)

    def answer(self, name: str) -> str:
        """What an answer is called now.

        Raises:
            NotCarriedError: there is none of that name above.
        """
        if name not in self.answers:
            raise NotCarriedError(f"`{name}` is not asked above it in the flow")
        return self.answers[name]

    def key(self, name: str, value: str) -> str:
        """What a choice is called now.

        Raises:
            NotCarriedError: the question has no such choice.
        """
        if value not in self.keys.get(name, {}):
            raise NotCarriedError(f"`{name}` has no choice `{value}`")
        return self.keys[name][value]


def condition(source: str, names: Names) -> str:
    """A condition or a value as a flow writes it.

    Raises:
        NotCarriedError: something in it has no place in a flow.
    """
    said: list[str] = []
    at, about = 0, ""
    text = source.strip()
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            raise NotCarriedError(f"`{text[at : at + 30].strip()}` cannot be said in a flow")
        if piece["many"] is not None:
            name, key = names.answer(piece["many"]), names.key(piece["many"], piece["key"])
            said.append(f"{key} in {name}" if piece["many"] in names.many else f"{name} == {key}")
        elif piece["name"] is not None:
            about = piece["name"]
            said.append(names.answer(about))
        elif piece["number"] is not None or piece["text"] is not None:
            value = piece["number"] if piece["number"] is not None else piece["text"]
            written = value if piece["number"] is not None else f'"{value}"'
            said.append(names.key(about, value) if about in names.keys else written)
            about = ""
        elif piece["today"] is not None:
            said.append("today")
        else:
            mark = piece["word"] or piece["mark"]
            said.append("==" if mark == "=" else mark)
        at = piece.end()
    return " ".join(said).replace("( ", "(").replace(" )", ")")


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
