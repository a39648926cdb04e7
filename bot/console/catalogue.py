"""The sentences of the console's pages, for translators. Apart, because the web has no use for the extractor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir

from translations.catalogues import Sentence

HERE = Path(__file__).parent
ROOMS = ("broadcasts", "conversations", "disclosure", "exports", "people", "results", "commands")
"""Beside the console's own: whose mistakes, entries of the audit trail and findings are read on its pages."""
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract"), ("**.svg", "jinja2.ext:babel_extract")]
_MARKED: dict[str, Any] = {"later": None, "note": (3,), "Finding": (3,)}
_SAID: dict[str, Any] = {**_MARKED, "_": None, "say": None}
_MISTAKES = (
    "BroadcastsError", "ExportFileError", "ExportRefusedError", "FilterError", "GroupsError", "ImportFileError",
    "ManualReplyError", "Refused", "ScheduleError", "SortingError",
)  # fmt: skip


def console_sentences() -> list[Sentence]:
    """What the console's pages say, each sentence once."""
    found: dict[str, Sentence] = {}
    for file, line, text in _extracted():
        if text:  # `say` of a catalogue has its context first, which is empty
            found.setdefault(text, Sentence("", text, f"bot/{file}", line))
    return list(found.values())


def _extracted() -> Iterator[tuple[str, int, str]]:
    yield from _of("console", _SAID)
    for room in ROOMS:
        # What only the command line says is read in a terminal, in English.
        mistakes = {} if room == "commands" else dict.fromkeys(_MISTAKES)
        yield from _of(room, {**_MARKED, **mistakes})


def _of(room: str, functions: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    for name, line, text, _comments, _context in extract_from_dir(HERE.parent / room, _METHODS, keywords=functions):
        yield f"{room}/{name}", line, str(text)
