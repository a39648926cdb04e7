"""Parquet, its pages written by hand as the rows come, in constant memory: the library takes 40 MiB to be imported.

A file is groups of rows, each a page for every column; the footer at the end says where they are, and holds columns,
labels and notes as JSON. The numbers of types, encodings and fields are those of
https://github.com/apache/parquet-format, `parquet.thrift` and Encodings.md.
"""

from __future__ import annotations

import json
import struct as packing
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

from bot.exports.cleaning import clean, is_made, parts_in_form
from bot.exports.formats.json_lines import described
from bot.exports.formats.thrift import Value, i32, i64, many, struct, text, varint
from bot.exports.sheets import Cell, Column, Part, Sheet, Sort

AT_ONCE = 10_000
"""Rows of a group."""
_MAGIC = b"PAR1"
_VERSION = 1
_TYPES = {Sort.WHOLE: i32(2), Sort.NUMBER: i32(5), Sort.TEXT: i32(6)}
_LETTERS = {Sort.WHOLE: "q", Sort.NUMBER: "d"}
_OPTIONAL = i32(1)
_UTF8 = {6: i32(0), 10: struct({1: struct({})})}
"""Says that bytes are text, to older readers and to newer ones."""
_PLAIN, _RLE, _GZIP, _DATA_PAGE = i32(0), i32(3), i32(2), i32(0)
_GZIPPED = 31
"""Tells zlib to write what gzip reads."""


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows; a column that holds hidden counts keeps them as nulls, so that a number stays a number."""
    file.write(_MAGIC)
    groups, rows, at = [], 0, len(_MAGIC)
    for batch in parts_in_form(sheet.rows, sheet.parts, _form, AT_ONCE):
        chunks, size = [], 0
        for cells, column in zip(chain.from_iterable(map(_apart, sheet.parts, batch)), sheet.columns, strict=True):
            page, chunk = _page(column, cells, at)
            file.write(page)
            at += len(page)
            size += len(page)
            chunks.append(chunk)
        count = len(batch[0])
        groups.append(struct({1: many(chunks), 2: i64(size), 3: i64(count)}))
        rows += count
    _, footer = struct(
        {
            1: i32(_VERSION),
            2: many(list(_schema(sheet.columns))),
            3: i64(rows),
            4: many(groups),
            5: many([struct({1: text("sayso"), 2: text(_about(sheet))})]),
        }
    )
    file.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)


def _schema(columns: Sequence[Column]) -> Iterator[Value]:
    yield struct({4: text("rows"), 5: i32(len(columns))})
    for column in columns:
        told = {1: _TYPES[column.sort], 3: _OPTIONAL, 4: text(clean(column.name))}
        yield struct({**told, **_UTF8} if column.sort is Sort.TEXT else told)


def _about(sheet: Sheet) -> str:
    columns = [described(column) for column in sheet.columns]
    about = {"about": dict(sheet.about), "columns": columns, "notes": list(dict.fromkeys(sheet.notes))}
    return json.dumps(about)


def _page(column: Column, cells: Sequence[Any], at: int) -> tuple[bytes, Value]:
    """A column of a group as it stands in the file from the byte `at` on, and what the footer says of it."""
    there = [cell is not None for cell in cells]
    given = cells if all(there) else [cell for cell in cells if cell is not None]
    values = (
        b"".join(given) if column.sort is Sort.TEXT else packing.pack(f"<{len(given)}{_LETTERS[column.sort]}", *given)
    )
    whole = _levels(there) + values
    packed = zlib.compress(whole, 1, _GZIPPED)
    data = struct({1: i32(len(cells)), 2: _PLAIN, 3: _RLE, 4: _RLE})
    _, head = struct({1: _DATA_PAGE, 2: i32(len(whole)), 3: i32(len(packed)), 5: data})
    about = struct(
        {
            1: _TYPES[column.sort],
            2: many([_PLAIN, _RLE]),
            3: many([text(clean(column.name))]),
            4: _GZIP,
            5: i64(len(cells)),
            6: i64(len(head) + len(whole)),
            7: i64(len(head) + len(packed)),
            9: i64(at),
        }
    )
    return head + packed, struct({2: i64(at), 3: about})


def _levels(there: Sequence[bool]) -> bytes:
    """Which cells hold something: one run where all do, else a bit each."""
    if all(there):
        bits = varint(len(there) << 1) + b"\1"
    else:
        groups = (len(there) + 7) // 8
        present = int("".join("1" if held else "0" for held in reversed(there)), 2)
        bits = varint(groups << 1 | 1) + present.to_bytes(groups, "little")
    return len(bits).to_bytes(4, "little") + bits


def _form(part: Part, cells: Sequence[Cell]) -> list[bytes | int | float | None]:
    return [_value(column, cell) for column, cell in zip(part, cells, strict=True)]


def _value(column: Column, cell: Cell) -> bytes | int | float | None:
    """A cell as a page holds it; None where it holds nothing of the column's sort."""
    if column.sort is Sort.TEXT:
        return None if cell is None else _measured(clean(str(cell)))
    return None if isinstance(cell, str) else cell


def _measured(words: str) -> bytes:
    data = words.encode()
    return len(data).to_bytes(4, "little") + data


def _apart(part: Part, pieces: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The columns of a part."""
    return [list(map(_measured, pieces))] if is_made(part) else zip(*pieces, strict=True)
