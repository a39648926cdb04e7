"""The pieces a condition is put together from while it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flows.conditions import Step
from flows.files.tokens import Token
from flows.files.types import TRUTH, Known, Sort


@dataclass(slots=True)
class Part:
    """A piece of a condition: what it gives, and how to get it."""

    known: Known
    run: Step
    column: int
    literal: Any = None
    bare: str | None = None
    """A word that is no name: a choice's key, where it is compared with that choice's answer."""
    items: tuple[Part, ...] = ()
    name: str | None = None


def bare(word: str, column: int) -> Part:
    """A word that is no name."""
    return Part(Known(Sort.TEXT), lambda _: word, column, bare=word)


def constant(known: Known, value: Any, token: Token) -> Part:
    """A value written out."""
    return Part(known, lambda _: value, token.column, literal=value)


def joined(join: Callable[[Any], bool], parts: list[Part]) -> Part:
    """Conditions joined by `and` or `or`."""
    runs = tuple(part.run for part in parts)
    return Part(TRUTH, lambda scope: join(run(scope) is True for run in runs), parts[0].column)
