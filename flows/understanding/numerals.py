"""The number a reply begins with, and whether it answers or only counts something."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from flows.understanding.reading import Reply, is_sign, lead_in, lead_out, skip
from flows.words import Words

_PLAIN = re.compile(r"([-+−]?)(\d{1,9})(x*)")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+")
_WITH_UNIT = re.compile(r"(\d{1,9})([^\d\s.,:/⁄]+)")
_DECIMAL = re.compile(r"([-+−]?)(\d{1,9})[.,](\d{1,6})")
_FRACTION = re.compile(r"(\d{1,9})[/⁄](\d{1,9})")
_HAN_NUMERAL = re.compile("[零一二三四五六七八九十]")
_POINT = re.compile(r"(?:^|\s)[-+−]?[.,]$")
"""Before a figure: it is a part of one, and no whole number."""
_UNIT_SIGNS = "%£$€°"


class Shape(StrEnum):
    """What kind of number stands at the beginning."""

    PLAIN = "plain"
    ORDINAL = "ordinal"
    DECIMAL = "decimal"
    OF = "of"
    """x out of y; `top` is y."""
    COUNTING = "counting"
    """It counts or names something: 2 hours, 4pm."""
    MAYBE_COUNTING = "maybe counting"
    SEVERAL = "several"
    """Two numbers, or a range."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a reply. `end` is the word after it, `top` the y of "x out of y"."""

    value: float
    shape: Shape
    end: int
    top: int = 0


def numeral_at(reply: Reply, start: int, words: Words, units: frozenset[str] = frozenset()) -> Numeral | None:
    """The number that begins at a word, and what the words behind it make of it; None where there is no number.

    Args:
        reply: the reply taken apart.
        start: the word to look at.
        words: the language of the reply.
        units: words this question counts; before one of these a number does answer.
    """
    if start < len(reply.words) - 1 and reply.words[start] in words.numbering:
        start += 0 if start + 1 in reply.breaks and reply.mark_after(start).strip() != "." else 1  # "no. 4"
    found = value_at(reply, start, words)
    if found is None:
        return None
    end = found.end
    glued = _WITH_UNIT.fullmatch(reply.words[start])
    if glued is not None and glued.group(2) in units:
        return Numeral(int(glued.group(1)), Shape.PLAIN, end)  # "2h"
    if glued is not None and glued.group(2) in words.hedges:
        return Numeral(int(glued.group(1)), Shape.MAYBE_COUNTING, end)  # "8ish"
    sign = reply.text[: reply.starts[start]][-1:]
    if sign in tuple(_UNIT_SIGNS) and sign not in units:
        return Numeral(found.value, Shape.COUNTING, end)
    if found.shape is Shape.DECIMAL and reply.phrase(end, 1) in units:
        return Numeral(found.value, Shape.DECIMAL, end + 1)
    if found.shape is Shape.PLAIN:
        return _in_company(reply, start, found, words, units)
    if found.shape is Shape.ORDINAL:
        return ordinal_at(reply, start, words)
    if found.shape is Shape.OF and _counts(reply, end, words) is Shape.COUNTING:
        return Numeral(found.value, Shape.COUNTING, end)
    return found


def only_number(reply: Reply, start: int, end: int, words: Words) -> int | None:
    """Where the one number of a short stretch of words stands; None where there are more, or it names something:
    room 4, at 4, more than 4.
    """
    found, at = [], start
    while at < end:
        number = value_at(reply, at, words)
        found += [at] if number is not None else []
        at = number.end if number is not None else at + 1
    if len(found) != 1:
        return None
    before = reply.words[found[0] - 1] if found[0] else ""
    names = before in words.counted or before in words.changing or (before in words.joining and len(before) <= _SHORT)
    return None if names else found[0]


_SHORT = 2
"""Letters of at, in, by: before a number they make it a time or a place."""


def ordinal_at(reply: Reply, start: int, words: Words) -> Numeral | None:
    """The ordinal at a word, where nothing but courtesy and the words for a choice stand behind it."""
    found = value_at(reply, start, words)
    if found is None or found.shape is not Shape.ORDINAL:
        return None
    after = _past_ordinal(reply, found.end, words)
    return Numeral(found.value, Shape.ORDINAL, after) if after >= len(reply.words) else None


