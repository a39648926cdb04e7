"""Every file format an export may have, by the name a coordinator gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import IO

from bot.exports.sheets import Sheet

Write = Callable[[IO[bytes], Sheet], None]


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one kind are called and written. `text` ones may go to a terminal."""

    name: str
    ending: str
    module: str
    text: bool
    meaning: str

    def write(self, file: IO[bytes], sheet: Sheet) -> None:
        """Write the sheet. The module is imported only now: some bring half a gigabyte with them."""
        writer: Write = import_module(f"bot.exports.formats.{self.module}").write
        writer(file, sheet)


FORMATS = {
    each.name: each
    for each in (
        Format("csv", ".csv", "delimited", True, "a table for every program"),
        Format("json", ".json", "json_lines", True, "for other programs, with notes and codebook"),
        Format("xlsx", ".xlsx", "xlsx", False, "for Excel, with notes and codebook on sheets of their own"),
        Format("parquet", ".parquet", "parquet", False, "for data frames"),
        Format("sav", ".sav", "spss", False, "for SPSS, with labels of questions and values"),
        Format("flow-results", ".zip", "flow_results", False, "a FLOIP Flow Results package, zipped"),
    )
}
