"""Parquet, written in groups of rows, with labels and notes in its metadata."""

from __future__ import annotations

import json
from itertools import islice
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bot.exports.cleaning import clean
from bot.exports.sheets import Sheet, Sort

AT_ONCE = 20_000
_TYPES = {Sort.TEXT: pa.string(), Sort.WHOLE: pa.int64(), Sort.NUMBER: pa.float64()}


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows; a column that holds hidden counts keeps them as nulls, so that a number stays a number."""
    fields = [pa.field(clean(c.name), _TYPES[c.sort], metadata={"label": clean(c.label)}) for c in sheet.columns]
    schema = pa.schema(fields, metadata={"sayso": json.dumps({"about": dict(sheet.about), "notes": sheet.notes})})
    rows = iter(sheet.rows)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(rows, AT_ONCE)):
            columns = [
                pa.array([_value(row[n], column.sort) for row in batch], _TYPES[column.sort])
                for n, column in enumerate(sheet.columns)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        writer.add_key_value_metadata({"sayso_notes": json.dumps(list(dict.fromkeys(sheet.notes)))})


def _value(cell: Any, sort: Sort) -> Any:
    if sort is Sort.TEXT:
        return None if cell is None else clean(str(cell))
    return None if isinstance(cell, str) else cell
