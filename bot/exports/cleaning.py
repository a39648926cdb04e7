"""The form a text takes in every file: nothing invisible that changes how it reads, nothing a program may run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from bot.exports.sheets import Block, Cell, Part, Row

Form = Callable[[Part, Sequence[Cell]], Any]
"""Makes of the cells of a part what stands in the file."""

AT_ONCE = 2_000
"""Rows put into the form of a file at a time."""
MOST_KNOWN = 5_000
"""Cells, or blocks, of a part whose form is remembered."""
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
    """How the cells of one part look in a file, worked out once: most are keys and labels that come again."""

    def __init__(self, form: Form, part: Part) -> None:
        super().__init__()
        self._form, self._part = form, part

    def __missing__(self, piece: Any) -> Any:
        cells = piece.cells if isinstance(piece, Block) else (piece,)
        self[piece] = formed = self._form(self._part, cells)
        return formed


def in_form(rows: Iterable[Row], parts: Sequence[Part], form: Form) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows, so many at a time, their parts as they stand in the file: `form` makes that of the cells of one.

    Columns of our own making are left as they are. Every batch is read before the next is asked for.
    """
    for batch in parts_in_form(rows, parts, form):
        yield zip(*batch, strict=True)


def parts_in_form(
    rows: Iterable[Row], parts: Sequence[Part], form: Form, at_once: int = AT_ONCE
) -> Iterator[list[Sequence[Any]]]:
    """The same part by part, for files that hold columns one after another."""
    known = [None if is_made(part) else _Known(form, part) for part in parts]
    left = iter(rows)
    while batch := list(islice(left, at_once)):
        yield [
            pieces if formed is None else list(map(formed.__getitem__, pieces))
            for formed, pieces in zip(known, zip(*batch, strict=True), strict=True)
        ]
        for formed in known:
            if formed is not None and len(formed) > MOST_KNOWN:
                formed.clear()


def is_made(part: Part) -> bool:
    """Whether it is a column of our own making, which stands in a file as it is."""
    return len(part) == 1 and part[0].made


def guarded(text: str) -> str:
    """The text as a cell of CSV that stays text: with a ' before it where a spreadsheet might run it."""
    if not text or (text[0].isalnum() and text[0] not in TRIGGERS):
        return text
    begins = text.lstrip(" \n\x00\ufeff\u200b\u2060\u00a0")
    return f"'{text}" if begins.startswith(tuple(TRIGGERS)) else text
