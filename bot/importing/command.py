"""Turn an XLSForm into a flow and its translations; what cannot be carried over is listed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from bot.importing.writing import ImportRefusedError, write
from bot.importing.xlsform import read

EXPECTED = (ImportRefusedError, OSError)

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes of a form; a larger one is no questionnaire for texts."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which form, and where to."""
    parser.add_argument("form", type=Path, help="an XLSForm (.xlsx or .xls)")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="default: this folder")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 -- every command has both
    """Import.

    Raises:
        ImportRefusedError: the file is no form, or cannot be a flow.
        OSError: a file cannot be read or written.
    """
    form: Path = arguments.form
    if form.suffix.lower() not in (".xlsx", ".xls"):
        raise ImportRefusedError(f"{form}: Sayso imports XLSForms, files that end in .xlsx or .xls.")
    if form.stat().st_size > LARGEST_FILE:
        raise ImportRefusedError(f"{form} is larger than {LARGEST_FILE // 1024 // 1024} MB.")
    draft = read(form)
    for path in write(draft, arguments.out):
        print(f"Written: {path}")
    for left in draft.left:
        print(f"Not carried over: {left}")
    print(f"Next: sayso flows check {arguments.out / draft.id}.yaml")
    return 0
