"""JSON: what the file is, its columns and notes, and one object a row, a row a line."""

from __future__ import annotations

import json
from typing import IO, Any

from bot.exports.cleaning import clean, columns
from bot.exports.sheets import Sheet

AT_ONCE = 2_000


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the document. Notes come after the rows, because some are only known then."""
    names = [clean(column.name) for column in sheet.columns]
    head = {**sheet.about, "columns": [_column(column) for column in sheet.columns]}
    file.write(_text(head)[:-1].encode() + b', "rows": [')
    before = b"\n"
    for batch in columns(sheet.rows, AT_ONCE):
        for row in zip(*batch, strict=True):
            file.write(before + _text(dict(zip(names, row, strict=True))).encode())
            before = b",\n"
    file.write(b'\n], "notes": ' + _text(list(dict.fromkeys(sheet.notes))).encode() + b"}\n")


def _column(column: Any) -> dict[str, Any]:
    about = {"name": clean(column.name), "label": clean(column.label), "type": str(column.sort)}
    return {**about, "labels": dict(column.labels)} if column.labels else about


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
