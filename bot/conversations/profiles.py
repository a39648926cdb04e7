"""How usual letters are in each language: the profiles of `langdetect`, added up word by word.

Most words of a text were written before by somebody else, so what each says is kept. Loaded when somebody first writes
what nothing else can tell: the library's own tables of letters take a while, and most processes never need them.
"""

from __future__ import annotations

import json
import math
import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import langdetect  # type: ignore[import-untyped]  # it ships no types
from langdetect.utils.ngram import NGram  # type: ignore[import-untyped]  # it ships no types

KNOWN = 2048
"""Words whose weights are kept, and twice as many groups of letters, at most a third of a KiB each: everyday speech."""
SMALLEST = 0.5 / 10_000
"""The share that letters have in a language whose profile does not know them; as in the library."""

_UNIT = 2.0**32
"""Parts of one that a packed number tells apart."""
_PROFILES = Path(langdetect.__file__).parent / "profiles"
_NAMES = {"zh": "zh-cn"}
_ELSEWHERE = re.compile(r"https?://\S+|\S+@\S+")
_LATIN = re.compile("[A-Za-z]")
_OTHER = re.compile("[\u0300-\u1dff\u1f00-\U0010ffff]")


class _Letters(dict[int, str]):
    """What each character counts as, by its number: itself or one like it, or a space where it is no letter."""

    def __missing__(self, number: int) -> str:
        self[number] = letter = str(NGram.normalize(chr(number)))
        return letter


class Profiles:
    """Those of some languages."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        read = [json.loads((_PROFILES / _NAMES.get(code, code)).read_text("utf-8")) for code in languages]
        self._shares = [(profile["freq"], profile["n_words"]) for profile in read]
        self._letters = _Letters()
        self._of_group = lru_cache(maxsize=2 * KNOWN)(self._group)
        self._of_word = lru_cache(maxsize=KNOWN)(self._word)
        self._size = len(languages)

    def against(self, text: str) -> list[float]:
        """For each language how much the letters of a text speak against it, as a logarithm; empty where the text has
        nothing that a profile knows."""
        text = _ELSEWHERE.sub(" ", text.lower())
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
            if len(_LATIN.findall(text)) * 2 < len(_OTHER.findall(text)):
                text = _LATIN.sub("", text)
        packed = sum(map(self._of_word, text.translate(self._letters).split(" ")))
        if not packed:
            return []
        return [each / _UNIT for each in struct.unpack(f"<{self._size}Q", packed.to_bytes(self._size * 8, "little"))]

    def _word(self, word: str) -> int:
        return sum(map(self._of_group, _groups(word)))

    def _group(self, group: str) -> int:
        """The logarithm of how seldom each language has these letters, packed; 0 where no profile knows them."""
        shares = [known.get(group, 0) / counts[len(group) - 1] for known, counts in self._shares]
        return _packed(max(0.0, -math.log(SMALLEST + share)) for share in shares) if any(shares) else 0


def _packed(numbers: Iterable[float]) -> int:
    """Numbers from 0 to 20 side by side in one, 64 bits each: to add such rows takes a tenth of the time that adding
    column by column takes."""
    row = [round(number * _UNIT) for number in numbers]
    return int.from_bytes(struct.pack(f"<{len(row)}Q", *row), "little")


def _groups(word: str) -> Iterator[str]:
    """Every one, two and three letters in a row of a word, its ends counted as letters, as the profiles have them."""
    yield from word
    if word:
        within = f" {word} "
        for size in (2, 3):
            for at in range(len(within) - size + 1):
                yield within[at : at + size]
