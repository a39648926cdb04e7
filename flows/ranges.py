"""Labels that are ranges: `Under 16`, `16 to 24`, `65 or over`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf

from flows.text import fold
from flows.words import Words

_RANGE = re.compile(r"(?P<before>\D*?)(?P<low>\d{1,6})(?:\s*(?:-|–|to)\s*(?P<high>\d{1,6}))?(?P<after>\D*)")


@dataclass(frozen=True, slots=True)
class Range:
    """Figures from `low` to `high`, both included."""

    low: float
    high: float

    def holds(self, figure: float) -> bool:
        """Whether a figure lies in it."""
        return self.low <= figure <= self.high


def range_of(label: str, words: Words) -> Range | None:
    """The range a label names; None where it names none."""
    match = _RANGE.fullmatch(fold(label) + ("+" if label.rstrip().endswith("+") and "+" not in fold(label) else ""))
    if match is None:
        return None
    low = int(match.group("low"))
    if match.group("high") is not None:
        return Range(low, int(match.group("high")))
    before, after = fold(match.group("before")), match.group("after").strip()
    if _ends_with(before, words.below):
        return Range(-inf, low - 1)
    if _ends_with(before, words.above):
        return Range(low + 1, inf)
    if _begins_with(after, words.below):
        return Range(-inf, low)
    return Range(low, inf) if after.startswith("+") or _begins_with(after, words.above) else None


def _ends_with(text: str, phrases: frozenset[str]) -> bool:
    return any(text == phrase or text.endswith(f" {phrase}") for phrase in phrases)


def _begins_with(text: str, phrases: frozenset[str]) -> bool:
    return any(text == phrase or text.startswith(f"{phrase} ") for phrase in phrases)
