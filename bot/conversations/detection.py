"""Guessing the language of a text, among the languages of this service only. A guess is offered, never imposed.

First the letters, then words that only one language has (also as people write it in Latin letters), then the profiles
of `langdetect`. Its random scorer is replaced by a calibrated one, which was measured: as shipped it is nearly always
sure, and wrong thirty times as often.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from flows.text import fold
from translations.languages import TELLING

STAY = 0.5
"""How likely it is, before a text is looked at, that somebody goes on in the language they are in."""
SURE = 0.8
"""How likely a guess must be."""
TEMPERATURE = 4.0
"""The letters of one word are no independent witnesses: their weight is divided by this."""
FEWEST_LETTERS = 4
MOST_CHARACTERS = 300

_ALPHABETS = {
    "bn": re.compile("[\u0980-\u09ff]"),
    "pa": re.compile("[\u0a00-\u0a7f]"),
    "gu": re.compile("[\u0a80-\u0aff]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "ur": re.compile("[ٹڈڑںےہھگچپیک]"),
    "ar": re.compile("[ةيكىأإ]"),
}
"""Letters that tell a language. Urdu comes before Arabic, whose other letters it shares."""


def guess(text: str, current: str, languages: Iterable[str]) -> str | None:
    """The language of a text, where it is surely not the current one; None where nothing surer can be said.

    Args:
        text: what somebody wrote.
        current: the language they are written to in.
        languages: those of this service.
    """
    among = tuple(sorted({*languages, current}))
    text = text[:MOST_CHARACTERS]
    if sum(map(str.isalpha, text)) < (FEWEST_LETTERS if text.isascii() else 2):
        return None
    found = None if text.isascii() else _by_letters(text, among)
    found = found or _by_words(text, current, among)
    if found is None and sum(map(str.isalpha, text)) >= FEWEST_LETTERS:
        found = _by_profile(text, current, among)
    return found if found != current else None


def _by_letters(text: str, among: tuple[str, ...]) -> str | None:
    counts = {code: len(letters.findall(text)) for code, letters in _ALPHABETS.items() if code in among}
    most = max(counts.values(), default=0)
    if most * 4 < sum(map(str.isalpha, text)):
        return None
    return next(code for code, count in counts.items() if count == most)


def _by_words(text: str, current: str, among: tuple[str, ...]) -> str | None:
    """The one language whose telling words are the whole text, or two and at least half of it."""
    row = fold(text).split()
    whole = " ".join(row)
    languages = _telling()
    scores = Counter(code for word in row for code in languages.get(word.strip(".,!?"), ()) if code in among)
    if len(whole) > 3:
        scores |= Counter({code: len(row) for code in languages.get(whole, ()) if code in among})
    if not scores:
        return None  # nearly always
    (found, most), *others = scores.most_common(2)
    alone = not others or others[0][1] < most
    enough = most == len(row) if len(row) < 3 else most >= 2 and most * 2 >= len(row)
    return found if alone and enough and found != current else None


@cache
def _telling() -> dict[str, list[str]]:
    """The languages that each telling word is of."""
    languages: dict[str, list[str]] = {}
    for code, words in TELLING.items():
        for word in words.split(","):
            languages.setdefault(word.strip(), []).append(code)
    return languages


def _by_profile(text: str, current: str, among: tuple[str, ...]) -> str | None:
    against = _profiles(among).against(text)
    if not against:
        return None
    logs = [prior - less for prior, less in zip(_priors(current, among), against, strict=True)]
    most = max(logs)
    found = among[logs.index(most)]
    if found == current:
        return None
    likely = 1 / sum(math.exp((each - most) / TEMPERATURE) for each in logs)
    return found if likely >= SURE else None


@lru_cache(maxsize=64)
def _priors(current: str, among: tuple[str, ...]) -> tuple[float, ...]:
    """The logarithm of how likely each language is before a text is looked at, as much as letters weigh."""
    others = (1 - STAY) / max(len(among) - 1, 1)
    return tuple(math.log(STAY if code == current else others) * TEMPERATURE for code in among)


@lru_cache(maxsize=2)
def _profiles(among: tuple[str, ...]) -> Any:
    """Loaded when somebody first writes what nothing else can tell."""
    return import_module("bot.conversations.profiles").Profiles(among)
