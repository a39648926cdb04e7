"""Stretches of time as people write them: `half an hour`, `90 mins`, `two and a half hours`, `1 hour 20 minutes`."""

from __future__ import annotations

from functools import lru_cache

from flows.understanding.numerals import Shape, value_at
from flows.understanding.reading import Reply, skip
from flows.words import Words

_PLAIN = (Shape.PLAIN, Shape.DECIMAL)


def duration_at(reply: Reply, start: int, words: Words) -> tuple[float, int] | None:
    """The minutes of the stretch of time that begins at a word, and the word behind it; None where none does."""
    minutes, at = 0.0, start
    while True:
        part = _part(reply, at if at == start else skip(reply, at, words.between), words)
        if part is None:
            return (minutes, at) if at > start else None
        minutes, at = minutes + part[0], part[1]


def _part(reply: Reply, at: int, words: Words) -> tuple[float, int] | None:
    end = skip(reply, at, _named(words))
    if end > at:
        return words.minutes[reply.phrase(at, end - at)], end
    number = value_at(reply, at, words)
    if number is None or number.shape not in _PLAIN:
        return None
    halved = skip(reply, number.end, words.halves)
    unit = reply.phrase(halved, 1)
    if unit not in words.minutes:
        return None
    end = skip(reply, halved + 1, words.halves)
    half = 0.5 if end > halved + 1 or halved > number.end else 0
    return (number.value + half) * words.minutes[unit], end


@lru_cache(maxsize=64)
def _named(words: Words) -> frozenset[str]:
    """Stretches that need no number; a bare unit says nothing."""
    return frozenset(phrase for phrase in words.minutes if " " in phrase)