def _past_ordinal(reply: Reply, at: int, words: Words) -> int:
    """`the second one please`: courtesy, and the words for a choice, may stand behind an ordinal."""
    while at < len(reply.words):
        after = skip(reply, at, words.courtesy)
        word = reply.words[at]
        if after == at and not (word in words.numbering or words.numbers.get(word) == 1 or is_sign(word)):
            break
        at = max(after, at + 1)
    return at


def value_at(reply: Reply, start: int, words: Words) -> Numeral | None:
    """The number written at a word, in figures or as the longest number word, whatever stands behind it."""
    if start >= len(reply.words):
        return None
    word = reply.words[start]
    if word[0].isdecimal() and _POINT.search(reply.text, 0, reply.starts[start]):
        return Numeral(0, Shape.COUNTING, start + 1)  # ".5"
    cardinals, ordinals = _number_words(words)
    end = skip(reply, start, cardinals)
    if end > start:
        value = words.numbers[reply.phrase(start, end - start)]
        if value >= 20 and value % 10 == 0 and end not in reply.breaks:
            ones = words.numbers.get(reply.phrase(end, 1), 0)
            if 0 < ones < 10:  # "twenty one"
                return Numeral(value + ones, Shape.PLAIN, end + 1)
        if (hundreds := _hundreds(reply, end, value, words)) is not None:
            return hundreds
        return Numeral(value, Shape.PLAIN if value % 1 == 0 else Shape.DECIMAL, end)
    end = skip(reply, start, ordinals)
    if end > start:
        return Numeral(words.ordinals[reply.phrase(start, end - start)], Shape.ORDINAL, end)
    glued = _WITH_UNIT.fullmatch(word)
    if glued is not None and glued.group(2) in words.ordinal_ends:
        return Numeral(int(glued.group(1)), Shape.ORDINAL, start + 1)  # "2aad"
    return _figure(word, start + 1)


def _hundreds(reply: Reply, at: int, count: float, words: Words) -> Numeral | None:
    """`two hundred and fifty`: what a small number word and one for hundreds or thousands come to."""
    cardinals = _number_words(words)[0]
    end = skip(reply, at, cardinals)
    unit = words.numbers[reply.phrase(at, end - at)] if end > at else 0
    if unit not in (100, 1000) or not 1 <= count < 100 or at in reply.breaks:
        return None
    behind = skip(reply, end, words.between)
    rest = value_at(reply, behind, words) if behind not in reply.breaks else None
    if rest is None or rest.shape is not Shape.PLAIN or not 0 < rest.value < unit or reply.words[behind].isdecimal():
        return Numeral(count * unit, Shape.PLAIN, end)
    return Numeral(count * unit + rest.value, Shape.PLAIN, rest.end)


@lru_cache(maxsize=64)
def _number_words(words: Words) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(words.numbers), frozenset(words.ordinals)


def _figure(word: str, end: int) -> Numeral | None:
    if not word[-1].isalnum() and len(word) < 2:
        return None
    plain = _PLAIN.fullmatch(word)
    if plain:
        sign = -1 if plain.group(1) in ("-", "−") else 1
        return Numeral(sign * int(plain.group(2)), Shape.PLAIN, end)
    if _THOUSANDS.fullmatch(word) and len(word) <= 12:
        return Numeral(int(word.replace(",", "")), Shape.PLAIN, end)
    decimal = _DECIMAL.fullmatch(word)
    if decimal:
        sign = -1 if decimal.group(1) in ("-", "−") else 1
        return Numeral(sign * float(f"{int(decimal.group(2))}.{_digits(decimal.group(3))}"), Shape.DECIMAL, end)
    fraction = _FRACTION.fullmatch(word)
    if fraction:
        return Numeral(int(fraction.group(1)), Shape.OF, end, int(fraction.group(2)))
    if len(word) == 1 and _HAN_NUMERAL.fullmatch(word):
        return Numeral(unicodedata.numeric(word), Shape.PLAIN, end)
    return Numeral(0, Shape.COUNTING, end) if word[0].isdecimal() else None


def _digits(text: str) -> str:
    """Digits of any script as ASCII."""
    return "".join(str(int(character)) for character in text)


