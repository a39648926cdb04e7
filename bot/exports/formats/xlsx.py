"""XLSX, its XML written by hand as the rows come: eleven times as fast as the libraries, and in constant memory.

Every text is an inline string, so that nothing in a cell can be a formula or a link. The parts of a workbook and the
escaping of `_xHHHH_` follow ECMA-376, Part 1 (18.3.1.53 `is`, 22.9.2.19 `ST_Xstring`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO

from bot.exports.cleaning import clean, in_form, is_made
from bot.exports.sheets import Cell, Column, Part, Row, Sheet, alone, only_once
from translations.languages import RIGHT_TO_LEFT

MAX_CHARACTERS = 32_767
"""Of a cell, in UTF-16 units as Excel counts them."""
MAX_ROWS = 1_048_576
"""Of a sheet, the line of names among them."""
LONG = "Long texts"
"""The sheet of the texts that are too long for a cell."""
_PIECE = 16_000
"""Characters of one part of a cell that is too long: half the limit, since a character may be two units."""
_MADE = '<c t="inlineStr"><is><t>%s</t></is></c>'
_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_SPECIAL = re.compile(r"[&<>]|_x(?=[0-9A-Fa-f]{4}_)")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_x": "_x005F_x"}

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{sheets}</Types>'
)
_SHEET_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{n}.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>'
)
_RELATION = f'<Relationship Id="rId{{n}}" Type="{_OFFICE}/{{kind}}" Target="{{target}}"/>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORKBOOK = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{{sheets}}</sheets></workbook>'
)
_HEAD = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_MAIN}">'
    '<sheetViews><sheetView{turned} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
    'state="frozen"/></sheetView></sheetViews><sheetData>'
)


def write(file: IO[bytes], sheet: Sheet) -> None:
    """Write a workbook: the rows, on as many sheets as they need, then codebook and notes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        book = _Book(archive, sheet)
        rows = iter(sheet.rows)
        book.add(sheet.name, sheet.parts, islice(rows, MAX_ROWS - 1))
        part = 1
        while (following := next(rows, None)) is not None:
            part += 1
            sheet.notes.append(f"A sheet of Excel ends at row {MAX_ROWS:,}: the rows go on in `{sheet.name} {part}`.")
            book.add(f"{sheet.name} {part}", sheet.parts, chain([following], islice(rows, MAX_ROWS - 2)))
        book.add("Codebook", _named("column", "meaning", "value", "label"), _codebook(sheet))
        if book.long:
            book.add(LONG, _named("number", "part", "text"), book.long)
        book.add("Notes", _named("notes"), [[note] for note in dict.fromkeys((*_about(sheet), *sheet.notes))])
        book.finish()


def _named(*names: str) -> list[Part]:
    return alone(Column(name, "") for name in names)


class _Book:
    """The sheets written so far, and the texts that did not fit their cells."""

    def __init__(self, archive: zipfile.ZipFile, sheet: Sheet) -> None:
        self.long: list[tuple[int, int, str]] = []
        self._archive = archive
        self._names: list[str] = []
        self._taken: set[str] = set()
        self._notes = sheet.notes
        # The first column stands on the right where labels are read from there.
        turned = ' rightToLeft="1"' if sheet.about.get("language") in RIGHT_TO_LEFT else ""
        self._head = _HEAD.format(turned=turned)

    def add(self, name: str, parts: Sequence[Part], rows: Iterable[Row]) -> None:
        self._names.append(only_once(name.translate(_NAMES)[:28], self._taken, " "))
        part = zipfile.ZipInfo(f"xl/worksheets/sheet{len(self._names)}.xml", (2020, 1, 1, 0, 0, 0))
        part.compress_type = zipfile.ZIP_DEFLATED
        pattern = f"<row>{''.join(_MADE if is_made(part) else '%s' for part in parts)}</row>"
        names = [column.name for part in parts for column in part]
        with self._archive.open(part, "w", force_zip64=True) as file:
            file.write(f"{self._head}<row>{self._cells((), names)}</row>".encode())
            for batch in in_form(rows, parts, self._cells):
                file.write("".join(map(pattern.__mod__, batch)).encode())
            file.write(b"</sheetData></worksheet>")

    def _cells(self, _: Part, cells: Sequence[Cell]) -> str:
        return "".join(map(self._cell, cells))

    def _cell(self, cell: Cell) -> str:
        if not isinstance(cell, str):
            return "<c/>" if cell is None else f"<c><v>{cell}</v></c>"
        text = clean(cell)
        if len(text) > MAX_CHARACTERS // 2:
            text = self._shortened(text)
        if not text:
            return "<c/>"
        # Said only where there is space that programs might drop: the less there is to pack, the sooner it is packed.
        space = "" if text == " ".join(text.split()) else ' xml:space="preserve"'
        return f'<c t="inlineStr"><is><t{space}>{_escaped(text)}</t></is></c>'

    def _shortened(self, text: str) -> str:
        """What stands in the cell of a text: where it is too long for one, its beginning, and where it stands whole."""
        if len(text.encode("utf-16-le")) // 2 <= MAX_CHARACTERS:
            return text
        number = self.long[-1][0] + 1 if self.long else 1
        pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
        self.long += [(number, part, piece) for part, piece in enumerate(pieces, 1)]
        self._notes.append(
            f"A cell of Excel ends at {MAX_CHARACTERS:,} characters: longer texts stand whole, in parts, on the sheet "
            f"`{LONG}`, under the number that stands in their cell."
        )
        return f"[too long for a cell: number {number} of the sheet {LONG}] {text[: _PIECE - 200]}"

    def finish(self) -> None:
        numbers = range(1, len(self._names) + 1)
        sheets = "".join(
            f'<sheet name="{_escaped(clean(name))}" sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(numbers, self._names, strict=True)
        )
        relations = "".join(_RELATION.format(n=n, kind="worksheet", target=f"worksheets/sheet{n}.xml") for n in numbers)
        root = _RELATION.format(n=1, kind="officeDocument", target="xl/workbook.xml")
        self._archive.writestr(
            "[Content_Types].xml", _TYPES.format(sheets="".join(_SHEET_TYPE.format(n=n) for n in numbers))
        )
        self._archive.writestr("_rels/.rels", _RELATIONS.format(entries=root))
        self._archive.writestr("xl/workbook.xml", _WORKBOOK.format(sheets=sheets))
        self._archive.writestr("xl/_rels/workbook.xml.rels", _RELATIONS.format(entries=relations))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text) if _SPECIAL.search(text) else text


def _codebook(sheet: Sheet) -> Iterator[Sequence[Cell]]:
    for column in sheet.columns:
        yield [column.name, column.label, None, None]
        for value, label in column.labels.items():
            yield [column.name, None, value, label]


def _about(sheet: Sheet) -> list[str]:
    return [f"{name.replace('_', ' ')}: {value}" for name, value in sheet.about.items()]
