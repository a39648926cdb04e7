"""Parquet, written in groups of rows, with columns, labels and notes as JSON in its metadata."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bot.exports.cleaning import clean, is_made, parts_in_form
from bot.exports.formats.json_lines import described
from bot.exports.sheets import Cell, Column, Part, Sheet, Sort

AT_ONCE = 5_000
"""Rows of a group."""
_TYPES = {Sort.TEXT: pa.string(), Sort.WHOLE: pa.int64(), Sort.NUMBER: pa.float64()}


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows; a column that holds hidden counts keeps them as nulls, so that a number stays a number."""
    schema = pa.schema([pa.field(clean(column.name), _TYPES[column.sort]) for column in sheet.columns])
    with pq.ParquetWriter(file, schema, compression="zstd", store_schema=False) as writer:
        for batch in parts_in_form(sheet.rows, sheet.parts, _form, AT_ONCE):
            columns = chain.from_iterable(map(_apart, sheet.parts, batch))
            filled = [_array(cells, column) for cells, column in zip(columns, sheet.columns, strict=True)]
            writer.write_table(pa.Table.from_arrays(filled, schema=schema))
        writer.add_key_value_metadata({"sayso": _about(sheet)})  # some notes are only known now


def _about(sheet: Sheet) -> str:
    columns = [described(column) for column in sheet.columns]
    about = {"about": dict(sheet.about), "columns": columns, "notes": list(dict.fromkeys(sheet.notes))}
    return json.dumps(about)


def _form(part: Part, cells: Sequence[Cell]) -> list[bytes | int | float | None]:
    return [_value(column, cell) for column, cell in zip(part, cells, strict=True)]


def _value(column: Column, cell: Cell) -> bytes | int | float | None:
    """A cell as a column holds it; None where it holds nothing of the column's sort."""
    if column.sort is Sort.TEXT:
        return None if cell is None else clean(str(cell)).encode()
    return None if isinstance(cell, str) else cell


def _apart(part: Part, pieces: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The columns of a part."""
    return [[piece.encode() for piece in pieces]] if is_made(part) else zip(*pieces, strict=True)


def _array(cells: Sequence[Any], column: Column) -> pa.Array:
    """A column in Arrow's own layout: `pa.array` would import pandas, 60 MiB of it, to ask whether it was given any."""
    there = [cell is not None for cell in cells]
    if column.sort is Sort.TEXT:
        texts = [cell or b"" for cell in cells]
        parts = [array("i", accumulate(map(len, texts), initial=0)), b"".join(texts)]
    else:
        parts = [array("q" if column.sort is Sort.WHOLE else "d", [0 if cell is None else cell for cell in cells])]
    buffers = [None if all(there) else _bits(there), *parts]
    filled = [buffer if buffer is None else pa.py_buffer(buffer) for buffer in buffers]
    return pa.Array.from_buffers(_TYPES[column.sort], len(cells), filled)


def _bits(there: Sequence[bool]) -> bytes:
    present = "".join("1" if held else "0" for held in reversed(there))
    return int(present, 2).to_bytes((len(there) + 7) // 8, "little")
