"""Invite the people of a CSV or XLSX list to a group. Without --apply it only shows what would happen."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from bot.conversations.joining import Outcome
from bot.people import imports
from bot.people.sheets import ImportFileError
from bot.service import build
from bot.settings import Settings, SettingsError
from flows.loader import FlowError
from flows.run import microseconds
from storage.database import StoreSettingError, StoreUnavailableError
from storage.team import audit

EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError, ImportFileError)
SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which list, and where to."""
    parser.add_argument(
        "file", type=Path, help="a CSV or XLSX file with a column number, and perhaps name, language and initials"
    )
    parser.add_argument("--group", required=True, help="the group they are invited to")
    parser.add_argument("--apply", action="store_true", help="invite them; without it nothing is changed")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Show, or show and invite; returns 1 where rows have problems.

    Raises:
        ImportFileError: the file or the group cannot be used.
    """
    service = build(Settings.read(environ))
    try:
        group = imports.group_named(service, arguments.group)
        data = _bytes(arguments.file)
        with tqdm(unit=" rows", disable=None, leave=False) as bar:
            preview = imports.read(str(arguments.file), data, service, step=bar.update)
        counts: dict[Outcome, int] = {}
        if arguments.apply:
            with tqdm(total=len(preview.people), unit=" people", disable=None) as bar:
                counts = imports.apply(service, preview, group, bar.update)
            with service.database.transaction() as db:
                many, now = f"{len(preview.people)} people", microseconds(service.now())
                audit.note(db, audit.COMMAND_LINE, "invited a list", f"group:{group.name}", many, now)
    finally:
        service.close()
    report = {
        "people": len(preview.people),
        "doubles": preview.doubles,
        "problems": [{"row": row, "problem": str(problem)} for row, problem in preview.problems],
        **{outcome.value: count for outcome, count in counts.items()},
    }
    print(json.dumps(report) if arguments.json else _told(preview, counts, arguments.group))
    return 1 if preview.problems else 0


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > imports.LARGEST_FILE:
            raise ImportFileError(f"{path} is over 20 MB. Split it.")
        return path.read_bytes()
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read ({error.strerror}).") from None


def _told(preview: imports.ImportPreview, counts: Mapping[Outcome, int], group: str) -> str:
    lines = [f"row {row}: {problem}" for row, problem in preview.problems[:SHOWN]]
    if len(preview.problems) > SHOWN:
        lines.append(f"… and {len(preview.problems) - SHOWN} more rows like these.")
    if preview.doubles:
        rows = "1 row names" if preview.doubles == 1 else f"{preview.doubles} rows name"
        lines.append(f"{rows} somebody who stands further up: joined into one.")
    if counts:
        lines.append(
            f"{counts[Outcome.INVITED]} invited to {group}; {counts[Outcome.MEMBER]} are in it already; "
            f"{counts[Outcome.NOT_NOW]} are not asked (asked this week, said no, or said stop)."
        )
    else:
        people = "1 person" if len(preview.people) == 1 else f"{len(preview.people)} people"
        lines.append(f"{people} would be invited to {group}. Add --apply to do it.")
    return "\n".join(lines)
