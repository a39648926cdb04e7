"""How often something is, in any words: `every 3 months`, `3 times a week`, `hardly ever`."""

from __future__ import annotations

from functools import lru_cache
from math import log2

from flows.understanding.numerals import value_at
from flows.understanding.reading import Reply, read, skip, skip_back
from flows.words import Words

_PERIODS = (365, 52, 26, 12)
"""Times a year of what is said alike by everybody; of all else people have their own idea."""
_AS_GOOD_AS_NEVER = 0.05
"""Times a year."""
_SAME_DAY_OF_WEEK = 52
_STRICTLY = 2.0
"""How far `less than once a month` lies from once a month, as a factor."""


def often_in(reply: Reply, words: Words) -> list[float]:
    """How often, as places on a ladder, for everything in a text that says so; empty where anything is denied."""
    return [height(each) for each, _, _ in _frequencies(reply, words)]


def often_of(label: str, words: Words) -> list[float]:
    """The same for a label: `Less than once a month` lies below once a month."""
    reply = read(label, (), words.short)
    found = []
    for often, start, _ in _frequencies(reply, words):
        below, above = (skip_back(reply, 0, start, phrases) < start for phrases in (words.below, words.above))
        found.append(height(often * _STRICTLY if above else often / _STRICTLY if below else often))
    return found


def exactly_often(reply: Reply, start: int, end: int, words: Words) -> float | None:
    """The place of a reply that names a period once (`weekly`, `every 4 weeks` is none) and nothing else between two
    words."""
    found = [often for often, first, last in _frequencies(reply, words) if (first, last) == (start, end)]
    return height(found[0]) if found and found[0] in _PERIODS else None


def height(times_a_year: float) -> float:
    """Each rung as far above the next as it is more often: weekly is to monthly as monthly is to three times a year."""
    return log2(times_a_year + _AS_GOOD_AS_NEVER)


def _frequencies(reply: Reply, words: Words) -> list[tuple[float, int, int]]:
    """How many times a year, and the words that say it, first and behind the last."""
    found, at = list[tuple[float, int, int]](), 0
    named = _named(words)
    while at < len(reply.words):
        end = skip(reply, at, named)
        every = _every(reply, at, words)
        if every is not None and every[1] >= end:
            found.append((every[0], at, every[1]))
        elif end > at:
            times, start = _count_before(reply, at, words)
            found.append((times * words.frequencies[reply.phrase(at, end - at)], start, end))
        elif reply.words[at] in words.negating:
            return []
        at = max(at + 1, end, every[1] if every is not None else 0)
    return found


def _every(reply: Reply, at: int, words: Words) -> tuple[float, int] | None:
    """`every 3 months`, `every tuesday`."""
    start = skip(reply, at, words.every)
    if start == at:
        return None
    if reply.phrase(start, 1) in words.weekdays:
        return _SAME_DAY_OF_WEEK, start + 1
    number = value_at(reply, start, words)
    after = number.end if number is not None else start
    period = words.periods.get(reply.phrase(after, 1))
    if period is None:
        return None
    return period / (number.value if number is not None and number.value > 0 else 1), after + 1


def _count_before(reply: Reply, at: int, words: Words) -> tuple[float, int]:
    """The count in front of `a week`, and where it begins: `3 times`, `twice`; once where there is none."""
    start = skip_back(reply, 0, at, _counts(words))
    if start < at:
        return words.times[reply.phrase(start, at - start)], start
    before = skip_back(reply, 0, at, words.often)
    number = value_at(reply, before - 1, words) if before else None
    return (number.value, before - 1) if number is not None and number.end == before and number.value > 0 else (1, at)


@lru_cache(maxsize=64)
def _named(words: Words) -> frozenset[str]:
    return frozenset(words.frequencies)


@lru_cache(maxsize=64)
def _counts(words: Words) -> frozenset[str]:
    return frozenset(phrase for phrase, count in words.times.items() if count > 0)
