"""CSV (RFC 4180, UTF-8) that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO

from bot.exports.cleaning import clean, guarded, in_form
from bot.exports.sheets import Cell, Part, Sheet

BOM = "\ufeff".encode()
"""Goes before a file for Excel, which otherwise reads UTF-8 as another alphabet."""
_QUOTED = re.compile('[",\r\n]')


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows under their names. Numbers of ours stay numbers, every text is guarded, None is an empty cell."""
    form = _together if len(sheet.columns) > 1 else _alone
    file.write(_lines([[form((column,), [column.name]) for column in sheet.columns]]))
    for batch in in_form(sheet.rows, sheet.parts, form):
        file.write(_lines(batch))


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    return ("\r\n".join(map(",".join, rows)) + "\r\n").encode()


def _together(_: Part, cells: Sequence[Cell]) -> str:
    return ",".join(map(_form, cells))


def _alone(part: Part, cells: Sequence[Cell]) -> str:
    """The only cell of a line, which would be an empty line without the quotes, and left out by readers."""
    return _together(part, cells) or '""'


def _form(cell: Cell) -> str:
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    text = guarded(clean(cell))
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
