"""Distributions of numbers and dates: bands wide enough to be read, whose borders do not depend on who answered."""

from __future__ import annotations

import math
from collections.abc import Iterable

MOST_BANDS = 12
_STEPS = (1, 2, 5)


def bands(values: Iterable[str]) -> dict[str, str]:
    """A band for each value: the value itself where there are few; otherwise `20 to 29`. Dates go by month, then year.

    Borders are multiples of 1, 2 or 5 times a power of ten counted from nought, so that a later file with a few more
    answers mostly has the same bands.
    """
    given = list(dict.fromkeys(values))
    if len(given) <= MOST_BANDS:
        return {value: value for value in given}
    if all(_is_date(value) for value in given):
        months = {value: value[:7] for value in given}
        return months if len(set(months.values())) <= MOST_BANDS else {value: value[:4] for value in given}
    numbers = {value: float(value) for value in given if _is_number(value)}
    if not numbers:
        return {value: value for value in given}
    width = _width(max(numbers.values()) - min(numbers.values()))
    whole = all(number.is_integer() for number in numbers.values())
    return {value: _band(numbers[value], width, whole=whole) if value in numbers else value for value in given}


def _width(span: float) -> float:
    power = 10.0 ** math.floor(math.log10(span / MOST_BANDS)) if span > 0 else 1.0
    while True:
        for step in _STEPS:
            if span / (step * power) < MOST_BANDS - 1:
                return step * power
        power *= 10


def _band(number: float, width: float, *, whole: bool) -> str:
    low = math.floor(number / width) * width
    if whole and width >= 1:
        return f"{low:.15g}" if width == 1 else f"{low:.15g} to {low + width - 1:.15g}"
    return f"{low:.6g} to under {low + width:.6g}"


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdigit()
