"""The number a reply begins with, and whether it answers or only counts something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from flows.reading import Reply, lead_in, lead_out, skip
from flows.words import Words

_PLAIN = re.compile(r"([-+−]?)(\d{1,9})(x*)")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+")
_DECIMAL = re.compile(r"([-+−]?)(\d{1,9})\.(\d{1,6})")
_FRACTION = re.compile(r"(\d{1,9})[/⁄](\d{1,9})")
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
    """A number at the beginning of a reply. `end` is the word after it."""

    value: float
    shape: Shape
    end: int
    top: int = 0


def numeral_at(reply: Reply, start: int, words: Words, units: frozenset[str] = frozenset()) -> Numeral | None:
    """The number that begins at a word, or None.

    Args:
        reply: the reply taken apart.
        start: the word to look at.
        words: the language of the reply.
        units: words this question counts; before one of these a number does answer.
    """
    if start < len(reply.words) - 1 and reply.words[start] in words.numbering:
        start += 0 if start + 1 in reply.breaks and reply.mark_after(start).strip() != "." else 1  # "no. 4"
    if start >= len(reply.words):
        return None
    word = reply.words[start]
    found = _value(word, words)
    if found is None:
        return None
    value, shape, top = found
    end = start + 1
    if reply.text[: reply.starts[start]][-1:] in tuple(_UNIT_SIGNS):
        return Numeral(value, Shape.COUNTING, end)
    if shape is Shape.DECIMAL and reply.phrase(end, 1) in units:
        return Numeral(value, shape, end + 1)
    if shape is Shape.PLAIN:
        if value >= 20 and value % 10 == 0 and word in words.numbers and end not in reply.breaks:
            ones = words.numbers.get(reply.phrase(end, 1), 0)
            if 0 < ones < 10:  # "twenty one"
                return _in_company(reply, end, value + ones, words, units)
        return _in_company(reply, start, value, words, units)
    if shape is Shape.ORDINAL:
        after, _ = lead_in(reply, words, end)
        return Numeral(value, shape, end) if after >= len(reply.words) else None
    if shape is Shape.OF and _counts(reply, end, words) is Shape.COUNTING:
        return Numeral(value, Shape.COUNTING, end)
    return Numeral(value, shape, end, top)


def _value(word: str, words: Words) -> tuple[float, Shape, int] | None:
    if word in words.numbers:
        return words.numbers[word], Shape.PLAIN, 0
    if word in words.ordinals:
        return words.ordinals[word], Shape.ORDINAL, 0
    if not word[-1].isalnum() and len(word) < 2:
        return None
    plain = _PLAIN.fullmatch(word)
    if plain:
        sign = -1 if plain.group(1) in ("-", "−") else 1
        return sign * int(plain.group(2)), Shape.PLAIN, 0
    if _THOUSANDS.fullmatch(word) and len(word) <= 12:
        return int(word.replace(",", "")), Shape.PLAIN, 0
    decimal = _DECIMAL.fullmatch(word)
    if decimal:
        return (
            float(
                f"{'-' if decimal.group(1) in ('-', '−') else ''}{int(decimal.group(2))}.{_digits(decimal.group(3))}"
            ),
            (Shape.DECIMAL),
            0,
        )
    fraction = _FRACTION.fullmatch(word)
    if fraction:
        return int(fraction.group(1)), Shape.OF, int(fraction.group(2))
    if word[0].isdecimal():
        return 0, Shape.COUNTING, 0
    return None


def _digits(text: str) -> str:
    """Digits of any script as ASCII."""
    return "".join(str(int(character)) for character in text)


def _in_company(reply: Reply, start: int, value: float, words: Words, units: frozenset[str]) -> Numeral:
    """A whole number with what stands behind it."""
    end = start + 1
    mark = reply.mark_after(start)[:1]
    if mark in tuple(_UNIT_SIGNS) or (mark == "*" and "*" not in reply.text[: reply.starts[start]]):
        return Numeral(value, Shape.COUNTING, end)
    if reply.phrase(end, 2) == "out of" or reply.phrase(end, 1) == "of":
        at = end + (2 if reply.words[end] == "out" else 1)
        top = _value(reply.words[at], words) if at < len(reply.words) else None
        if top is not None and top[1] is Shape.PLAIN:
            return Numeral(value, Shape.OF, at + 1, int(top[0]))
    if end < len(reply.words) and reply.words[end] in units:
        return Numeral(value, Shape.PLAIN, end + 1)
    if _another(reply, end, value, words):
        return Numeral(value, Shape.SEVERAL, end)
    counts = _counts(reply, end, words, spelled=not reply.words[start][0].isdecimal())
    return Numeral(value, counts or Shape.PLAIN, end)


def _counts(reply: Reply, at: int, words: Words, *, spelled: bool = False) -> Shape | None:
    """Whether the word after a number is something that number counts."""
    if at >= len(reply.words) or at in reply.breaks:
        return None
    word = reply.words[at]
    if word in words.counted:
        return Shape.COUNTING
    if skip(reply, at, words.idioms) > at:
        return None
    if word in words.uncounted or word in words.joining or word in words.courtesy or not word[0].isalnum():
        return None
    if word.endswith("ed") or _value(word, words) is not None:
        return None  # "4 waited hours", "4 3 hours late"
    if _plural(word, words):
        return Shape.MAYBE_COUNTING
    following = reply.words[at + 1] if at + 1 < len(reply.words) and at + 1 not in reply.breaks else ""
    if following in words.counted or (following and _plural(following, words)):
        return Shape.MAYBE_COUNTING  # "4 rude nurses"
    if spelled and lead_in(reply, words, at)[0] == at and word not in words.negating:
        return Shape.MAYBE_COUNTING  # "one nurse was rude" counts, without a plural
    return None


def _plural(word: str, words: Words) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word not in words.uncounted


def _another(reply: Reply, at: int, value: float, words: Words) -> bool:
    """Whether a second number stands right behind the first, alone or after `or`, `to`, `maybe`."""
    broken = at in reply.breaks
    if skip(reply, at, words.idioms) > at:
        return False  # "4 no one came"
    if at < len(reply.words) and (reply.words[at] in _BETWEEN or reply.words[at] in words.hedges):
        at += 1
    if at >= len(reply.words):
        return False
    second = _value(reply.words[at], words)
    if second is None or second[1] is Shape.ORDINAL or second[0] == value:
        return False
    if second[1] is not Shape.PLAIN:
        return not broken
    after = _counts(reply, at + 1, words)
    if after is not None:
        return not broken and after is not Shape.COUNTING
    end, _ = lead_out(reply, words, at)
    return end <= at + 1 or at + 1 in reply.breaks or not broken or reply.words[at + 1] in _BETWEEN


_BETWEEN = frozenset({"or", "and", "to", "not", "no", "maybe", "n", "plus", "then"})
