"""Files for other people's programs: CSV that no spreadsheet takes for a formula, written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import secrets
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

TRIGGERS = "=+-@\t\r＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula; the wide forms too, which some locales read the same."""

Cell = str | int | float | None


class ExportFileError(Exception):
    """A file that cannot be written; the message is a whole sentence."""


def guarded(text: str) -> str:
    """The text as a cell that stays text: with a ' before it where a spreadsheet might run it."""
    begins = text.lstrip(" \n\x00\ufeff\u200b")
    return f"'{text}" if begins.startswith(tuple(TRIGGERS)) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Lines of CSV (RFC 4180). Numbers of ours stay numbers; every text is guarded; None is an empty cell."""
    for row in chain([header], rows):
        line = io.StringIO()
        csv.writer(line).writerow(guarded(cell) if isinstance(cell, str) else cell for cell in row)
        yield line.getvalue()


def write_out(out: str, pieces: Iterable[str]) -> None:
    """Write text as UTF-8 to standard output (`-`), or to a file that appears only once it is whole and on the disk.

    Raises:
        ExportFileError: the file cannot be written; one that was there before is untouched.
    """
    if out == "-":
        for piece in pieces:
            sys.stdout.buffer.write(_bytes(piece))
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        _write(path, unfinished, pieces)
    except OSError as error:
        raise ExportFileError(f"{path} cannot be written ({error.strerror}): choose another file with --out.") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _write(path: Path, unfinished: Path, pieces: Iterable[str]) -> None:
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            file.write(_bytes(piece))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")
