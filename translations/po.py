"""PO files, read strictly and written whole. Babel parses and writes; what it lets pass in silence is refused here."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from translations.files import CatalogueError, contents, decoded
from translations.quick import Entry, plurals_are_good

_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)(\[[^\]]*\]?)?(\s*)")
_STRING = re.compile(r'"(?:[^"\\]|\\[\\trn"])*"')
_CHARSET = re.compile(r"charset=([^\s;\\]*)", re.IGNORECASE)
_AFTER = {"msgctxt": ("", "msgstr"), "msgid": ("", "msgctxt", "msgstr"), "msgstr": ("msgid",)}
"""Which line may stand before which; the empty word is the beginning of an entry."""


def read(path: Path, language: str) -> Catalog:
    """The catalogue in a file.

    Raises:
        CatalogueError: the file cannot be read or is no good PO file of this language; every problem is listed.
    """
    return read_bytes(contents(path), str(path), language)


def read_bytes(data: bytes, name: str, language: str) -> Catalog:
    """The catalogue in a PO file's bytes; `name` is for messages.

    Raises:
        CatalogueError: as for `read`.
    """
    text = decoded(data, name)
    scan = _Scan(text, language)
    scan.all()
    if scan.found:
        raise CatalogueError([f"{name}:{line}:{column}: {problem}" for line, column, problem in sorted(scan.found)])
    try:
        return read_po(io.StringIO(text), locale=language, abort_invalid=True)
    except PoFileError as error:
        raise CatalogueError([f"{name}:{error.lineno + 1}:1: {str(error)[:100]} — open it in a PO editor."]) from None
    except (ValueError, TypeError, LookupError, IndexError, AssertionError, AttributeError):
        # Babel answers some broken headers with whatever its parsing stumbled over.
        raise CatalogueError(
            [f"{name}:1:1: The header cannot be read — write the file anew with `translate`."]
        ) from None


def entry_of(message: Message) -> Entry:
    """A message as Babel holds it, as an entry."""
    return Entry(
        message.context or "",
        str(message.id),
        str(message.string),
        message.lineno or 0,
        message.fuzzy,
        tuple(message.auto_comments),
        tuple(message.user_comments),
    )


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalogue whole or not at all: to a file beside it, safe on disk, then moved into place.

    Raises:
        OSError: the folder cannot be written; what was there before is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write_po(file, catalog, width=0)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


class _Scan:
    """One pass over the lines of a PO file; notes what a translator must put right."""

    def __init__(self, text: str, language: str) -> None:
        self.lines = text.split("\n")
        self.language = language
        self.found: list[tuple[int, int, str]] = []
        self.before = ""
        self.line = 0
        self.entry: dict[str, str] = {}
        self.started = 1
        self.seen: dict[tuple[str, str], int] = {}

    def all(self) -> None:
        for number, text in enumerate(self.lines, 1):
            self.line = number
            self._line(text)
        self._finish()

    def _note(self, column: int, problem: str, line: int | None = None) -> None:
        self.found.append((line or self.line, column, problem))

    def _line(self, text: str) -> None:
        for at in _unreadable(text):
            self._note(at + 1, "A control character stands here — take it out.")
        stripped = text.strip()
        start = len(text) - len(text.lstrip())
        if not stripped or (stripped[0] == "#" and not stripped.startswith("#~")):
            return
        if stripped.startswith("#~"):
            return  # an entry no longer used: kept as it is, never shown to anybody
        if stripped[0] == '"':
            if not self.before:
                self._note(start + 1, "A text stands alone — write `msgid` or `msgstr` before it.")
            self._string(text, start, self.before)
            return
        match = _KEYWORD.match(text, start)
        if match is None:
            self._note(start + 1, "A line begins with `msgctxt`, `msgid`, `msgstr`, a quote or `#`.")
            return
        if match[1] == "msgid_plural" or match[2]:
            self._note(start + 1, "Sentences here have one form — write `msgid` and `msgstr`, without plurals.")
            return
        self._keyword(match[1], start)
        self._string(text, match.end(), match[1])

    def _keyword(self, word: str, start: int) -> None:
        if self.before not in _AFTER[word]:
            missing = "msgstr" if self.before == "msgid" else "msgid"
            self._note(start + 1, f"`{word}` stands here, but `{missing}` is missing before it — add it.")
        if word != "msgstr" and self.before in ("", "msgstr"):
            self._finish()
            self.started = self.line
        self.before = word

    def _string(self, text: str, at: int, word: str) -> None:
        match = _STRING.match(text, at)
        good = match is not None and not text[match.end() :].strip()
        if word:
            self.entry[word] = self.entry.get(word, "") + (match[0][1:-1] if match is not None and good else "")
        if not good:
            self._note(*_wrong_string(text, at))

    def _finish(self) -> None:
        entry, self.entry = self.entry, {}
        if "msgid" not in entry:
            return
        if "msgstr" not in entry:
            self._note(1, "This entry has no `msgstr` — add one, empty if there is no translation yet.", self.started)
            return
        if not entry["msgid"] and not entry.get("msgctxt"):
            self._header(entry["msgstr"])
            return
        key = (entry.get("msgctxt", ""), entry["msgid"])
        first = self.seen.setdefault(key, self.started)
        if first != self.started:
            self._note(1, f"This entry stands here twice, first in line {first} — keep one.", self.started)

    def _header(self, text: str) -> None:
        for row in text.split("\\n"):
            name, colon, value = row.partition(":")
            if row and not colon:
                self._note(1, f"The header line `{row[:40]}` has no colon — write `Name: value`.", self.started)
            self._header_value(name.strip().lower(), value.strip())

    def _header_value(self, name: str, value: str) -> None:
        charset = _CHARSET.search(value) if name == "content-type" else None
        if charset is not None and charset[1].lower() not in ("utf-8", "utf8"):
            self._note(1, f"The header says `{charset[1][:40]}` — save as UTF-8 and say so.", self.started)
        if name == "language" and value and value.replace("_", "-").lower() != self.language.lower():
            self._note(1, f"The header says `{value[:20]}`, the folder `{self.language}` — one is wrong.", self.started)
        if name == "plural-forms" and not plurals_are_good(f"{name}: {value}"):
            self._note(1, "The header's `Plural-Forms` cannot be read — take that line out.", self.started)


def _unreadable(text: str) -> Iterator[int]:
    return (at for at, character in enumerate(text) if character < " " and character != "\t")


def _wrong_string(text: str, at: int) -> tuple[int, str]:
    """Column and reason of a text in quotes that is not one."""
    if at >= len(text) or text[at] != '"':
        return at + 1, 'A text in quotes is missing here — write it as "…".'
    end = at + 1
    while end < len(text):
        if text[end] == '"':
            return end + 2, 'Something stands behind the closing quote — a quote inside a text is written \\".'
        if text[end] == "\\":
            if end + 1 >= len(text) or text[end + 1] not in '\\trn"':
                return end + 1, f"`{text[end : end + 2]}` means nothing here — a backslash is written \\\\."
            end += 1
        end += 1
    return len(text), 'The closing quote is missing — end the line with ".'
