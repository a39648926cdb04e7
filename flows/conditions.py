"""A checked condition, and how its values compare when it runs. Reading it: `flows.files.condition_parser`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from flows.text import fold
from flows.values import Value

_WORDS = re.compile(r"\w+")
_KEY = re.compile(r"[a-z0-9_]+")  # folding leaves it as it is: no need to


class Scope(Protocol):
    """Where the names of a condition get their values: a saved answer, `contact.x`, `groups`, `channel`, `today` …"""

    def get(self, name: str, /) -> Any:
        """The value of a name; None where there is none yet."""


Step = Callable[[Scope], Any]
"""One compiled piece of a condition."""


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A checked condition or expression. `source` is what the author wrote."""

    source: str
    _run: Step

    def evaluate(self, scope: Scope) -> Value:
        """Its value: True or False for a condition; a comparison with a missing value is False."""
        result: Value = self._run(scope)
        return result

    def holds(self, scope: Scope) -> bool:
        """Whether it is true."""
        return self._run(scope) is True


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same; texts whatever their case and accents. A missing value equals nothing."""
    if left is None or right is None:
        return False
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right or (not (_KEY.fullmatch(left) and _KEY.fullmatch(right)) and fold(left) == fold(right))
    return bool(left == right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def run(left: Any, right: Any) -> bool:
        numbers = _number(left) and _number(right)
        return (numbers or (isinstance(left, str) and isinstance(right, str))) and compare(left, right)

    return run


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
}
"""What each comparison does. Numbers and texts have an order, each among themselves."""


def contains(text: Any, word: Any) -> bool:
    """Whether a word, or words in a row, stand in a text, or a key in a list; whole words, any case and accents."""
    if isinstance(text, tuple | frozenset):
        return any(equal(item, word) for item in text)
    return isinstance(text, str) and f" {fold(str(word))} " in f" {' '.join(_WORDS.findall(fold(text)))} "


def days(since: Any, today: Any) -> int | None:
    """Days from one ISO date to another; None where one is missing or no date."""
    try:
        return (date.fromisoformat(str(today)) - date.fromisoformat(str(since))).days
    except ValueError:
        return None
