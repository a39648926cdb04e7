"""Mistakes that are told to people: a sentence, and what is filled into it, so that it can be said in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_GAP = re.compile(r"\{([a-z_]+)\}")


class ToldError(Exception):
    """What was asked for cannot be done; `sentence`, with `values` in its `{gaps}`, says why and what to do."""

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(filled(sentence, values))
        self.sentence = sentence
        self.values = values


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its `{gaps}` filled in one pass: nobody's words are looked through for gaps."""
    return _GAP.sub(lambda gap: str(values.get(gap[1], gap[0])), sentence)
