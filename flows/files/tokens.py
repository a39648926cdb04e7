"""Cutting a condition into its words and marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.wording import Wording

_TOKEN = re.compile(
    r"""(?P<space>[ \n]+)
    |(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?![A-Za-z0-9_.]))
    |(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    |"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'
    |(?P<mark>==|!=|<=|>=|[<>(),]|\[|\])""",
    re.VERBOSE,
)


class ConditionError(ValueError):
    """A condition cannot be used; `column` counts from 1 inside the condition."""

    def __init__(self, column: int, sentence: str, /, **values: object) -> None:
        self.wording = Wording(sentence, **values)
        super().__init__(self.wording)
        self.column = column


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, quoted text or mark; `kind` is name, number, text, mark or end."""

    kind: str
    text: str
    column: int


def tokens(source: str) -> list[Token]:
    """Every token of a condition, closed by one of kind `end`.

    Raises:
        ConditionError: a character has no place in a condition.
    """
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unreadable(at + 1, source[at])
        kind = str(match.lastgroup)
        if kind != "space":
            quoted = kind in ("double", "single")
            found.append(Token("text" if quoted else kind, match.group(kind), at + 1))
        at = match.end()
    # Two of them, so that a look one token ahead never runs off the list.
    return [*found, Token("end", "", len(source) + 1), Token("end", "", len(source) + 1)]


def _unreadable(column: int, character: str) -> ConditionError:
    if character == "=":
        return ConditionError(column, "`=` alone compares nothing — write `==`.")
    if character in "\"'":
        return ConditionError(column, "a quoted text is not closed — add the second quote.")
    if character in "“”‘’":
        return ConditionError(column, "`{mark}` is a curly quote — write a straight one.", mark=character)
    return ConditionError(
        column, "`{mark}` has no place in a condition — take it out, or put the text in quotes.", mark=character
    )
