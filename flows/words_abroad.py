"""Words of other languages that are heard whatever language somebody is written to in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flows.text import fold
from flows.words import parted

_ABROAD = ("yes", "no", "stop", "forget_me", "my_data")
_LONG = 6
_SHORTEST = 4


def meant_elsewhere(vocabularies: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Every word for yes, no, stop, forget me or my data in some languages' files, folded, and which it is; without
    those that mean two of them, and all but yes and no without those that may be words of yet another language."""
    meant = _meant(({name: vocabulary.get(name, ()) for name in _ABROAD} for vocabulary in vocabularies), fold)
    return {word: meaning for word, meaning in meant.items() if meaning in ("yes", "no") or _is_telling(word)}


def meanings_elsewhere(vocabularies: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Every word of the meanings in some languages' files, folded, and what it means; without those that mean two
    things, and short ones in Latin letters, which may well be words of yet another language."""
    meant = _meant((vocabulary.get("meanings", {}) for vocabulary in vocabularies), parted)
    return {word: meaning for word, meaning in meant.items() if len(word) >= _SHORTEST or not word.isascii()}


def _meant(lists: Iterable[Mapping[str, Iterable[str]]], read: Callable[[str], str]) -> dict[str, str]:
    """The words of some lists by name, and the one name that each stands under."""
    found: dict[str, set[str]] = {}
    for named in lists:
        for name, words in named.items():
            for word in words:
                found.setdefault(read(word), set()).add(name)
    return {word: next(iter(names)) for word, names in found.items() if len(names) == 1}


def _is_telling(word: str) -> bool:
    """Whether a foreign word is hardly one of another language too: long, two words, or in another script."""
    return len(word) >= _LONG or " " in word or not word.isascii()
