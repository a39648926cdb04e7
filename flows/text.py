"""Texts: folding for comparison, cleaning for storage, placeholders, and what a text costs as SMS."""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from flows.values import Value

INSERTED_LENGTH = 160
"""Characters of a resident's words that a placeholder may bring into one of our texts."""

OWN_NAMES = frozenset({"organisation", "keywords"})
"""Placeholders filled by the service itself: inserted whole, their web addresses left alone."""

# Zero-width and bidi marks, variation selectors, the keycap and skin tones: seen by nobody, meant by nobody.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_UNSEEN = re.compile(f"[{_INVISIBLE}{_CONTROL.pattern[1:]}")
# Marks of Latin, Greek, Cyrillic and Arabic only: in Bengali a mark is a vowel, and dropping it changes the word.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0"
    f"{_INVISIBLE}]"
)
# The last row: letters that Arabic and Urdu keyboards have twice.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
    | {"ی": "ي", "ى": "ي", "ک": "ك", "ہ": "ه", "ۂ": "ه", "ة": "ه", "ۃ": "ه", "ٱ": "ا", "ء": "ي"}
)
_CYRILLIC = str.maketrans("асеорхуіѕјԁһкмтв", "aceopxyisjdhkmtb")
"""Cyrillic letters that look like Latin ones, capital or small: a phone with two keyboards mixes them in one word."""
_FIRST_CYRILLIC = "\u0400"
_MIXED = re.compile(r"[^\W\d_]*(?:[a-z][\u0400-\u052f]|[\u0400-\u052f][a-z])[^\W\d_]*")
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
"""Chinese characters, for a regular expression: each is taken for a word, as nothing parts them."""
_BESIDE_HAN = re.compile(rf"(?<=[{HAN}])(?=\w)|(?<=\w)(?=[{HAN}])")
_APOSTROPHE = re.compile("(?<=[^\\W_])['\u2018\u2019\u02bc\u00b4`\uff07](?=[^\\W_])")
_ASCII_ENDS = " \t\n!\"#%&'()*,-./:;?@[\\]_{}"

_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_LINE_BREAK = re.compile("\r\n?|[\u0085\u2028\u2029]")

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)(?:\|([^{}|]*))?\}")
MIN_BASE64 = 60
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")

_DOT_OF_LINK = re.compile(r"(?<=[^\W_])[.\u3002\uff0e\uff61](?=[^\W\d_]{2})")

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_SMART = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2022\u2212", "-")
    | dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " ")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
    | {"\u2026": "..."}
)


def fold(text: str) -> str:
    """The text as compared: lower case, no accents, apostrophes or invisible marks, single spaces, bare ends.

    Chinese characters get spaces between them; the letters that Arabic and Urdu share are one.

    A text of nothing but punctuation keeps it, so that `?` can be one of an author's words.
    """
    return _known(text) if len(text) <= LONGEST_KNOWN else _folded(text)


def _folded(text: str) -> str:
    if text.isascii():
        plain = text.lower()
        if plain.isalnum():
            return plain  # a single word, as most are
        if not plain.isprintable():
            plain = _CONTROL.sub("", plain)
        if "'" in plain or "`" in plain:
            plain = _APOSTROPHE.sub("", plain)
        plain = " ".join(plain.split())
        return plain.strip(_ASCII_ENDS) or plain
    return _fold_letters(text)


