"""Sentences for people that can be said in their language: what is filled into them is kept beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

_GAP = re.compile(r"\{([a-z_]+)\}")


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its `{gaps}` filled in one pass: nobody's words are looked through for gaps."""
    return _GAP.sub(lambda gap: str(values.get(gap[1], gap[0])), sentence)


class Wording(str):
    """A sentence in English, whole, that knows what it was filled from; a value may be such a sentence itself."""

    __slots__ = ("sentence", "values")

    sentence: str
    values: Mapping[str, object]

    def __new__(cls, sentence: str, /, **values: object) -> Self:
        """The sentence with its `{gaps}` filled."""
        made = super().__new__(cls, filled(sentence, values))
        made.sentence, made.values = sentence, values
        return made