def _in_company(reply: Reply, start: int, number: Numeral, words: Words, units: frozenset[str]) -> Numeral:
    """A whole number with what stands behind it."""
    end, value = number.end, number.value
    mark = reply.mark_after(end - 1)[:1]
    if mark in tuple(_UNIT_SIGNS) or (mark == "*" and "*" not in reply.text[: reply.starts[start]]):
        return Numeral(value, Shape.COUNTING, end)
    if mark == "+":
        return Numeral(value, Shape.MAYBE_COUNTING, end)
    behind = skip(reply, end, words.scores)
    top = value_at(reply, behind, words) if behind > end else None
    if top is not None and top.shape is Shape.PLAIN:
        return Numeral(value, Shape.OF, top.end, int(top.value))
    after = skip(reply, end, units)
    if after > end:
        return Numeral(value, Shape.COUNTING if _goes_on(reply, after, words) else Shape.PLAIN, after)
    if _another(reply, end, value, words):
        return Numeral(value, Shape.SEVERAL, end)
    counts = _counts(reply, end, words, spelled=not reply.words[start][0].isdecimal())
    return Numeral(value, counts or Shape.PLAIN, end)


def _goes_on(reply: Reply, at: int, words: Words) -> bool:
    """Whether a figure with its unit is only the beginning of one: `2 hours 30 minutes`, `2 hours and a half`."""
    if "." in reply.mark_after(at - 1) or "\n" in reply.mark_after(at - 1):
        return False
    behind = skip(reply, at, words.between)
    return skip(reply, at, words.counted) > at or value_at(reply, behind, words) is not None


def _counts(reply: Reply, at: int, words: Words, *, spelled: bool = False) -> Shape | None:
    """Whether the word after a number is something that number counts."""
    if at >= len(reply.words) or at in reply.breaks:
        return None
    word = reply.words[at]
    if skip(reply, at, words.courtesy) == len(reply.words):
        return None  # "one x"
    if skip(reply, at, words.counted) > at or _is_month(reply, at, words):
        return Shape.COUNTING
    if skip(reply, at, words.idioms) > at:
        return None
    if word in words.uncounted or word in words.joining or not word[0].isalnum():
        return None
    if skip(reply, at, words.courtesy) > at or value_at(reply, at, words) is not None:
        return None  # "4 thanks", "4 3 hours late"
    if words.language != ENGLISH:
        # Only English plurals are known here: whatever else stands behind a number may be what it counts.
        return None if lead_in(reply, words, at)[0] > at or word in words.negating else Shape.MAYBE_COUNTING
    if word.endswith("ed") and not spelled:
        return None  # "4 waited hours", but not "two faced"
    if len(word) == 1 and word.isascii():
        return Shape.MAYBE_COUNTING  # "2 b or not 2 b"
    if _plural(word, words):
        return Shape.MAYBE_COUNTING
    following = reply.words[at + 1] if at + 1 < len(reply.words) and at + 1 not in reply.breaks else ""
    if following in words.counted or (following and _plural(following, words)):
        return Shape.MAYBE_COUNTING  # "4 rude nurses"
    if spelled and lead_in(reply, words, at)[0] == at and word not in words.negating:
        return Shape.MAYBE_COUNTING  # "one nurse was rude" counts, without a plural
    return None


def _is_month(reply: Reply, at: int, words: Words) -> bool:
    """`4 May 2024`; but "4 may be too high" goes on in words."""
    ends = at + 1 == len(reply.words) or reply.words[at + 1].isdecimal()
    return ends and reply.words[at] in words.months


def _plural(word: str, words: Words) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in words.uncounted


def _another(reply: Reply, at: int, value: float, words: Words) -> bool:
    """Whether a second number stands right behind the first, alone or after `or`, `to`, `maybe`."""
    broken = at in reply.breaks
    if skip(reply, at, words.idioms) > at:
        return False  # "4 no one came"
    behind = max(skip(reply, at, words.between), skip(reply, at, words.span), skip(reply, at, words.hedges))
    joined, at = behind > at, behind
    second = value_at(reply, at, words)
    if second is None or second.shape is Shape.ORDINAL or second.value == value:
        return False
    if second.shape is not Shape.PLAIN:
        return not broken
    after = _counts(reply, second.end, words)
    if after is not None:
        return not broken and (joined or after is not Shape.COUNTING)
    end, _ = lead_out(reply, words, at)
    alone = end <= second.end or second.end in reply.breaks or not broken
    return alone or skip(reply, second.end, words.between) > second.end


ENGLISH = "en"
