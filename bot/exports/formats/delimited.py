"""CSV (RFC 4180, UTF-8) that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import IO

from bot.exports.cleaning import clean, guarded, in_form
from bot.exports.sheets import Cell, Sheet

BOM = "\ufeff".encode()
"""Goes before a file for Excel, which otherwise reads UTF-8 as another alphabet."""
_QUOTED = re.compile('[",\r\n]')


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows under their names. Numbers of ours stay numbers, every text is guarded, None is an empty cell."""
    file.write(_lines([[_form(column.name) for column in sheet.columns]]))
    for batch in in_form(sheet.rows, sheet.columns, _form):
        file.write(_lines(batch))


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    return ("\r\n".join(map(",".join, rows)) + "\r\n").encode()


def _form(cell: Cell) -> str:
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    text = guarded(clean(cell))
    if not text:
        return '""'  # a line of one empty cell would else be an empty line, which readers leave out
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
