"""Choices named by their letter: `(b)`, `A.`, `c`."""

from __future__ import annotations

import re

_BRACKETED = re.compile(r"\W*([a-z])\W*[).\]:]\W*", re.IGNORECASE)
_LISTED = re.compile(r"\W*([a-z])[).\]:][\W\d_]*", re.IGNORECASE)


def letter_of(text: str, core: str, choices: int) -> tuple[int, bool] | None:
    """The choice whose letter is all that a reply says, from 0, and whether a mark makes it sure; a bare one never is.

    Args:
        text: the reply.
        core: its folded words without courtesies; empty where the letter is one, as English `a`.
        choices: how many there are.
    """
    marked = _LISTED.fullmatch(text) or (_BRACKETED.fullmatch(text) if core else None)
    letter = marked.group(1).lower() if marked is not None else core
    if len(letter) != 1 or not "a" <= letter <= "z" or ord(letter) - ord("a") >= choices:
        return None
    return ord(letter) - ord("a"), marked is not None
