"""JSON: what the file is, its columns and notes, and one object a row, a row a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO, Any

from bot.exports.cleaning import clean, in_form, is_made
from bot.exports.sheets import Cell, Column, Part, Sheet


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the document. Notes come after the rows, because some are only known then."""
    head = {**sheet.about, "columns": [described(column) for column in sheet.columns]}
    file.write(_text(head)[:-1].encode() + b', "rows": [')
    pattern = "{" + ", ".join(_made(part[0]) if is_made(part) else "%s" for part in sheet.parts) + "}"
    before = b"\n"
    for batch in in_form(sheet.rows, sheet.parts, _form):
        file.write(before + ",\n".join(map(pattern.__mod__, batch)).encode())
        before = b",\n"
    file.write(b'\n], "notes": ' + _text(list(dict.fromkeys(sheet.notes))).encode() + b"}\n")


def _made(column: Column) -> str:
    """A column of our own making in the pattern of a row."""
    return _name(column).replace("%", "%%") + ': "%s"'


def _name(column: Column) -> str:
    return _text(clean(column.name))


def described(column: Column) -> dict[str, Any]:
    """What a file says of one of its columns."""
    about = {"name": clean(column.name), "label": clean(column.label), "type": str(column.sort)}
    return {**about, "labels": dict(column.labels)} if column.labels else about


def _form(part: Part, cells: Sequence[Cell]) -> str:
    given = (clean(cell) if isinstance(cell, str) else cell for cell in cells)
    return ", ".join(f"{_name(column)}: {_text(cell)}" for column, cell in zip(part, given, strict=True))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
