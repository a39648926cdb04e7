"""Read flows, say what is wrong with them or worth another thought, and what they cost in every language."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.flow_figures import counted
from bot.flow_report import Checked, Finding, check_file, check_files
from bot.rehearsing import NoSuchFlowError, find
from bot.settings import Settings, SettingsError
from flows.loader import TALKS, flow_files

EXPECTED = (SettingsError, NoSuchFlowError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to check."""
    parser.add_argument("path", nargs="*", help="flows, or folders of them (default: FLOWS_DIR)")
    parser.add_argument("--json", action="store_true", help="everything as one JSON document")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Check; 1 where something is wrong.

    Raises:
        SettingsError: a setting is wrong.
        NoSuchFlowError: there is no flow where the person looks for it.
    """
    settings = Settings.read(environ, make=False)
    checked = [
        one
        for path in arguments.path or [str(settings.flows_dir)]
        for one in (_in_folder(Path(path), settings) if Path(path).is_dir() else [_one(path, settings)])
    ]
    if arguments.json:
        print(json.dumps([_as_json(one) for one in checked], ensure_ascii=False, indent=1))
    else:
        for line in _lines(checked):
            print(line)
    return 1 if any(one.errors for one in checked) else 0


def _in_folder(path: Path, settings: Settings) -> list[Checked]:
    files = flow_files(path)
    if not files:
        raise NoSuchFlowError(f"There are no flows in {path}: the names of their files end in `.yaml`.")
    return check_files(files, settings)


def _one(name: str, settings: Settings) -> Checked:
    path = Path(name)
    flow = path.suffix == ".yaml" and not name.endswith(TALKS)
    return check_file(path if flow else find(name, settings.flows_dir), settings)


def _lines(checked: list[Checked]) -> Iterator[str]:
    for one in checked:
        for finding in one.findings:
            yield _line(finding)
        missing = [language.language for language in one.languages if language.state == "missing"]
        for language in one.languages:
            if language.state != "missing":
                yield f"{one.path}: {language.line()}"
        if missing:
            yield f"{one.path}: not translated into {', '.join(missing)}"
    errors, warnings = sum(len(one.errors) for one in checked), sum(len(one.warnings) for one in checked)
    names = ", ".join(one.path.stem for one in checked if not one.errors)
    fine = f" Nothing is wrong: {names}." if names else ""
    yield f"{counted(errors, 'error')}, {counted(warnings, 'warning')}.{fine}"


def _line(finding: Finding) -> str:
    mark = "" if finding.severity == "error" else f"{finding.severity}: "
    return f"{finding.file}:{finding.line}:{finding.column}: {mark}{finding.message}"


def _as_json(one: Checked) -> dict[str, Any]:
    return {
        "file": str(one.path),
        "flow": one.path.stem,
        "errors": [finding.as_json() for finding in one.errors],
        "warnings": [finding.as_json() for finding in one.warnings],
        "languages": [language.as_json() for language in one.languages],
    }
