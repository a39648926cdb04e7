"""Mistakes that are told to people: a sentence, and what is filled into it, so that it can be said in any language."""

from __future__ import annotations

from typing import Any

from flows.wording import filled


class ToldError(Exception):
    """What was asked for cannot be done; `sentence`, with `values` in its `{gaps}`, says why and what to do."""

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(filled(sentence, values))
        self.sentence = sentence
        self.values = values
