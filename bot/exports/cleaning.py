"""The form a text takes in every file: nothing invisible that changes how it reads, nothing a program may run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

TRIGGERS = "=+-@\t\r＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula; the wide forms too, which some locales read the same."""
REPLACEMENT = "�"

_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Controls, lone surrogates and non-characters: no XML holds them, and they mean nothing to a reader."""
_BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what follows: in a file, also of other people's cells."""
_BREAKS = re.compile("\r\n?|\x85|\u2028|\u2029")
_ODD = re.compile(f"{_BROKEN.pattern}|{_BIDI.pattern}|{_BREAKS.pattern}")


def clean(text: str) -> str:
    """The text as files hold it.

    Every kind of line break is one line feed, marks of direction are taken out, and controls, halves of characters and
    non-characters become U+FFFD. Everything else stays as it was written.
    """
    if not _ODD.search(text):
        return text
    return _BROKEN.sub(REPLACEMENT, _BIDI.sub("", _BREAKS.sub("\n", text)))


def columns(
    rows: Iterable[Sequence[Any]], at_once: int, form: Callable[[str], str] = clean
) -> Iterator[list[Sequence[Any]]]:
    """The rows, so many at a time, as columns whose texts have the form that files hold; all else is left as it is.

    A text is looked at once for all its places in a column: most are keys, labels and times that come again and again.
    """
    left = iter(rows)
    while batch := list(islice(left, at_once)):
        yield [_formed(column, form) for column in zip(*batch, strict=True)]


def _formed(column: Sequence[Any], form: Callable[[str], str]) -> Sequence[Any]:
    texts = (cell for cell in set(column) if isinstance(cell, str))
    changed = {text: formed for text in texts if (formed := form(text)) is not text}
    return [changed.get(cell, cell) for cell in column] if changed else column


def guarded(text: str) -> str:
    """The text as a cell of CSV that stays text: with a ' before it where a spreadsheet might run it."""
    if not text or (text[0].isalnum() and text[0] not in TRIGGERS):
        return text
    begins = text.lstrip(" \n\x00\ufeff\u200b\u2060\u00a0")
    return f"'{text}" if begins.startswith(tuple(TRIGGERS)) else text
