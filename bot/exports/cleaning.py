"""The form a text takes in every file: nothing invisible that changes how it reads, nothing a program may run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from bot.exports.sheets import Column

AT_ONCE = 2_000
"""Rows put into the form of a file at a time."""
MOST_KNOWN = 5_000
"""Cells of a column whose form is remembered."""
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


class _Known(dict[Any, Any]):
    """How the cells of one column look in a file, worked out once: most are keys and labels that come again."""

    def __init__(self, form: Callable[[Any], Any]) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, cell: Any) -> Any:
        self[cell] = formed = self._form(cell)
        return formed


def in_form(
    rows: Iterable[Sequence[Any]], columns: Sequence[Column], form: Callable[[Any], Any]
) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows, so many at a time, their cells as they stand in the file: `form` makes that of one cell.

    Columns of our own making are left as they are. Every batch is read before the next is asked for.
    """
    for batch in columns_in_form(rows, columns, form):
        yield zip(*batch, strict=True)


def columns_in_form(
    rows: Iterable[Sequence[Any]], columns: Sequence[Column], form: Callable[[Any], Any], at_once: int = AT_ONCE
) -> Iterator[list[Sequence[Any]]]:
    """The same as columns, for files that hold them one after another."""
    known = [None if column.made else _Known(form) for column in columns]
    left = iter(rows)
    while batch := list(islice(left, at_once)):
        yield [
            cells if formed is None else list(map(formed.__getitem__, cells))
            for formed, cells in zip(known, zip(*batch, strict=True), strict=True)
        ]
        for formed in known:
            if formed is not None and len(formed) > MOST_KNOWN:
                formed.clear()


def guarded(text: str) -> str:
    """The text as a cell of CSV that stays text: with a ' before it where a spreadsheet might run it."""
    if not text or (text[0].isalnum() and text[0] not in TRIGGERS):
        return text
    begins = text.lstrip(" \n\x00\ufeff\u200b\u2060\u00a0")
    return f"'{text}" if begins.startswith(tuple(TRIGGERS)) else text