def _fold_letters(text: str) -> str:
    """`fold` where the letters are not only English ones."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    plain = _APOSTROPHE.sub("", plain)
    plain = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFKD", plain))).translate(_LETTERS)
    highest = max(plain, default="")
    if highest >= HAN[0]:
        plain = _BESIDE_HAN.sub(" ", plain)
    if highest >= _FIRST_CYRILLIC:
        plain = _MIXED.sub(lambda word: word.group().translate(_CYRILLIC), plain)
    plain = " ".join(plain.split())
    stripped = plain.strip(_ASCII_ENDS)
    if not stripped.isascii():
        stripped = _strip_punctuation(stripped)
    return stripped or plain


LONGEST_KNOWN = 24
"""Characters of the longest text whose folding is remembered: people write the same words again and again."""
_known = lru_cache(maxsize=2048)(_folded)


def _strip_punctuation(text: str) -> str:
    start, end = 0, len(text)
    while start < end and (text[start] == " " or unicodedata.category(text[start])[0] == "P"):
        start += 1
    while end > start and (text[end - 1] == " " or unicodedata.category(text[end - 1])[0] == "P"):
        end -= 1
    return text[start:end]


def unwrapped(text: str) -> str:
    """The text inside a body that a gateway handed over as base64, or the body as it is.

    Twilio does so with some long messages. At least 60 characters of the alphabet, a length that four divides, and
    readable text inside: nobody writes so.
    """
    if len(text) < MIN_BASE64 or len(text) % 4 or not _BASE64.fullmatch(text):
        return text
    try:
        decoded = base64.b64decode(text).decode()
    except UnicodeDecodeError:
        return text
    return text if _UNSTORABLE.search(decoded) else decoded


def with_plain_digits(text: str) -> str:
    """Digits of any script, and fullwidth ones, as 0 to 9; nothing else moves."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def clean(text: str) -> str:
    """The text as stored: always encodable as UTF-8, legal in XML 1.0, line breaks as `\\n`.

    Bidirectional marks stay: they belong to the words of people who write right to left; whoever shows the text
    isolates it.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSTORABLE.sub("", _LINE_BREAK.sub("\n", text))


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs as SMS. `units` are septets or UTF-16 units; `forced_by` the characters that cost UCS-2."""

    encoding: str
    units: int
    count: int
    forced_by: str = ""


def segments(text: str) -> Segments:
    """How many SMS a text takes: 160 then 153 septets each in GSM-7, 70 then 67 units in UCS-2.

    Neither an extended character (two septets) nor a surrogate pair is ever split between two segments.
    """
    outside = [character for character in text if character not in _GSM_BASIC and character not in _GSM_EXTENDED]
    if not outside:
        sizes = [2 if character in _GSM_EXTENDED else 1 for character in text]
        return Segments("GSM-7", sum(sizes), _parts(sizes, 160, 153))
    sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Segments("UCS-2", sum(sizes), _parts(sizes, 70, 67), "".join(dict.fromkeys(outside)))


def _parts(sizes: list[int], single: int, part: int) -> int:
    if sum(sizes) <= single:
        return 1 if sizes else 0
    parts, room = 1, part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts


def smart(text: str) -> str:
    """The text with typographic marks as their GSM-7 twins: one curly quote would make every SMS cost double.

    Letters are never touched: ŵ, ę or ț carry the language, so their price is paid.
    """
    return text if text.isascii() and "`" not in text and "\t" not in text else text.translate(_SMART)


class Values(Protocol):
    """Where placeholders get their values: a dict, or anything that looks like one."""

    def get(self, name: str, /) -> Value:
        """The value of a name; None where there is none."""


def fill(template: str, values: Values) -> str:
    """The template with its placeholders filled, in one pass: what is inserted is data and never expanded again.

    A missing or empty value takes the text after `|`, or nothing.
    """
    if "{" not in template:
        return template

    def value_of(match: re.Match[str]) -> str:
        name, default = match.group(1), match.group(2) or ""
        value = values.get(name)
        if value is None or value == "":
            return default
        if name in OWN_NAMES:
            return str(value)
        return inserted(str(value)) or default

    return PLACEHOLDER.sub(value_of, template)


def inserted(text: str) -> str:
    """A resident's words as they may stand in our text: one line, 160 characters, no link a phone would open."""
    line = " ".join(_INVISIBLE_IN_LINE.sub("", clean(text[: INSERTED_LENGTH * 4])).split())
    line = _DOT_OF_LINK.sub(". ", line.replace("://", ": "))
    return line if len(line) <= INSERTED_LENGTH else line[: INSERTED_LENGTH - 3].rstrip() + "..."


# Overrides would turn our own words around as well; zero-width marks would glue a defanged link together again.
_INVISIBLE_IN_LINE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
