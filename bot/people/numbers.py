"""Phone numbers as people write them: read, judged, and which country they belong to."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib import import_module
from typing import Any

from bot.champions import sentences
from bot.mistakes import ToldError
from bot.people.calling_codes import COUNTRIES
from storage.secrets import Secrets

CHANNELS = ("sms", "whatsapp")
"""By which one number may be reached."""
MOST_DIGITS = 19
"""Of one number, with any way to begin it; more are several numbers."""
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d\d", re.IGNORECASE | re.ASCII)
"""447700900123 as a spreadsheet shows it in a narrow column, and then saves it: 4.47701E+11. The rest is lost."""
_DRAMA = re.compile(r"\+447700900\d{3}")
"""Ofcom's numbers for drama, which ring nowhere: no number to the library, and every test and demo lives on them."""


_NO_BRITISH_MOBILE = re.compile(r"sms:\+44(?!7(?:[1-57-9]|624)).*")
"""By Ofcom's numbering plan: mobiles begin with 07, but not 070 (personal numbers, as dear as premium ones) or 076
(pagers, except the Isle of Man's 07624). Told by its beginning alone: every text that comes in is looked at so."""


class NumberError(ToldError):
    """A number that cannot be texted; the message says what is wrong with it, without repeating it."""


@cache
def _library() -> Any:
    """The library, loaded when the first number is judged: 70 milliseconds and 6 MiB that most processes never need."""
    return import_module("phonenumbers")


def e164(text: str, region: str, countries: Collection[str]) -> str:
    """The number a person wrote, as +447700900123.

    Args:
        text: with or without spaces, marks and a country code.
        region: the country of a number without a country code.
        countries: where we may text.

    Raises:
        NumberError: it is no number of a phone that can be texted, or one of another country.
    """
    if sum(map(str.isdecimal, text)) > MOST_DIGITS:
        raise NumberError(sentences.MORE_NUMBERS)
    if _SHORTENED.fullmatch(text.strip()):
        raise NumberError(sentences.SHORTENED)
    library = _library()
    try:
        number = library.parse(text[:40], region)
    except library.NumberParseException:
        raise NumberError(sentences.NO_NUMBER) from None
    written = str(library.format_number(number, library.PhoneNumberFormat.E164))
    # `is_possible_number` takes local numbers, without the digits of their area, for possible ones.
    possible = library.is_possible_number_with_reason(number) == library.ValidationResult.IS_POSSIBLE
    if not possible or number.extension:
        raise NumberError(sentences.WRONG_LENGTH)
    if COUNTRIES.get(number.country_code) not in countries:
        raise NumberError(sentences.OTHER_COUNTRY, countries=", ".join(sorted(countries)))
    if _DRAMA.fullmatch(written):
        return written
    if not library.is_valid_number(number):
        raise NumberError(sentences.NO_NUMBER)
    if library.number_type(number) not in _textable(library):
        raise NumberError(sentences.NO_MOBILE)
    return written


@cache
def _textable(library: Any) -> frozenset[int]:
    kinds = library.PhoneNumberType
    return frozenset({kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE})


def is_landline(number: str) -> bool:
    """Whether a number in E.164 is known to be no mobile phone's: Twilio refuses a text to it (its error 21614)."""
    library = _library()
    try:
        kind = library.number_type(library.parse(number))
    except library.NumberParseException:
        return False
    return kind != library.PhoneNumberType.UNKNOWN and kind not in _textable(library)


def is_no_mobile(address: str) -> bool:
    """Whether a text came from a British landline, premium number or pager: no answer should go there."""
    return _NO_BRITISH_MOBILE.fullmatch(address) is not None


def former(address: str) -> str:
    """What stands for an address that has changed hands, with those who had it before."""
    return f"before {address}"


def hashes_of(secrets: Secrets, number: str) -> list[bytes]:
    """By which everybody is found who has a number, or had it before it changed hands, on any channel."""
    addresses = [f"{channel}:{number}" for channel in CHANNELS]
    return [secrets.hash(each) for each in (*addresses, *map(former, addresses))]


def country_of(address: str) -> str:
    """The country of an address, by its calling code or its WhatsApp id; empty where none shows."""
    name = address.partition(":")[2]
    if not name.startswith("+"):
        return name[:2] if name[2:3] == "." else ""
    for digits in (1, 2, 3):
        country = COUNTRIES.get(int(name[1 : 1 + digits] or 0))
        if country is not None:
            return country
    return ""
