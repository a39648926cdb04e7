"""What is left to chance in a run, drawn from the one number its trigger brought: a run replayed goes the same way."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

from flows.definition import OTHER, Question

LAST = frozenset({OTHER, "none", "dont_know", "prefer_not", "prefer_not_to_say", "not_sure"})
"""Keys of choices that stay last in a list that is shuffled: people look for them there."""

ORDERS = 24
"""Orders of one list in use; as good as any order for research, and few enough to keep each one compiled."""


def draw(chance: int, name: str, weights: tuple[tuple[str, int], ...]) -> str:
    """One of some names, each as likely as its weight.

    Args:
        chance: the run's number.
        name: what the draw is for; two draws of one run have nothing to do with each other.
        weights: names with whole weights above 0; at least one.
    """
    left = _number(chance, name) % sum(weight for _, weight in weights)
    for drawn, weight in weights:
        left -= weight
        if left < 0:
            return drawn
    raise ValueError("nothing to draw from")


def shuffled(question: Question, chance: int, name: str) -> Question:
    """The question with its choices in the order of this run."""
    return _in_order(question, _number(chance, name) % ORDERS)


@lru_cache(maxsize=1024)
def _in_order(question: Question, order: int) -> Question:
    last = [choice for choice in question.choices if choice.key in LAST]
    free = [choice for choice in question.choices if choice.key not in LAST]
    free.sort(key=lambda choice: _number(order, choice.key))
    return replace(question, choices=(*free, *last))


def _number(chance: int, name: str) -> int:
    return int.from_bytes(sha256(f"{chance}/{name}".encode()).digest()[:8])
