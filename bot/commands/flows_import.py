"""Turn an XLSForm, or an export of RapidPro or TextIt, into flows; what cannot be carried over is listed."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.importing import xlsform
from bot.importing.rapidpro import export
from bot.importing.writing import Draft, ImportRefusedError, write

EXPECTED = (ImportRefusedError, OSError)

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes of a file; a larger one is no questionnaire for texts."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, and where to."""
    parser.add_argument("form", type=Path, help="an XLSForm (.xlsx, .xls), or an export of RapidPro or TextIt (.json)")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="default: this folder")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 -- every command has both
    """Import.

    Raises:
        ImportRefusedError: the file is no form, or cannot be a flow.
        OSError: a file cannot be read or written.
    """
    file: Path = arguments.form
    if file.suffix.lower() not in _READERS:
        raise ImportRefusedError(
            f"{file}: Sayso imports XLSForms (.xlsx or .xls) and exports of RapidPro or TextIt (.json) only."
        )
    if not file.is_file():
        raise ImportRefusedError(f"{file} is not there — check the name and the folder.")
    if file.stat().st_size > LARGEST_FILE:
        raise ImportRefusedError(f"{file} is larger than {LARGEST_FILE // 1024 // 1024} MB.")
    drafts = _READERS[file.suffix.lower()](file)
    for path in write(drafts, arguments.out):
        print(f"Written: {path}")
    for draft in drafts:
        for left in draft.left:
            print(f"Not carried over: {left}")
    print(f"Next: sayso flows check {shlex.join(str(arguments.out / f'{draft.id}.yaml') for draft in drafts[:3])}")
    return 0


def _form(path: Path) -> list[Draft]:
    return [xlsform.read(path)]


_READERS: dict[str, Callable[[Path], list[Draft]]] = {".xlsx": _form, ".xls": _form, ".json": export.read}
