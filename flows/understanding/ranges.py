"""Labels that are ranges: `Under 16`, `16 to 24`, `65 or over`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from flows.text import fold
from flows.words import Words


@dataclass(frozen=True, slots=True)
class Range:
    """Figures from `low` to `high`, both included."""

    low: float
    high: float

    def holds(self, figure: float) -> bool:
        """Whether a figure lies in it."""
        return self.low <= figure <= self.high

    def covers(self, other: Range) -> bool:
        """Whether another range lies in it."""
        return self.low <= other.low and other.high <= self.high


def range_of(label: str, words: Words) -> Range | None:
    """The range a label names; None where it names none."""
    match = _range(words).fullmatch(
        fold(label) + ("+" if label.rstrip().endswith("+") and "+" not in fold(label) else "")
    )
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


@lru_cache(maxsize=64)
def span_between(words: Words) -> str:
    """A regular expression for what stands between the two ends of a range."""
    return rf"\s*(?:[-–]|{'|'.join(sorted(map(re.escape, words.span), key=len, reverse=True)) or 'to'})\s*"


@lru_cache(maxsize=64)
def _range(words: Words) -> re.Pattern[str]:
    span = span_between(words)
    return re.compile(rf"(?P<before>\D*?)(?P<low>\d{{1,6}})(?:{span}(?P<high>\d{{1,6}}))?(?P<after>\D*)")


def _ends_with(text: str, phrases: frozenset[str]) -> bool:
    return any(text == phrase or text.endswith(f" {phrase}") for phrase in phrases)


def _begins_with(text: str, phrases: frozenset[str]) -> bool:
    return any(text == phrase or text.startswith(f"{phrase} ") for phrase in phrases)
