"""Guessing the language of a text, among the languages of this service only. A guess is offered, never imposed.

First the letters, then words that only one language has (also as people write it in Latin letters), then `langdetect`
with the profiles of these languages. Its random scorer is replaced by a calibrated one, which was measured: as shipped
it is nearly always sure, and wrong thirty times as often.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Iterator
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import langdetect  # type: ignore[import-untyped]  # it ships no types
from langdetect.detector import Detector  # type: ignore[import-untyped]  # it ships no types
from langdetect.detector_factory import DetectorFactory  # type: ignore[import-untyped]  # it ships no types
from langdetect.utils.ngram import NGram  # type: ignore[import-untyped]  # it ships no types

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
KNOWN = 4096
"""Groups of letters whose weights are kept, at most a quarter of a KiB each: those of everyday words."""

_PROFILES = Path(langdetect.__file__).parent / "profiles"
_PROFILE_NAMES = {"zh": "zh-cn"}
_CODES = {name: code for code, name in _PROFILE_NAMES.items()}
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
    bare = [word.strip(".,!?") for word in row]
    scores = {}
    for code, words in _telling().items():
        if code in among:
            known = sum(map(words.__contains__, bare))
            scores[code] = len(row) if whole in words and len(whole) > 3 else known
    best = sorted(scores, key=lambda code: scores[code], reverse=True)[:2]
    if not best or (current in best and scores[current] == scores[best[0]]):
        return None
    first = scores[best[0]]
    alone = len(best) < 2 or scores[best[1]] < first
    enough = first == len(row) if len(row) < 3 else first >= 2 and first * 2 >= len(row)
    return best[0] if alone and enough and first else None


@lru_cache(maxsize=1)
def _telling() -> dict[str, frozenset[str]]:
    return {code: frozenset(word.strip() for word in words.split(",")) for code, words in TELLING.items()}


def _by_profile(text: str, current: str, among: tuple[str, ...]) -> str | None:
    scorer = copy(_scorer(current, among))
    scorer.append(text.lower())
    name, likely = max(scorer.probabilities(), key=lambda pair: pair[1], default=(current, 0.0))
    return _CODES.get(name, name) if likely >= SURE else None


@lru_cache(maxsize=64)
def _scorer(current: str, among: tuple[str, ...]) -> Any:
    """One that has read nothing yet, to be copied for each text."""
    scorer = _factory(among).create()
    others = (1 - STAY) / max(len(among) - 1, 1)
    scorer.set_prior_map({_PROFILE_NAMES.get(code, code): STAY if code == current else others for code in among})
    return scorer


class _Scorer(Detector):  # type: ignore[misc]  # it ships no types
    """Adds up what every group of letters says, once and in order, instead of a random sample of them."""

    def __init__(self, factory: _Factory) -> None:
        super().__init__(factory)
        self._logs = factory.logs

    def probabilities(self) -> list[tuple[str, float]]:
        """Each language and how likely it is; empty where the text has nothing a profile knows."""
        self.cleaning_text()
        rows = [row for letters in _groups_of_letters(self.text) if (row := self._logs(letters)) is not None]
        if not rows:
            return []
        priors = [math.log(prior) * TEMPERATURE for prior in self._init_probability()]
        logs = [prior - less for prior, less in zip(priors, _unpacked(sum(rows), len(priors)), strict=True)]
        most = max(logs)
        weights = [math.exp((each - most) / TEMPERATURE) for each in logs]
        total = sum(weights)
        return [(name, weight / total) for name, weight in zip(self.langlist, weights, strict=True)]


_UNIT = 2.0**32
"""Parts of one that a packed number tells apart."""


def _packed(numbers: Iterable[float]) -> int:
    """Numbers from 0 to 20 side by side in one, 64 bits each: adding a thousand such rows takes a tenth of the time
    that adding column by column takes, and is the larger part of a guess."""
    row = [round(number * _UNIT) for number in numbers]
    return int.from_bytes(struct.pack(f"<{len(row)}Q", *row), "little")


def _unpacked(packed: int, count: int) -> list[float]:
    row = struct.unpack(f"<{count}Q", packed.to_bytes(count * 8, "little"))
    return [number / _UNIT for number in row]


_normal = lru_cache(maxsize=2048)(NGram.normalize)


def _groups_of_letters(text: str) -> Iterator[str]:
    """Every one, two and three letters in a row of a text in small letters, as the profiles count them."""
    row = " "
    for letter in map(_normal, text):
        if row[-1] == " ":
            row = " "
            if letter == " ":
                continue
        row = row[-2:] + letter
        if letter != " ":
            yield letter
        yield row[-2:]
        if len(row) > 2:
            yield row


class _Factory(DetectorFactory):  # type: ignore[misc]  # it ships no types
    def __init__(self) -> None:
        super().__init__()
        self.logs = lru_cache(maxsize=KNOWN)(self._logs)

    def _create_detector(self) -> Any:
        return _Scorer(self)

    def _logs(self, letters: str) -> int | None:
        """For each language the logarithm of how seldom it has these letters, packed; None where no profile knows them.

        A share is below 1, so that each logarithm is from 0 to 10.
        """
        shares = self.word_lang_prob_map.get(letters)
        smallest = Detector.ALPHA_DEFAULT / Detector.BASE_FREQ
        return None if shares is None else _packed(max(0.0, -math.log(smallest + share)) for share in shares)


@lru_cache(maxsize=2)
def _factory(among: tuple[str, ...]) -> _Factory:
    """The profiles of some languages, read when somebody first writes what nothing else can tell."""
    factory = _Factory()
    names = [_PROFILE_NAMES.get(code, code) for code in among]
    factory.load_json_profile([(_PROFILES / name).read_text("utf-8") for name in names])
    return factory
