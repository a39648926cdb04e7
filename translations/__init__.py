"""The words of each language: what Sayso says, and what it understands. One folder a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_NONE: frozenset[str] = frozenset()


class LanguageError(LookupError):
    """A language is not shipped, or its file is broken."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The sentences and the heard words of one language. Heard words are lower case, without accents or apostrophes.

    `sentences` maps an English sentence to this language's. The other fields are explained where they are used.
    """

    language: str
    sentences: Mapping[str, str] = field(default_factory=dict)
    yes: frozenset[str] = _NONE
    no: frozenset[str] = _NONE
    clear: frozenset[str] = _NONE
    skip: frozenset[str] = _NONE
    stop: frozenset[str] = _NONE
    stop_phrases: frozenset[str] = _NONE
    stop_around: frozenset[str] = _NONE
    start: frozenset[str] = _NONE
    help: frozenset[str] = _NONE
    courtesy: frozenset[str] = _NONE
    changing: frozenset[str] = _NONE
    numbers: Mapping[str, int] = field(default_factory=dict)
    ordinals: Mapping[str, int] = field(default_factory=dict)
    fillers: frozenset[str] = _NONE
    numbering: frozenset[str] = _NONE
    hedges: frozenset[str] = _NONE
    doubt: frozenset[str] = _NONE
    negating: frozenset[str] = _NONE
    unreal: frozenset[str] = _NONE
    joining: frozenset[str] = _NONE
    counted: frozenset[str] = _NONE
    uncounted: frozenset[str] = _NONE
    idioms: frozenset[str] = _NONE
    real: frozenset[str] = _NONE
    below: frozenset[str] = _NONE
    above: frozenset[str] = _NONE
    short: Mapping[str, str] = field(default_factory=dict)
    alone: frozenset[str] = _NONE

    def fields(self) -> dict[str, Any]:
        """Every field by its name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def available() -> tuple[str, ...]:
    """The codes of the languages shipped, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/words.yaml")))


@cache
def open_language(code: str) -> Vocabulary:
    """The words of a language, read once a process.

    Raises:
        LanguageError: there is no such language here, or its file cannot be used; the message says which.
    """
    path = _FOLDER / code / "words.yaml"
    if not _CODE.fullmatch(code) or not path.is_file():
        raise LanguageError(f"There is no language `{code[:20]}` here. There is {', '.join(available())}.")
    # The base loader reads every word as text, so that yes, no and on stay the words they are.
    document = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 -- it makes only text
    if not isinstance(document, dict):
        raise LanguageError(f"{path.name} of `{code}` must hold the names of word lists, each with its words.")
    known = {each.name: each for each in fields(Vocabulary) if each.name != "language"}
    unknown = sorted(set(document) - set(known))
    if unknown:
        raise LanguageError(f"{path.name} of `{code}` has a list `{unknown[0]}` that Sayso does not know. Take it out.")
    return Vocabulary(code, **{name: _words(code, name, value) for name, value in document.items()})


def _words(code: str, name: str, value: Any) -> Any:
    if name in ("numbers", "ordinals"):
        return {word: int(number) for word, number in value.items()}
    if name in ("sentences", "short"):
        return dict(value)
    if not isinstance(value, str):
        raise LanguageError(f"`{name}` of `{code}` must be words with commas between, as in the other lists.")
    return frozenset(word.strip() for word in value.split(",") if word.strip())
