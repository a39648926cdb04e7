"""How old a reader must be to read an English text with ease.

The formula of Coleman and Liau (1975): it counts letters and sentences, not syllables, so it needs no dictionary and
judges short texts evenly. A grade of American schools begins at five years of age.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)|\n")
FEWEST_WORDS = 20
"""Below this the formula says nothing."""


def reading_age(texts: Iterable[str]) -> float | None:
    """The reading age in years of some texts together, at least 5; None where there are too few words."""
    letters = words = sentences = 0
    for text in texts:
        found = _WORD.findall(text)
        words += len(found)
        letters += sum(map(len, found))
        sentences += max(1, sum(1 for part in _SENTENCE.split(text) if _WORD.search(part)))
    if words < FEWEST_WORDS:
        return None
    grade = 0.0588 * (letters * 100 / words) - 0.296 * (sentences * 100 / words) - 15.8
    return max(5.0, round(grade + 5, 1))
