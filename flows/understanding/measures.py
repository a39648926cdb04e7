"""Amounts with a unit as people write them: `half an hour`, `1 hour 20`, `2 and a half miles`, `£4.50`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from flows.understanding.numerals import Numeral, Shape, value_at
from flows.understanding.ranges import Range
from flows.understanding.reading import Reply, read, skip, skip_back
from flows.words import Words

_AMOUNTS = (Shape.PLAIN, Shape.DECIMAL)
_ARTICLE = 3
"""Letters of the longest word that stands for one: a, una."""
_GLUED = re.compile(r"(\d{1,4})([^\W\d_]+)")
_BIT = 0.001
"""Of the smallest unit: what lies on the edge of `More than an hour` is not in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One kind of amount in the words of a language, counted in its smallest unit."""

    sizes: Mapping[str, int]
    """Every unit, and every amount with a name of its own: half an hour."""
    units: frozenset[str]
    named: frozenset[str]
    whole: frozenset[int]
    """The sizes of its units: half as much again of `an hour and a half`."""
    step: int
    """The unit whose parts may follow as a bare figure: 20 of `1 hour 20`, 50 of `4 pound 50`. 0 where none may."""
    sign: str = ""
    """What may stand before a figure instead of a unit behind it."""


_SIZES = {
    "minutes": {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10_080, "months": 43_800, "years": 525_600},
    "metres": {"metres": 1, "yards": 1, "kilometres": 1000, "miles": 1609},
    "pence": {"pence": 1, "pounds": 100},
}
"""The units by their English names (`Words.units`), and how many of the smallest each is."""

_STEPS = {"minutes": 60, "metres": 0, "pence": 100}
_SIGNS = {"pence": "£"}


@lru_cache(maxsize=64)
def measures_of(words: Words) -> tuple[Measure, ...]:
    """Time in minutes, distance in metres, money in pence."""
    return tuple(_measure(name, getattr(words, name), words) for name in _SIZES)


def _measure(name: str, said: Mapping[str, int], words: Words) -> Measure:
    units = {word: _SIZES[name][unit] for word, unit in words.units.items() if unit in _SIZES[name]}
    sizes = {**units, **said}
    named = frozenset(phrase for phrase in said if phrase not in words.units)
    whole, sign = frozenset(units.values()), _SIGNS.get(name, "")
    return Measure(sizes, frozenset(sizes) - named, named, whole, _STEPS[name], sign)


def span_of(label: str, words: Words, measure: Measure) -> Range | None:
    """The amounts a label names: `Under 10 minutes`, `1 to 5 miles`, `More than £10`; None for any other."""
    reply = read(label, (), words.short)
    for at in range(len(reply.words)):
        found = amount_at(reply, at, words, measure)
        if found is not None:
            return _span(reply, at, found, words, measure)
    return None


def _span(reply: Reply, start: int, found: tuple[float, int], words: Words, measure: Measure) -> Range | None:
    """What stands around the first amount of a label makes it a range."""
    amount, end = found
    between = skip_back(reply, 0, start, words.span)
    low = value_at(reply, between - 1, words) if between > 0 else None
    if low is not None and (between < start or reply.mark_after(start - 1) in ("-", "–")):
        return Range(low.value * measure.sizes.get(reply.phrase(end - 1, 1), 1), amount)
    after = skip(reply, end, words.span)
    high = amount_at(reply, after, words, measure)
    if high is not None and (after > end or reply.mark_after(end - 1).strip("£ ") in ("-", "–")):
        return Range(amount, high[0])
    if start and reply.words[start - 1] in words.last:
        return Range(0, amount)  # "In the last 6 months"
    below, above = (skip_back(reply, 0, start, phrases) for phrases in (words.below, words.above))
    if min(below, above) < start:
        return around(amount, above=above < below)
    if skip(reply, end, words.below) > end:
        return Range(0, amount)
    more = skip(reply, end, words.above) > end or reply.mark_after(end - 1).startswith("+")
    return Range(amount, inf) if more else None


def around(amount: float, *, above: bool) -> Range:
    """Everything above or below an amount, without it."""
    return Range(amount + _BIT, inf) if above else Range(0, amount - _BIT)


def amount_at(reply: Reply, start: int, words: Words, measure: Measure) -> tuple[float, int] | None:
    """The amount that begins at a word, and the word behind it; None where none does."""
    amount, at, last = 0.0, start, inf
    while True:
        part = _part(reply, at if at == start else skip(reply, at, words.between), words, measure)
        if part is None or part[0] >= last:  # "£5 to £10" is no sum
            return _with_bare_parts(reply, at, amount, words, measure) if at > start else None
        amount, at, last = amount + part[0], part[1], part[0]


def _with_bare_parts(reply: Reply, at: int, amount: float, words: Words, measure: Measure) -> tuple[float, int]:
    """`1 hour 20`: a last figure behind whole hours counts minutes."""
    whole = measure.step and amount % measure.step == 0 and at == len(reply.words) - 1
    last = value_at(reply, at, words) if whole else None
    if last is None or last.shape is not Shape.PLAIN or not 0 < last.value < measure.step:
        return amount, at
    return amount + last.value, last.end


def _part(reply: Reply, at: int, words: Words, measure: Measure) -> tuple[float, int] | None:
    end = skip(reply, at, measure.named)
    if end > at:
        amount, halved = measure.sizes[reply.phrase(at, end - at)], skip(reply, end, words.halves)
        return amount + (amount / 2 if halved > end and amount in measure.whole else 0), halved  # "an hour and a half"
    glued = _GLUED.fullmatch(reply.phrase(at, 1))
    if glued is not None and glued.group(2) in measure.units:
        return int(glued.group(1)) * measure.sizes[glued.group(2)], at + 1  # "1h"
    if reply.phrase(at, 1) in words.last and (end := skip(reply, at + 1, measure.units)) > at + 1:
        return measure.sizes[reply.phrase(at + 1, end - at - 1)], end  # "last month"
    signed = reply.phrase(at, 1) == measure.sign
    number = value_at(reply, at + signed, words)
    if number is None and len(reply.phrase(at, 1)) <= _ARTICLE and reply.phrase(at, 1) in words.fillers:
        number = Numeral(1, Shape.PLAIN, at + 1)  # "un anno"
    if number is None or number.shape not in _AMOUNTS:
        return None
    halved = skip(reply, number.end, words.halves)
    counted = skip(reply, halved, measure.units)
    if counted == halved:
        return (number.value * measure.step, number.end) if signed else None  # "£4.50"
    end = skip(reply, counted, words.halves)
    half = 0.5 if end > counted or halved > number.end else 0
    return (number.value + half) * measure.sizes[reply.phrase(halved, counted - halved)], end
