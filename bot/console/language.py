"""The language of a page: what its reader chose, then what their browser asks for, then English."""

from __future__ import annotations

import re

from babel.core import Locale, UnknownLocaleError
from flask import g, request, session
from markupsafe import Markup, escape

from bot.catalogues import CHAMPIONS, CONSOLE, system_catalogue
from bot.console.access import Person
from bot.logs import log
from bot.mistakes import ToldError
from flows.wording import Wording, filled
from translations.files import CatalogueError
from translations.languages import RIGHT_TO_LEFT

LANGUAGES = (("en", "English"), ("cy", "Cymraeg"), ("ur", "اردو"))
"""The console's own languages, by the names their readers know. Residents are served in many more."""
_CODES = tuple(code for code, _ in LANGUAGES)
_NO_CONTEXT = ""
_APART, _JOINED = "\u2068", "\u2069"
"""Around a value whose direction is its own: FIRST STRONG ISOLATE and its end."""
_WRITTEN = re.compile("`([^`]+)`")


def language_of_request(person: Person | None) -> str:
    """The language to answer this request in."""
    chosen = session.get("language") or (person.language if person else None)
    if chosen in _CODES:
        return str(chosen)
    return request.accept_languages.best_match(_CODES) or "en"


def is_shipped(code: str) -> bool:
    """Whether the console speaks this language."""
    return code in _CODES


def direction(language: str) -> str:
    """`rtl` or `ltr`, for `dir=`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def language_in_words(code: str, language: str) -> str:
    """What a language is called in another: `bn` is Bengali in English; a code that nobody knows is itself."""
    try:
        return str(Locale.parse(language).languages.get(code, code))
    except (UnknownLocaleError, ValueError):
        return code


def say(sentence: str, **values: object) -> str:
    """A sentence of the console in the language of this request, with `{name}`s filled in."""
    return translated(sentence, g.get("language", "en"), **values)


def translated(sentence: str, language: str, **values: object) -> str:
    """A sentence of the console in a language, in English where it has none, with `{name}`s filled in.

    What a `Wording` was filled from is said in that language too. Among words from right to left every value stands
    apart, so that addresses and numbers are not turned about.
    """
    if isinstance(sentence, Wording):
        return translated(str(sentence.sentence), language, **sentence.values)
    said = {name: translated(each, language) if isinstance(each, Wording) else each for name, each in values.items()}
    if direction(language) == "rtl":
        said = {name: f"{_APART}{each}{_JOINED}" if str(each) else "" for name, each in said.items()}
    return filled(_in_catalogue(sentence, language), said)


def marked(sentence: str) -> Markup:
    """A sentence whose `words in backticks` stand apart, as they are written, also among words from right to left."""
    return Markup(_WRITTEN.sub(r'<code dir="ltr">\1</code>', str(escape(sentence))))  # noqa: S704 -- it is escaped


def explain(error: ToldError) -> str:
    """What went wrong, in the language of this request."""
    return say(error.sentence, **error.values)


def _in_catalogue(sentence: str, language: str) -> str:
    if not is_shipped(language) or language == "en":
        return sentence
    try:
        # What champions are told by text stands on pages too: why somebody is left out, what is wrong with a number.
        found = (system_catalogue(language, name).say(_NO_CONTEXT, sentence) for name in (CONSOLE, CHAMPIONS))
        return next(filter(None, found), sentence)
    except CatalogueError as error:
        log.error("catalogue broken", problem=error.problems[0])
        return sentence
