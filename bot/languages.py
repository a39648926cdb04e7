"""The words of a language as the engine takes them, from the catalogues in `translations`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from bot.catalogues import CHAMPIONS, SAFEGUARDING, SYSTEM, system_catalogue
from bot.logs import log
from flows.words import Words
from flows.words_abroad import meanings_elsewhere, meant_elsewhere
from translations import vocabulary
from translations.files import CatalogueError

FALLBACK = "en"


@cache
def words_of(language: str, *, drafts: bool = True) -> Words:
    """One language's sentences and heard words, English heard beside them; English where it is not shipped.

    Args:
        language: its code.
        drafts: sentences nobody has signed off yet may be said; without, they are said in English.
    """
    if language not in vocabulary.available():
        language = FALLBACK
    if language == FALLBACK:
        return _english().beside(*_elsewhere())
    heard = Words.of(vocabulary.open_language(language).fields(), _english())
    return replace(heard.beside(*_elsewhere()), sentences=_sentences(language, drafts=drafts))


@cache
def saying(language: str) -> Words:
    """One language's sentences alone, for texts that nobody answers: the words it hears take long to compile."""
    return Words(language=language, sentences=_sentences(language, drafts=True))


@cache
def _english() -> Words:
    return Words.of(vocabulary.open_language(FALLBACK).fields())


@cache
def _elsewhere() -> tuple[Mapping[str, str], Mapping[str, str]]:
    heard = vocabulary.answers_everywhere()
    return meant_elsewhere(heard), meanings_elsewhere(heard)


def _sentences(language: str, *, drafts: bool) -> Mapping[str, str]:
    """What Sayso says itself; a broken file is logged, and then it speaks English."""
    said: dict[str, str] = {}
    for name in (SYSTEM, SAFEGUARDING, CHAMPIONS):
        try:
            catalogue = system_catalogue(language, name)
        except CatalogueError as error:
            log.error("catalogue broken", problem=error.problems[0])
            continue
        for context, text in catalogue.entries:
            translation = catalogue.say(context, text, drafts=drafts)
            if translation is not None:
                said[text] = translation
    return said
