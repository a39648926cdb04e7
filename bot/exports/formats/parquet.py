"""Parquet, written in groups of rows, with labels and notes in its metadata."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bot.exports.cleaning import clean, columns_in_form
from bot.exports.sheets import Cell, Column, Sheet, Sort

AT_ONCE = 5_000
"""Rows of a group."""
_TYPES = {Sort.TEXT: pa.string(), Sort.WHOLE: pa.int64(), Sort.NUMBER: pa.float64()}


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows; a column that holds hidden counts keeps them as nulls, so that a number stays a number."""
    fields = [pa.field(clean(c.name), _TYPES[c.sort], metadata={"label": clean(c.label)}) for c in sheet.columns]
    schema = pa.schema(fields, metadata={"sayso": json.dumps({"about": dict(sheet.about), "notes": sheet.notes})})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in columns_in_form(sheet.rows, sheet.columns, _form, AT_ONCE):
            filled = [_array(cells, column) for cells, column in zip(batch, sheet.columns, strict=True)]
            writer.write_table(pa.Table.from_arrays(filled, schema=schema))
        writer.add_key_value_metadata({"sayso_notes": json.dumps(list(dict.fromkeys(sheet.notes)))})


def _form(cell: Cell) -> bytes | int | float | None:
    return clean(cell).encode() if isinstance(cell, str) else cell


def _array(cells: Sequence[Any], column: Column) -> pa.Array:
    """A column in Arrow's own layout: `pa.array` would import pandas, 60 MiB of it, to ask whether it was given any."""
    there = [True] * len(cells)
    if column.made:
        parts = [_ends(cells), "".join(cells).encode()]  # ASCII: a byte a character
    elif column.sort is Sort.TEXT:
        texts = [cell if type(cell) is bytes else b"" if cell is None else str(cell).encode() for cell in cells]
        there = [cell is not None for cell in cells]
        parts = [_ends(texts), b"".join(texts)]
    else:
        there = [isinstance(cell, int | float) for cell in cells]
        numbers = [cell if held else 0 for cell, held in zip(cells, there, strict=True)]
        parts = [array("q" if column.sort is Sort.WHOLE else "d", numbers)]
    buffers = [None if all(there) else _bits(there), *parts]
    filled = [buffer if buffer is None else pa.py_buffer(buffer) for buffer in buffers]
    return pa.Array.from_buffers(_TYPES[column.sort], len(cells), filled)


def _ends(texts: Sequence[Any]) -> array[int]:
    """Where each text ends, and the next begins."""
    return array("i", accumulate(map(len, texts), initial=0))


def _bits(there: Sequence[bool]) -> bytes:
    present = "".join("1" if held else "0" for held in reversed(there))
    return int(present, 2).to_bytes((len(there) + 7) // 8, "little")
