"""Play the talks beside flows (`*.talks.yaml`), and say where one went another way than written."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.rehearsing import NoSuchFlowError, find, no_language, stage
from bot.settings import Settings, SettingsError
from flows.authoring.playing import Difference, play, rewrite
from flows.authoring.rehearsal import Stage
from flows.authoring.transcripts import load_talks
from flows.loader import TALKS, FlowError
from translations.files import CatalogueError
from translations.languages import LANGUAGES

EXPECTED = (SettingsError, FlowError, CatalogueError, NoSuchFlowError, OSError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which talks, and whether to write them anew."""
    parser.add_argument("path", nargs="*", help="flows, talks files or folders of them (default: FLOWS_DIR)")
    parser.add_argument(
        "--update", action="store_true", help="write what is said now in place of what was expected: review the change"
    )


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Play every talk; 1 where one went another way.

    Raises:
        SettingsError, FlowError, CatalogueError: a setting, a flow, its talks or its translation is wrong.
        NoSuchFlowError: there are no talks where the person looks for them.
        OSError: a file cannot be written.
    """
    settings = Settings.read(environ, make=False)
    played, wrong, updated = 0, 0, 0
    for path in _files(arguments.path or [str(settings.flows_dir)], settings.flows_dir):
        count, found = _play(path, settings)
        played += count
        if arguments.update and any(each.span is not None for each in found):
            # What was wrong behind a line that changed may be right now.
            updated += _update(path, found)
            found = _play(path, settings)[1]
        wrong += len({each.talk for each in found})
        for each in found:
            got = " ".join(each.got.split())
            print(f"{path}:{each.line}: {each.talk}\n  expected  {each.expected}\n  got       {got}")
    changed = f" {updated} {'file was' if updated == 1 else 'files were'} written anew." if updated else ""
    went = f"{wrong} went another way" if wrong else "all went as written"
    print(f"{played} {'talk' if played == 1 else 'talks'}: {went}.{changed}")
    return 1 if wrong else 0


def _files(names: list[str], flows_dir: Path) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if path.is_dir():
            found = sorted(path.glob(f"*{TALKS}"))
        elif name.endswith(TALKS):
            found = [path]
        else:
            path = find(name, flows_dir)
            found = [path.with_name(path.stem + TALKS)]
        if not found or not found[0].is_file():
            raise NoSuchFlowError(f"There are no talks in {path}: write them in a file that ends in `{TALKS}`.")
        yield from found


def _play(path: Path, settings: Settings) -> tuple[int, list[Difference]]:
    talks = load_talks(path)
    flow = path.with_name(path.name.removesuffix(TALKS) + ".yaml")
    stages: dict[str, Stage] = {}
    found: list[Difference] = []
    for talk in talks:
        if talk.language not in LANGUAGES:
            raise FlowError([f"{path}:{talk.line}:1: {no_language(talk.language)}"])
        if talk.language not in stages:
            stages[talk.language] = stage(flow, talk.language, settings)
        found += play(stages[talk.language], talk)
    return len(talks), found


def _update(path: Path, found: list[Difference]) -> int:
    source = path.read_bytes().decode("utf-8-sig")  # as it stands, with the line ends it has
    anew = rewrite(source, found)
    if anew == source:
        return 0
    replace_file(path, anew)
    return 1


def replace_file(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: it cannot be written; the error names this file, and not the one beside it that was meant to become it.
    """
    try:
        _replace(path, text)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
