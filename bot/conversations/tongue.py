"""The language somebody is written to in: LANGUAGE and its menu, and a guess that is offered, not imposed.

What we asked is kept on the contact under `_asked`: the menu, or the code of the language offered. A language they
did not want is kept under `_declined` and not offered again.
"""

from __future__ import annotations

import re

from bot import sentences
from bot.conversations.detection import guess
from bot.conversations.exchange import Exchange
from flows.definition import Kind
from flows.events import AnswerGiven
from flows.run import Turn
from flows.text import fill, fold
from flows.understanding.commands import Command, hear
from translations import vocabulary
from translations.languages import IN_ENGLISH, LANGUAGES

ASKED = "_asked"
DECLINED = "_declined"
_MENU = "menu"
FEWEST_SPACES = 3
"""In words that were an answer, for a guess at their language."""
LONGEST_CHOICE = 60
"""Characters of a text that may still be the choice of a language."""


def offered(exchange: Exchange) -> list[str]:
    """The languages of this service, in the order of the menu."""
    shipped = vocabulary.available()
    return [code for code in LANGUAGES if code in exchange.service.settings.languages and code in shipped]


def menu(exchange: Exchange) -> str:
    """The languages by number, each in its own words."""
    exchange.remember(ASKED, _MENU)
    rows = [f"{number} {LANGUAGES[code]}" for number, code in enumerate(offered(exchange), 1)]
    return "\n".join([exchange.say(sentences.WHICH_LANGUAGE), *rows])


def hear_choice(exchange: Exchange) -> str | None:
    """What is said to a text that chooses a language; None where none was asked about, or the text is about something
    else, which then counts as a no."""
    asked = exchange.asked(ASKED)
    if not isinstance(asked, str):
        return None
    exchange.remember(ASKED, None)
    if asked == _MENU:
        code = _named(exchange, exchange.inbound.body)
        return None if code is None else _set(exchange, code)
    said = fold(exchange.inbound.body[:LONGEST_CHOICE])
    if said in exchange.words.yes or said in exchange.service.words(asked).yes:
        return _set(exchange, asked)
    if guess(exchange.inbound.body, exchange.language, offered(exchange)) == asked:
        exchange.remember(ASKED, asked)  # they go on in it without a yes: no sign that they do not want it
        return None
    _decline(exchange, asked)
    no = said in exchange.words.no or said in exchange.service.words(asked).no
    return exchange.say(sentences.SAME_LANGUAGE) if no else None


def hear_foreign_keyword(exchange: Exchange) -> tuple[str, str] | None:
    """The flow that a text begins in another of our languages, and what was written after the keyword.

    Somebody who has not chosen a language is written to in that one from now on: it is the word they started with.
    """
    found = exchange.service.shelf.foreign_keyword(exchange.inbound.body, offered(exchange))
    if found is None:
        return None
    flow_id, rest, code = found
    if "language" not in exchange.attributes:
        _set(exchange, code)
    return flow_id, rest


def hear_name(exchange: Exchange) -> str | None:
    """What is said to a text that is nothing but the name of a language; None for any other text."""
    code = _named(exchange, exchange.inbound.body, numbers=False)
    return None if code is None or code == exchange.language else _set(exchange, code)


def spoken(exchange: Exchange) -> str | None:
    """The language a text seems to be in, where that is not the one they are written to in."""
    return guess(exchange.inbound.body, exchange.language, offered(exchange))


def asks_to_stop(exchange: Exchange, found: str | None) -> bool:
    """Whether a text asks for no more texts in the language it seems to be in: no offer comes before that."""
    return found is not None and hear(exchange.inbound.body, exchange.service.words(found)) is Command.STOP


def offer(exchange: Exchange, found: str | None, revision_id: int | None = None) -> str | None:
    """The question whether to go on in the language a text seems to be in, in both languages; None where there is none,
    it was declined before, or the waiting conversation does not speak it."""
    declined = str(exchange.attributes.get(DECLINED) or "").split()
    if found is None or found in declined:
        return None
    if revision_id is not None and exchange.service.shelf.revision(revision_id, found).language != found:
        return None
    exchange.remember(ASKED, found)
    named = {"language": LANGUAGES[found]}
    theirs = fill(exchange.service.words(found).say(sentences.OFFER_LANGUAGE), named)
    return exchange.spoken(f"{theirs}\n{exchange.say(sentences.OFFER_LANGUAGE, **named)}")


def spoken_at(exchange: Exchange, turn: Turn) -> str | None:
    """As `spoken`, at a question; never for an answer from a list, a personal one or a few words: names are no sign."""
    taken = [event for event in turn.events if isinstance(event, AnswerGiven)]
    if any(event.kind is not Kind.TEXT or event.personal for event in taken):
        return None
    if taken and exchange.inbound.body.count(" ") < FEWEST_SPACES:
        return None
    return spoken(exchange)


def _named(exchange: Exchange, text: str, *, numbers: bool = True) -> str | None:
    """The language a text names: by its number in the menu, or its own or English name."""
    said = fold(text[:LONGEST_CHOICE])
    codes = offered(exchange)
    if numbers and re.fullmatch(r"\d{1,2}", said):
        return codes[int(said) - 1] if 1 <= int(said) <= len(codes) else None
    names = {fold(name): code for code in codes for name in (LANGUAGES[code], IN_ENGLISH[code])}
    words = [said, *(said.removesuffix(f" {end}") for end in ("please", "pls"))]
    return next((names[word] for word in words if word in names), None)


def _set(exchange: Exchange, code: str) -> str:
    exchange.language = code
    exchange.words = exchange.service.words(code)
    exchange.stored.set_language(exchange.contact_id, code)
    exchange.remember("language", code)
    return exchange.say(sentences.NEW_LANGUAGE, language=LANGUAGES[code])


def _decline(exchange: Exchange, code: str) -> None:
    declined = str(exchange.attributes.get(DECLINED) or "").split()
    exchange.remember(DECLINED, " ".join(sorted({*declined, code})))
