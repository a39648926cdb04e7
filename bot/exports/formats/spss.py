"""SPSS .sav: numbers with value labels, questions as variable labels. No library streams them: there is a limit."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pandas
import pyreadstat

from bot.exports.cleaning import clean
from bot.exports.files import ExportFileError
from bot.exports.sheets import Cell, Column, Sheet, Sort, cells_of, only_once

LONGEST_NAME = 64
LONGEST_LABEL = 250
"""Bytes of a variable label (255), less what a cut character may take."""
LONGEST_VALUE_LABEL = 120
LONGEST_TEXT = 32_000
"""Bytes of a text variable (32,767)."""
MOST_ROWS = 250_000
"""Lines of a file: about a gigabyte of memory, since no library writes them one by one."""
_BAD = re.compile(r"[^A-Za-z0-9_]")
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write the rows. Listed values become 1, 2, 3… in the order of the codebook, with their labels.

    Raises:
        ExportFileError: there are more than `MOST_ROWS`.
    """
    names = _names(sheet.columns)
    rows = [list(cells_of(row)) for row in islice(sheet.rows, MOST_ROWS + 1)]
    if len(rows) > MOST_ROWS:
        raise ExportFileError(
            "An SPSS file is made in memory, and ends at {most} lines here: make several with --since and --until, or "
            "choose --format parquet or csv, which SPSS reads too.",
            most=f"{MOST_ROWS:,}",
        )
    codes = {
        name: _codes(column, (row[n] for row in rows))
        for n, (name, column) in enumerate(zip(names, sheet.columns, strict=True))
    }
    data: dict[str, Any] = {}
    for n, (name, column) in enumerate(zip(names, sheet.columns, strict=True)):
        data[name] = _values((row[n] for row in rows), column, codes[name], sheet.notes)
    frame = pandas.DataFrame(data)
    labels = {
        name: {code: _cut(column.labels.get(value, value), LONGEST_VALUE_LABEL) for value, code in codes[name].items()}
        for name, column in zip(names, sheet.columns, strict=True)
        if codes[name]
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=_cut(sheet.about.get("title", sheet.name), 60),
            column_labels=[_cut(column.label, LONGEST_LABEL) for column in sheet.columns],
            variable_value_labels=labels,
            note=[line for note in dict.fromkeys(sheet.notes) for line in _lines(note)],
        )
        with path.open("rb") as made:
            while piece := made.read(1 << 20):
                file.write(piece)
        os.truncate(path, 0)


def _codes(column: Column, cells: Iterable[Cell]) -> dict[str, float]:
    """The number of each listed value: of a number itself. Values that were given and are not listed come last."""
    if column.sort is not Sort.TEXT:
        return {value: float(value) for value in column.labels}
    if not column.labels:
        return {}
    given = {str(cell) for cell in cells if cell not in (None, "")}
    return {value: float(code) for code, value in enumerate([*column.labels, *sorted(given - {*column.labels})], 1)}


def _values(cells: Iterable[Cell], column: Column, codes: Mapping[str, float], notes: list[str]) -> list[Any]:
    if column.sort is not Sort.TEXT:
        return [None if cell is None or isinstance(cell, str) else float(cell) for cell in cells]
    if codes:
        return [None if cell in (None, "") else codes[str(cell)] for cell in cells]
    return [_text(cell, column, notes) for cell in cells]


def _text(cell: Cell, column: Column, notes: list[str]) -> str:
    text = "" if cell is None else clean(str(cell))
    if len(text.encode()) > LONGEST_TEXT:
        notes.append(
            f"SPSS holds {LONGEST_TEXT:,} bytes of a text: longer ones in `{column.name}` are cut and end in […]."
        )
        return _cut(text, LONGEST_TEXT - 10) + " […]"
    return text


def _names(columns: Sequence[Column]) -> list[str]:
    """Names SPSS takes: letters, digits and _, a letter first, each only once."""
    taken: set[str] = set()
    names = []
    for column in columns:
        name = _BAD.sub("_", column.name)[: LONGEST_NAME - 4]
        if not name[:1].isalpha() or name.casefold() in _RESERVED:
            name = f"v_{name}"
        names.append(only_once(name, taken))
    return names


def _cut(text: str, size: int) -> str:
    """The text in at most so many bytes of UTF-8, never through a character."""
    return clean(text).replace("\n", " ").encode()[:size].decode(errors="ignore")


def _lines(text: str) -> list[str]:
    return [text[at : at + 80] for at in range(0, len(text), 80)]
