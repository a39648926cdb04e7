"""The sentences of the console's pages, for translators. Apart, because the web has no use for the extractor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir, extract_from_file

from translations.catalogues import Sentence

ROOT = Path(__file__).parents[2]
ROOMS = ("broadcasts", "conversations", "disclosure", "exports", "people", "results", "commands")
"""Beside the console's own: whose mistakes, entries of the audit trail and findings are read on its pages."""
FILES = ("bot/flow_figures.py", "bot/flow_report.py", "bot/rehearsing.py", "bot/uploads.py", "flows/loader.py")
"""What is said of flow files, beside the room that reads them."""
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract"), ("**.svg", "jinja2.ext:babel_extract")]
_MARKED: dict[str, Any] = {"later": None, "note": (3,), "Finding": (3,)}
_SAID: dict[str, Any] = {**_MARKED, "_": None, "say": None}
_MISTAKES = (
    "BroadcastsError", "ExportFileError", "ExportRefusedError", "FilterError", "GroupsError", "ImportFileError",
    "ManualReplyError", "Refused", "ScheduleError", "SortingError",
)  # fmt: skip
_OF_FLOWS: dict[str, Any] = {
    "Wording": None, "add": (2,), "ConditionError": (2,), "_StopError": (2,), "_Fault": (2,),
}  # fmt: skip


def console_sentences() -> list[Sentence]:
    """What the console's pages say, each sentence once."""
    found: dict[str, Sentence] = {}
    for file, line, text in _extracted():
        if text:  # `say` of a catalogue has its context first, which is empty
            found.setdefault(text, Sentence("", text, file, line))
    return list(found.values())


def _extracted() -> Iterator[tuple[str, int, str]]:
    yield from _of("bot/console", _SAID)
    for room in ROOMS:
        # What only the command line says is read in a terminal, in English.
        mistakes = {} if room == "commands" else dict.fromkeys(_MISTAKES)
        yield from _of(f"bot/{room}", {**_MARKED, **mistakes})
    yield from _of("flows/files", _OF_FLOWS)
    for file in FILES:
        for line, text, _comments, _context in extract_from_file("python", ROOT / file, keywords=_OF_FLOWS):
            yield file, line, str(text)


def _of(room: str, functions: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    for name, line, text, _comments, _context in extract_from_dir(ROOT / room, _METHODS, keywords=functions):
        yield f"{room}/{name}", line, str(text)
