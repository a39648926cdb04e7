"""Make and update the PO files of flows, show how far each language has come, and sign translations off."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.catalogues import (
    CONSOLE,
    OWN,
    SAFEGUARDING,
    SYSTEM,
    catalogue_of,
    flow_sentences,
    path_of,
    state_of,
    system_sentences,
)
from bot.console.catalogue import console_sentences
from bot.settings import Settings, SettingsError
from flows.definition import Flow
from flows.files.problems import did_you_mean
from flows.loader import FlowError, load_each
from translations import revising
from translations.catalogues import Sentence, progress
from translations.files import CatalogueError
from translations.languages import LANGUAGES


class TranslatingError(Exception):
    """What was asked for cannot be done; the message says what to write instead."""


EXPECTED = (SettingsError, FlowError, CatalogueError, TranslatingError, OSError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to translate, or what to show."""
    parser.add_argument("flow", nargs="*", help=f"flows, {', '.join(OWN)} (default: flows, {SYSTEM}, {SAFEGUARDING})")
    parser.add_argument("--language", help="one language, such as cy (default: all that ship)")
    parser.add_argument("--status", action="store_true", help="show how far each language has come, and write nothing")
    parser.add_argument("--json", action="store_true", help="with --status: as JSON")
    parser.add_argument("--sign-off", metavar="LANGUAGE", help="say that somebody has read every draft of a language")
    parser.add_argument("--by", metavar="NAME", help="with --sign-off: who has read it")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Translate, show or sign off; 1 where a flow or a PO file is broken, and the others were done.

    Raises:
        SettingsError: a setting is wrong.
        FlowError: there is no folder of flows.
        CatalogueError: the PO file that is to be signed off is broken.
        TranslatingError: there is no such flow or language, or nobody was named.
        OSError: a file cannot be written.
    """
    names, flows_dir = _named(arguments.flow, Settings.read(environ, make=False).flows_dir)
    chosen, problems = _chosen(names, flows_dir)
    language = arguments.sign_off or arguments.language
    languages = [_known(language)] if language else [code for code in LANGUAGES if code != "en"]
    if arguments.status:
        _show(chosen, languages, flows_dir, problems, as_json=arguments.json)
    elif arguments.sign_off:
        _sign_off(names, languages[0], flows_dir, arguments.by)
    else:
        _update(chosen, languages, flows_dir, problems, named=language is not None)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _named(names: list[str], flows_dir: Path) -> tuple[list[str], Path]:
    """The names of flows, and their folder: that of the files where they were named by their files."""
    files = [Path(name) for name in names if name.endswith(".yaml")]
    folders = {file.parent for file in files}
    if len(folders) > 1 or (files and len(files) < len(names)):
        raise TranslatingError("Name flows of one folder at a time, all of them by their files or all by their names.")
    return ([file.stem for file in files], folders.pop()) if files else (names, flows_dir)


def _chosen(names: list[str], flows_dir: Path) -> tuple[dict[str, list[Sentence]], list[str]]:
    """What is to be translated, and what is wrong with flows that were meant too."""
    flows, broken = load_each(flows_dir)
    known = [*OWN, *flows, *broken]
    for name in names:
        if name not in known:
            advice = did_you_mean(name, known, f"there is {', '.join(known)}")
            raise TranslatingError(f"There is no flow `{name[:60]}`{advice}")
    problems = [problem for name, error in broken.items() if name in (names or broken) for problem in error.problems]
    meant = names or [SYSTEM, SAFEGUARDING, *flows]
    return {name: _sentences(name, flows) for name in known if name in meant and name not in broken}, problems


def _sentences(name: str, flows: Mapping[str, Flow]) -> list[Sentence]:
    if name == CONSOLE:
        return console_sentences()
    return system_sentences(name) if name in OWN else flow_sentences(flows[name])


def _known(code: str) -> str:
    if code == "en":
        raise TranslatingError("English is what is translated from. Name another language, such as cy.")
    if code not in LANGUAGES:
        raise TranslatingError(f"Sayso does not know `{code[:20]}`. It knows {', '.join(LANGUAGES)}.")
    return code


def _update(
    chosen: Mapping[str, list[Sentence]], languages: list[str], flows_dir: Path, problems: list[str], *, named: bool
) -> None:
    written = looked_at = 0
    for language in languages:
        for name, sentences in chosen.items():
            path = path_of(name, language, flows_dir)
            if name == CONSOLE and not named and not path.is_file():
                continue  # the console ships in few languages; another one begins when it is named
            looked_at += 1
            try:
                updated = revising.update(path, language, sentences)
            except CatalogueError as error:
                problems += error.problems
                continue
            if updated:
                written += 1
                print(path)
    unchanged = "No file was written." if problems else "Every file was up to date."
    print(f"{written} of {looked_at} files written." if written else unchanged)


def _sign_off(names: list[str], language: str, flows_dir: Path, by: str | None) -> None:
    if not by or not by.strip() or not by.isprintable():
        raise TranslatingError("Say who has read it: --by NAME.")
    if not names:
        raise TranslatingError(f"Say what was read: name flows, or `{SYSTEM}`.")
    for name in names:
        path = path_of(name, language, flows_dir)
        if not path.is_file():
            raise TranslatingError(
                f"{path} is not there. Make it with `sayso flows translate {name} --language {language}`."
            )
        signed = revising.sign_off(path, language, by.strip()[:80], datetime.now(UTC).date().isoformat())
        print(f"{name}: {signed} translations signed off by {by.strip()[:80]}.")


def _show(
    chosen: Mapping[str, list[Sentence]], languages: list[str], flows_dir: Path, problems: list[str], *, as_json: bool
) -> None:
    rows = list(_rows(chosen, languages, flows_dir, problems))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = max((len(row["flow"]) for row in rows), default=0)
    for row in rows:
        counts = ", ".join(f"{row[each]} {each}" for each in ("signed", "draft", "stale", "missing") if row[each])
        print(f"{row['flow']:<{width}}  {row['language']:<3} {row['state']:<10} {counts}")


def _rows(
    chosen: Mapping[str, list[Sentence]], languages: list[str], flows_dir: Path, problems: list[str]
) -> Iterator[dict[str, Any]]:
    for name, sentences in chosen.items():
        for language in languages:
            try:
                done = progress(catalogue_of(name, language, flows_dir), sentences)
            except CatalogueError as error:
                problems += error.problems
                continue
            counts = {"signed": done.signed, "draft": done.draft, "stale": done.stale, "missing": done.missing}
            yield {"flow": name, "language": language, "state": state_of(done), **counts}
