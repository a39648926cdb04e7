"""Taking out of free text what says who somebody is: numbers, addresses and links that people write into answers.

Phone numbers are found by the phonenumbers library (a port of Google's libphonenumber, offline); the checks of NHS
numbers (modulus 11) and cards (Luhn) keep other long numbers from being taken for them. Any other run of eight digits
or more is taken out all the same: it is somebody's number, whatever it counts. Names are not found: no rule finds them
safely, and only a person who reads does. How often it is right is measured in `tests/bot/exports/test_masking.py`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module

from flows.text import with_plain_digits

EMAIL, URL, POSTCODE, NHS, CARD, PHONE, NUMBER, INSURANCE = (
    f"[{what} removed]"
    for what in (
        "e-mail", "link", "postcode", "NHS number", "card number", "phone number", "number",
        "National Insurance number",
    )
)  # fmt: skip

_AT = r"(?:@|\s?\(at\)\s?|\s\[at\]\s|＠)"
_EMAIL = re.compile(rf"[\w.+'-]+{_AT}[\w-]+(?:\s?(?:\.|\(dot\)|\s\[dot\])\s?[\w-]+)+", re.IGNORECASE)
_SPELT = re.compile(r"\b[\w.+-]+ at (?:[\w-]+ dot )+(?:com|org|net|uk|co)\b(?: dot uk\b)?", re.IGNORECASE)
"""An e-mail address as it is said: ann at example dot com."""
_INSURANCE = re.compile(r"\b[A-Z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D]\b", re.IGNORECASE)
_OH = re.compile(r"(?<=\d)[oO](?=[\doO])|\b[oO](?=\d{3})|(?<=\d[oO])[oO](?=\d)")
"""The letter where a nought was meant, as in O7700."""
ENDINGS = "com|org|net|info|biz|uk|co|io|me|eu|ly|wales|scot|london|app|dev|gov|nhs|tv|link|site|online"
"""How the names of web sites end that people write."""
_URL = re.compile(
    rf"\b(?:https?://|hxxps?://|www\.)\S+|(?<![@\w.])(?:[a-z0-9-]+\.)+(?:{ENDINGS})\b(?:/\S*)?", re.IGNORECASE
)
_POSTCODE = re.compile(
    r"\b(?:GIR\s?0AA|(?:[A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}|[A-PR-UWYZ]\d[A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y]\d"
    r"[ABEHMNPRVWXY])[\s.-]{0,3}\d[ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
"""Whole postcodes only: a district such as E13 covers thousands of homes."""
_DIGITS = re.compile(r"(?<![\d£$€.])(?:\+|00)?\(?\d(?:[\s().\-–/_]{0,3}\d){7,22}(?!\d)")
_NOT_DIGITS = re.compile(r"\D")
_DATES = re.compile(r"(?:\d{1,2}[\s./-]{1,2}\d{1,2}[\s./-]{1,2}(?:19|20)\d\d|(?:19|20)\d\d-\d{1,2}-\d{1,2})")


def masked(text: str, region: str = "GB") -> str:
    """The text with e-mail addresses, links, postcodes, NHS, card, phone and other long numbers named and taken out."""
    if len(text) < 5:
        return text
    before = plain = _OH.sub("0", with_plain_digits(text))
    for pattern, said in (
        (_EMAIL, EMAIL), (_SPELT, EMAIL), (_URL, URL), (_INSURANCE, INSURANCE), (_POSTCODE, POSTCODE),
    ):  # fmt: skip
        plain = pattern.sub(said, plain)
    if sum(character.isdigit() for character in plain) >= 6:
        plain = _DIGITS.sub(lambda found: _named(found[0]), plain)
        # Imported at its first use: texts are answered without it, and it would hold up the first of them.
        library = import_module("phonenumbers")
        for match in reversed(list(library.PhoneNumberMatcher(plain, region, leniency=library.Leniency.POSSIBLE))):
            if len(_NOT_DIGITS.sub("", match.raw_string)) >= 9:
                plain = plain[: match.start] + PHONE + plain[match.end :]
    return text if plain == before else plain


@lru_cache(maxsize=4096)
def _named(found: str) -> str:
    if _DATES.fullmatch(found.strip()):
        return found
    digits = _NOT_DIGITS.sub("", found)
    if found.startswith(("+", "00", "(", "0")):
        return PHONE
    if len(digits) == 10 and _is_nhs_number(digits):
        return NHS
    if 13 <= len(digits) <= 19 and _passes_luhn(digits):
        return CARD
    return NUMBER


def _is_nhs_number(digits: str) -> bool:
    """Modulus 11, as the NHS Data Dictionary gives it."""
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check != 10 and check % 11 == int(digits[9])


def _passes_luhn(digits: str) -> bool:
    """The check digit of cards (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
