"""CSV (RFC 4180, UTF-8) that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from typing import IO

from bot.exports.cleaning import clean, columns, guarded
from bot.exports.sheets import Sheet

BOM = "\ufeff".encode()
"""Goes before a file for Excel, which otherwise reads UTF-8 as another alphabet."""
AT_ONCE = 2_000
"""Rows turned into text at a time."""


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows under their names. Numbers of ours stay numbers, every text is guarded, None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([guarded(clean(column.name)) for column in sheet.columns])
    for batch in columns(sheet.rows, AT_ONCE, lambda cell: guarded(clean(cell))):
        writer.writerows(zip(*batch, strict=True))
        file.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    file.write(text.getvalue().encode())
