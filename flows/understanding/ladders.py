"""Labels that stand on one ladder: from `Never` to `Every day`, from `Very safe` to `Very unsafe`.

A reply that stands on the same ladder in words of its own ("hardly ever", "not that safe", "terrified") means the label
nearest to it. That is a guess, and asked back, but for the same figure said otherwise: "weekly" is "Every week".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from flows.understanding.numerals import value_at
from flows.understanding.reading import Reply, read, skip, skip_back
from flows.understanding.slips import MIN_LENGTH, SHORTEST_STEM, same_stem
from flows.words import Words

FEWEST = 3
"""Different rungs of a ladder: two labels are no order."""
DENIED = -2.9
"""A plain `not`: weaker than `not at all`, a little nearer to `not really`."""
UTTERLY = 5
"""`Completely`: more than the label it stands before."""
GOOD_ENOUGH = 3.0
"""`Not bad at all`: what denies a bad word praises, and no more."""
REACH = 3
"""Words between a degree and what it is said of: `not very well organised`."""
_NOT = "\N{NOT SIGN}"
_PERIODS = (365, 52, 26, 12)
"""Times a year of what is said alike by everybody; of all else people have their own idea."""
_AS_GOOD_AS_NEVER = 0.05
"""Times a year."""
_SAME_DAY_OF_WEEK = 52
_STRICTLY = 2.0
"""How far `less than once a month` lies from once a month, as a factor."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The place of each choice that has one."""

    rungs: Mapping[int, float]

    def nearest(self, places: Sequence[float]) -> int | None:
        """The one choice nearest to every place; None where there is none, or several. Between two rungs it is the
        milder."""
        found = {number for place in places for number in self._at(place)}
        return found.pop() if len(found) == 1 else None

    def _at(self, place: float) -> list[int]:
        off = {number: (abs(rung - place), abs(rung)) for number, rung in self.rungs.items()}
        return [number for number, distance in off.items() if distance == min(off.values())]


def ladder_of(places: Sequence[Sequence[float]], without: frozenset[int | None]) -> Ladder | None:
    """The ladder of some labels, by the places each names; None where they are no order of one kind.

    Args:
        places: of each label.
        without: labels beside the ladder, such as `Don't know`.
    """
    rungs = {number: found[0] for number, found in enumerate(places) if len(found) == 1 and number not in without}
    beside = len(places) - len(rungs) - len(without & set(range(len(places))))
    return Ladder(rungs) if not beside and len(set(rungs.values())) >= FEWEST else None


# How often.


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


# How much.


def much_in(reply: Reply, words: Words) -> list[float]:
    """How much, from -5 to 5, for everything in a text that says so: `not that safe` is -2, `terrified` -4.

    Where nothing but a degree is said ("very", "not really") it is said of what was asked. Empty for wishes.
    """
    if not words.unreal.isdisjoint(reply.words):
        return []
    row = [_plain(word, words) for word in reply.words]
    said = list(_found(row, _poles(words), words))
    degrees = [
        each for each in _found(row, _degrees(words)) if not any(start <= each[1] < end for _, start, end in said)
    ]
    if said:
        return [_standing(standing, at, degrees, reply.breaks) for standing, at, _ in said]
    told = [degree for degree, start, end in degrees if row[start:end] != [_NOT]]
    alone = sum(end - start for _, start, end in degrees) == len(row)
    return [_strongest(told)] if told and alone else []


def much_of(label: str, words: Words) -> list[float]:
    """The same for a label; `Neither safe nor unsafe`, which names both ends, lies in the middle."""
    found = much_in(read(label, (), words.short), words)
    if len(found) > 1:
        return [0.0] if min(found) <= 0 <= max(found) else [found[0]]
    return found


def _standing(standing: float, at: int, degrees: Sequence[tuple[float, int, int]], breaks: set[int]) -> float:
    """Where something stands, with the degree before it or right behind it."""
    near = [
        degree
        for degree, start, end in degrees
        if (0 <= at - end <= REACH and breaks.isdisjoint(range(end, at + 1)))
        or (start == at + 1 and start not in breaks)  # Welsh "da iawn"
    ]
    if not near:
        return standing
    strength = _strongest(near)
    if standing < 0 and strength < 0:
        return GOOD_ENOUGH
    return strength if standing > 0 else -strength if standing < 0 else 0.0


def _strongest(degrees: Sequence[float]) -> float:
    """What several degrees come to: a denial wins, the stronger over the weaker."""
    return min(degrees) if min(degrees) < 0 else degrees[-1]


def _found(
    row: Sequence[str], phrases: Mapping[str, float], words: Words | None = None
) -> Iterator[tuple[float, int, int]]:
    """The longest phrases in a row of words, with their meaning and place."""
    reach, at = max((phrase.count(" ") + 1 for phrase in phrases), default=0), 0
    while at < len(row):
        ends = (at + length for length in range(min(reach, len(row) - at), 0, -1))
        end = next((end for end in ends if " ".join(row[at:end]) in phrases), None)
        if end is not None:
            yield phrases[" ".join(row[at:end])], at, end
        elif words is not None and (alike := _of_one_stem(row[at], words)) is not None:
            yield alike, at, at + 1
        at = end or at + 1


def _of_one_stem(word: str, words: Words) -> float | None:
    """What another form of a long word says: Polish `bezpieczna`."""
    if len(word) < MIN_LENGTH or word in words.courtesy or word in words.real:
        return None
    found = {standing for pole, standing in _by_stem(words).get(word[:SHORTEST_STEM], ()) if same_stem(word, pole)}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=64)
def _by_stem(words: Words) -> Mapping[str, list[tuple[str, float]]]:
    """The long words among the poles by their first letters."""
    found: dict[str, list[tuple[str, float]]] = {}
    for pole, standing in words.poles.items():
        if len(pole) >= MIN_LENGTH:
            found.setdefault(pole[:SHORTEST_STEM], []).append((pole, standing))
    return found


@lru_cache(maxsize=64)
def _degrees(words: Words) -> Mapping[str, float]:
    return _in_plain(words.degrees, words) | {_NOT: DENIED}


@lru_cache(maxsize=64)
def _poles(words: Words) -> Mapping[str, float]:
    return _in_plain(words.poles, words)


def _in_plain(phrases: Mapping[str, float], words: Words) -> dict[str, float]:
    return {" ".join(_plain(word, words) for word in phrase.split()): meaning for phrase, meaning in phrases.items()}


def _plain(word: str, words: Words) -> str:
    """A word, or one and the same for every word that denies and says no degree, as Turkish `hiç` does."""
    return _NOT if word in words.negating and word not in words.degrees else word
