"""CSV (RFC 4180, UTF-8) that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import IO

from bot.exports.cleaning import clean, guarded
from bot.exports.sheets import Cell, Sheet

BOM = "\ufeff".encode()
"""Goes before a file for Excel, which otherwise reads UTF-8 as another alphabet."""
AT_ONCE = 2_000
"""Rows turned into text at a time."""


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows under their names. Numbers of ours stay numbers, every text is guarded, None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(clean(column.name)) for column in sheet.columns])
    rows = iter(sheet.rows)
    while batch := list(islice(rows, AT_ONCE)):
        writer.writerows(map(_row, batch))
        file.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    file.write(text.getvalue().encode())


def _row(row: Sequence[Cell]) -> list[Cell]:
    # Most cells are keys and ids of ours: letters and digits of ASCII, with nothing to clean and nothing to guard.
    return [
        cell
        if not isinstance(cell, str) or (cell.isascii() and cell.isprintable() and cell[:1].isalnum())
        else guarded(clean(cell))
        for cell in row
    ]
