"""One slip of the finger: a letter too many, too few, wrong, or two the wrong way round."""

from __future__ import annotations

from collections.abc import Container

from rapidfuzz.distance import OSA

from flows.words import Words

MIN_LENGTH = 6
"""Letters a label needs before one slip in it is taken; in a shorter one it is asked back."""

MAX_LENGTH = 80


SHORTEST_STEM = 4
"""Letters that two forms of one word begin with at least."""

LONGEST_ENDING = 3
"""Letters behind them at most."""


def same_stem(one: str, other: str) -> bool:
    """Whether two words may be forms of one: walked and walking, dobra and dobrze."""
    if one[:SHORTEST_STEM] != other[:SHORTEST_STEM] or min(len(one), len(other)) < SHORTEST_STEM:
        return False
    common = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return max(len(one), len(other)) - common <= LONGEST_ENDING


def one_slip(one: str, other: str) -> bool:
    """Whether two phrases are exactly one slip apart."""
    return abs(len(one) - len(other)) <= 1 and OSA.distance(one, other, score_cutoff=1) == 1


def may_be_slip(phrase: str, vocabulary: Container[str], words: Words) -> bool:
    """Whether a phrase may be a label with a slip: a real word that is no word of the labels is meant as it stands."""
    if not 3 <= len(phrase) <= MAX_LENGTH:
        return False
    return all(word not in words.real or word in vocabulary for word in phrase.split(" "))


def letters(phrase: str) -> int:
    """How many letters a phrase has."""
    return sum(map(str.isalpha, phrase))
