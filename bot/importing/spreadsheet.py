"""Opening a spreadsheet that anybody may have made, as pyxform reads an XLSForm."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from bot.importing.writing import ImportRefusedError

_DAMAGED = "cannot be read as a spreadsheet: it is damaged, or its name ends like that of another kind of file"
_LARGEST = 50 * 1024 * 1024
"""Bytes of the parts of an .xlsx, unpacked."""


def read_spreadsheet(path: Path) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    """The form in a file, as pyxform has it, and the row of the survey sheet that each name stands in.

    Raises:
        ImportRefusedError: it is no XLSForm, or a broken one.
    """
    if path.suffix.lower() == ".xlsx":
        _look_inside(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of openpyxl, about looks
            workbook = get_xlsform(path)
            # `form`, because a file may be called as no XML element can be.
            form = workbook_to_json(workbook, "form")
    except PyXFormError as error:
        if "recognized" in str(error):
            raise ImportRefusedError(f"{path} {_DAMAGED}.") from None
        raise ImportRefusedError(f"{path}: This is no good XLSForm: {' '.join(str(error).split())[:300]}") from None
    except Exception as error:  # readers of spreadsheets answer a broken one with whatever they stumbled over
        raise ImportRefusedError(f"{path} {_DAMAGED} ({type(error).__name__}).") from None
    if not any(row.get("form_title") or row.get("title") for row in workbook.settings or ()):
        form["title"] = path.stem
    rows = {str(row.get("name", "")): at for at, row in reversed(list(enumerate(workbook.survey or [], 2)))}
    return form, rows


def _look_inside(path: Path) -> None:
    """Refuse what is no zip archive, and one that would fill the memory once unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise ImportRefusedError(f"{path} {_DAMAGED}.") from None
    if unpacked > _LARGEST:
        raise ImportRefusedError(f"{path} unpacks to more than {_LARGEST // 1024 // 1024} MB, which no form does.")
