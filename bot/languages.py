"""The words of a language as the engine takes them, from the catalogues in `translations`."""

from __future__ import annotations

from functools import cache

import translations
from flows.words import Words

FALLBACK = "en"


@cache
def words_of(language: str) -> Words:
    """One language's sentences and heard words; English where it is not shipped."""
    known = language if language in translations.available() else FALLBACK
    return Words(**translations.open_language(known).fields())
