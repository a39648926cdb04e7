"""Lists as spreadsheets save them, CSV and XLSX, read row by row; a row that cannot be read takes no other with it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bot.mistakes import ToldError

LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes; an XLSX file is packed, and a small one can hold far more than any list of people."""

_PACKED, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a ZIP file begins, which an XLSX is, and how Excel's files did until 2003; today those with a password do."""
_MILLION = 1_000_000


class ImportFileError(ToldError):
    """A file that cannot be read as a list of people; the message says what to do."""


UNCLOSED = ImportFileError(
    'A quote mark (") opens a cell here and does not close it. Delete it, or save the list as XLSX.'
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its number as a spreadsheet shows it; `problem` says why it has no cells."""

    row: int
    cells: Sequence[str]
    problem: ImportFileError | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file; `lines` can be read once."""

    title: str
    lines: Iterator[Line]


@contextmanager
def opened(name: str, data: bytes) -> Iterator[list[Sheet]]:
    """The sheets of a file that a person sees when they open it; a CSV file has one.

    What kind of file it is shows in its first bytes: names are changed by people who hope.

    Raises:
        ImportFileError: it is a file of another kind.
    """
    if data.startswith(_OLD):
        raise ImportFileError(
            "{file} is an old Excel file, or has a password. Save it as XLSX or CSV, without one.", file=name
        )
    if not data.startswith(_PACKED) and not name.lower().endswith(".xlsx"):
        yield [Sheet(name, _text(data))]
        return
    book = _book(name, data)
    try:
        yield [
            Sheet(sheet.title, _rows(name, sheet))
            for sheet in book.worksheets
            if sheet.sheet_state == "visible" and next(_rows(name, sheet), None) is not None
        ]
    finally:
        book.close()


# CSV.


def _text(data: bytes) -> Iterator[Line]:
    lines = list(io.StringIO(_decoded(data), newline=""))
    before = 0
    if lines and lines[0].lower().startswith("sep="):  # Excel's own note of what parts its cells
        before, lines = 1, lines[1:]
    if not lines:
        return
    mark = max(",;\t|", key=lines[0].count)
    width, row, at = lines[0].count(mark), before, 0
    while at < len(lines):
        reader = csv.reader((lines[place] for place in range(at, len(lines))), delimiter=mark, strict=True)
        begun = at
        try:
            for cells in reader:
                if _has_swallowed(cells, mark, width):
                    break
                row += 1
                yield Line(row, cells)
                begun = at + reader.line_num
            else:
                return
        except csv.Error:
            pass
        row += 1
        yield Line(row, (), UNCLOSED)
        at = begun + 1


def _has_swallowed(cells: Sequence[str], mark: str, width: int) -> bool:
    """Whether a cell holds a whole row of the list: a quote was opened above it, and another closed it."""
    return width > 0 and any(line.count(mark) >= width for cell in cells for line in cell.splitlines()[1:])


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")  # what Excel calls Unicode text
    if b"\0" in data[:4]:
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what a spreadsheet on Windows saves as CSV


# XLSX.


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Whatever the libraries stumble over is told as a file that cannot be opened: it can be broken anywhere in it."""
    try:
        yield
    except Exception:
        raise ImportFileError("{file} is no XLSX file that can be opened.", file=name) from None


def _book(name: str, data: bytes) -> Any:
    with _readable(name):
        _check_size(data)
        # Imported here: the web must not carry a spreadsheet library.
        return import_module("openpyxl").load_workbook(io.BytesIO(data), read_only=True, data_only=True)


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(each.file_size for each in packed.infolist()) > LARGEST_UNPACKED:
            raise ValueError("it unpacks to more than any list of people")


def _rows(name: str, sheet: Any) -> Iterator[Line]:
    """The rows that hold anything."""
    with _readable(name):
        sheet.reset_dimensions()  # some programs note fewer rows than there are, and the rest would be left out
        for row, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [_written(value) for value in values]
            if any(cells):
                yield Line(row, cells)


def _written(value: object) -> str:
    """A cell's value as a person would write it; a number that lost its first 0 in a spreadsheet gets it back."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and value > _MILLION * 1000 and value % _MILLION == 0:
        return f"{value:.5E}"  # it was 4.47701E+11 in a CSV file before, and its other digits are lost
    text = str(value)
    return f"0{text}" if isinstance(value, int) and len(text) == 10 else text
