"""Stretches of time as people write them: `half an hour`, `90 mins`, `two and a half hours`, `1 hour 20 minutes`."""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf

from flows.understanding.numerals import Shape, value_at
from flows.understanding.ranges import Range
from flows.understanding.reading import Reply, read, skip, skip_back
from flows.words import Words

_PLAIN = (Shape.PLAIN, Shape.DECIMAL)
_GLUED = re.compile(r"(\d{1,3})([^\W\d_]+)")
_HOUR = 60
"""Minutes."""
_BIT = 0.001
"""Minutes: what lies on the edge of `More than an hour` is not in it."""


def minutes_of(label: str, words: Words) -> Range | None:
    """The minutes a label names: `Under 10 minutes`, `10 to 30 minutes`, `More than an hour`; None for any other."""
    reply = read(label, (), words.short)
    for at in range(len(reply.words)):
        found = duration_at(reply, at, words)
        if found is not None:
            return _stretch(reply, at, found, words)
    return None


def _stretch(reply: Reply, start: int, found: tuple[float, int], words: Words) -> Range | None:
    """What stands around the first stretch of time of a label makes it a range."""
    minutes, end = found
    between = skip_back(reply, 0, start, words.span)
    low = value_at(reply, between - 1, words) if between > 0 else None
    if low is not None and (between < start or reply.mark_after(start - 1) in ("-", "–")):
        return Range(low.value * words.minutes.get(reply.phrase(end - 1, 1), 1), minutes)
    after = skip(reply, end, words.span)
    high = duration_at(reply, after, words)
    if high is not None and (after > end or reply.mark_after(end - 1) in ("-", "–")):
        return Range(minutes, high[0])
    below, above = (skip_back(reply, 0, start, phrases) for phrases in (words.below, words.above))
    if min(below, above) < start:
        return around(minutes, above=above < below)
    if skip(reply, end, words.below) > end:
        return Range(0, minutes)
    more = skip(reply, end, words.above) > end or reply.mark_after(end - 1).startswith("+")
    return Range(minutes, inf) if more else None


def around(minutes: float, *, above: bool) -> Range:
    """Everything above or below some minutes, without them."""
    return Range(minutes + _BIT, inf) if above else Range(0, minutes - _BIT)


def duration_at(reply: Reply, start: int, words: Words) -> tuple[float, int] | None:
    """The minutes of the stretch of time that begins at a word, and the word behind it; None where none does."""
    minutes, at = 0.0, start
    while True:
        part = _part(reply, at if at == start else skip(reply, at, words.between), words)
        if part is None:
            return _with_bare_minutes(reply, at, minutes, words) if at > start else None
        minutes, at = minutes + part[0], part[1]


def _with_bare_minutes(reply: Reply, at: int, minutes: float, words: Words) -> tuple[float, int]:
    """`1 hour 20`: a last figure behind whole hours counts minutes."""
    last = value_at(reply, at, words) if minutes % _HOUR == 0 and at == len(reply.words) - 1 else None
    if last is None or last.shape is not Shape.PLAIN or not 0 < last.value < _HOUR:
        return minutes, at
    return minutes + last.value, last.end


def _part(reply: Reply, at: int, words: Words) -> tuple[float, int] | None:
    end = skip(reply, at, _named(words))
    if end > at:
        minutes, halved = words.minutes[reply.phrase(at, end - at)], skip(reply, end, words.halves)
        return minutes + (_HOUR / 2 if halved > end and minutes == _HOUR else 0), halved  # "an hour and a half"
    glued = _GLUED.fullmatch(reply.phrase(at, 1))
    if glued is not None and glued.group(2) in words.minutes:
        return int(glued.group(1)) * words.minutes[glued.group(2)], at + 1  # "1h"
    number = value_at(reply, at, words)
    if number is None or number.shape not in _PLAIN:
        return None
    halved = skip(reply, number.end, words.halves)
    counted = skip(reply, halved, _units(words))
    if counted == halved:
        return None
    end = skip(reply, counted, words.halves)
    half = 0.5 if end > counted or halved > number.end else 0
    return (number.value + half) * words.minutes[reply.phrase(halved, counted - halved)], end


@lru_cache(maxsize=64)
def _units(words: Words) -> frozenset[str]:
    return frozenset(words.minutes)


@lru_cache(maxsize=64)
def _named(words: Words) -> frozenset[str]:
    """Stretches that need no number; a bare unit says nothing."""
    return frozenset(phrase for phrase in words.minutes if phrase not in words.units)
