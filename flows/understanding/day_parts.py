"""Clock times where the choices are parts of the day: `10am` is `Morning`, `after 6` is `Evening`."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?<![\d.:/,])([01]?\d|2[0-3])(?:[:.][0-5]\d)?\s?([ap]\.?m\b)?(?![\d/:]|\.\d)", re.IGNORECASE)
_PARTS = {"morning": range(5, 12), "afternoon": range(12, 17), "evening": range(17, 22), "night": range(22, 29)}
"""Hours, counted on past midnight."""
NAMES = frozenset(_PARTS)
"""The meanings (`meanings` of a language) by which a label is such a part."""
_FIRST_IN_THE_MORNING = 7
"""An hour below it, with nothing said, is of the afternoon: nobody is asked to come at three in the night."""


def part_in(text: str) -> str | None:
    """The one part of the day in which all clock times of a text lie; None where there is none, or several."""
    found = {_part(int(match[1]), (match[2] or "").lower()[:1]) for match in _CLOCK.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _part(hour: int, half: str) -> str:
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif not half and hour < _FIRST_IN_THE_MORNING:
        hour += 12
    return next(name for name, hours in _PARTS.items() if hour in hours or hour + 24 in hours)
