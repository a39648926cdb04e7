"""The words of a language as the engine takes them, from the catalogues in `translations`."""

from __future__ import annotations

from functools import cache

import translations
from flows.words import Words

FALLBACK = "en"


@cache
def words_of(language: str) -> Words:
    """One language's sentences and heard words, English heard beside them; English where it is not shipped."""
    if language == FALLBACK or language not in translations.available():
        return words_of(FALLBACK) if language != FALLBACK else Words.of(translations.open_language(FALLBACK).fields())
    return Words.of(translations.open_language(language).fields(), words_of(FALLBACK))
