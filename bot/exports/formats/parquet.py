"""Parquet, written in groups of rows, with labels and notes in its metadata."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bot.exports.cleaning import clean, columns
from bot.exports.sheets import Sheet, Sort

AT_ONCE = 5_000
_TYPES = {Sort.TEXT: pa.string(), Sort.WHOLE: pa.int64(), Sort.NUMBER: pa.float64()}


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows; a column that holds hidden counts keeps them as nulls, so that a number stays a number."""
    fields = [pa.field(clean(c.name), _TYPES[c.sort], metadata={"label": clean(c.label)}) for c in sheet.columns]
    schema = pa.schema(fields, metadata={"sayso": json.dumps({"about": dict(sheet.about), "notes": sheet.notes})})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in columns(sheet.rows, AT_ONCE):
            filled = [_array(cells, column.sort) for cells, column in zip(batch, sheet.columns, strict=True)]
            writer.write_table(pa.Table.from_arrays(filled, schema=schema))
        writer.add_key_value_metadata({"sayso_notes": json.dumps(list(dict.fromkeys(sheet.notes)))})


def _array(cells: Sequence[Any], sort: Sort) -> pa.Array:
    """A column in Arrow's own layout: `pa.array` would import pandas, 60 MiB of it, to ask whether it was given any."""
    if sort is Sort.TEXT:
        texts = [b"" if cell is None else str(cell).encode() for cell in cells]
        there = [cell is not None for cell in cells]
        parts = [array("i", accumulate(map(len, texts), initial=0)), b"".join(texts)]
    else:
        there = [cell is not None and not isinstance(cell, str) for cell in cells]
        numbers = [cell if held else 0 for cell, held in zip(cells, there, strict=True)]
        parts = [array("q" if sort is Sort.WHOLE else "d", numbers)]
    present = "".join("1" if held else "0" for held in reversed(there))
    bits = int(present, 2).to_bytes((len(cells) + 7) // 8, "little")
    return pa.Array.from_buffers(_TYPES[sort], len(cells), [pa.py_buffer(part) for part in (bits, *parts)])
