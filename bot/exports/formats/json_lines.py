"""JSON: what the file is, its columns and notes, and one object a row, a row a line."""

from __future__ import annotations

import json
from typing import IO, Any

from bot.exports.cleaning import clean, in_form
from bot.exports.sheets import Cell, Column, Sheet


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the document. Notes come after the rows, because some are only known then."""
    head = {**sheet.about, "columns": [_column(column) for column in sheet.columns]}
    file.write(_text(head)[:-1].encode() + b', "rows": [')
    pattern = "{" + ", ".join(map(_pair, sheet.columns)) + "}"
    before = b"\n"
    for batch in in_form(sheet.rows, sheet.columns, _form):
        file.write(before + ",\n".join(map(pattern.__mod__, batch)).encode())
        before = b",\n"
    file.write(b'\n], "notes": ' + _text(list(dict.fromkeys(sheet.notes))).encode() + b"}\n")


def _pair(column: Column) -> str:
    """A column in the pattern of a row."""
    return _text(clean(column.name)).replace("%", "%%") + (': "%s"' if column.made else ": %s")


def _column(column: Column) -> dict[str, Any]:
    about = {"name": clean(column.name), "label": clean(column.label), "type": str(column.sort)}
    return {**about, "labels": dict(column.labels)} if column.labels else about


def _form(cell: Cell) -> str:
    return _text(clean(cell) if isinstance(cell, str) else cell)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
