"""Data that lies beside the checkout and is not part of it: `../shared/data`."""

from __future__ import annotations

import csv
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


class SharedDataMissingError(Exception):
    """The folder is not there; the message says where it was looked for."""


def language_texts() -> list[tuple[str, str, str]]:
    """Language, text and length bucket of `langid_cases.csv`: short texts in 19 languages (see its README).

    Raises:
        SharedDataMissingError: the file is not there.
    """
    path = _FOLDER / "langid_cases.csv"
    if not path.is_file():
        raise SharedDataMissingError(f"{path} is missing: put the folder `shared` beside the checkout.")
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["lang"], row["text"], row["bucket"]) for row in csv.DictReader(file)]


def xlsforms() -> list[Path]:
    """The real forms of `xlsforms/`.

    Raises:
        SharedDataMissingError: the folder is not there.
    """
    folder = _FOLDER / "xlsforms"
    if not folder.is_dir():
        raise SharedDataMissingError(f"{folder} is missing: put the folder `shared` beside the checkout.")
    return sorted(folder.iterdir())
