"""How much something is, or how good, in any words: `not that safe`, `fairly`, `terrified`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from flows.understanding.reading import Reply, longest, phrase_end, read
from flows.understanding.slips import MIN_LENGTH, SHORTEST_STEM, same_stem
from flows.words import Words

DENIED = -2.9
"""A plain `not`: weaker than `not at all`, a little nearer to `not really`."""
UTTERLY = 5
"""`Completely`: more than the label it stands before."""
GOOD_ENOUGH = 3.0
"""`Not bad at all`: what denies a bad word praises, and no more."""
REACH = 3
"""Words between a degree and what it is said of: `not very well organised`."""
_NOT = "\N{NOT SIGN}"

_Known = tuple[Mapping[str, float], int]
"""Phrases with what they say, and the words of the longest."""


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


def _found(row: Sequence[str], known: _Known, words: Words | None = None) -> Iterator[tuple[float, int, int]]:
    """The longest phrases in a row of words, with their meaning and place."""
    phrases, reach = known
    at = 0
    while at < len(row):
        end = phrase_end(row, at, phrases, reach)
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
def _degrees(words: Words) -> _Known:
    return _in_plain({**words.degrees, _NOT: DENIED}, words)


@lru_cache(maxsize=64)
def _poles(words: Words) -> _Known:
    return _in_plain(words.poles, words)


def _in_plain(phrases: Mapping[str, float], words: Words) -> _Known:
    plain = {" ".join(_plain(word, words) for word in phrase.split()): meaning for phrase, meaning in phrases.items()}
    return plain, longest(frozenset(plain))


def _plain(word: str, words: Words) -> str:
    """A word, or one and the same for every word that denies and says no degree, as Turkish `hiç` does."""
    return _NOT if word in words.negating and word not in words.degrees else word
