"""People from a list: read, shown with what is wrong row by row, then invited; nobody counts before their own yes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from bot.conversations.joining import Guest, Outcome, invite
from bot.conversations.sharing import MOST_PEOPLE, initials_in
from bot.mistakes import ToldError
from bot.people import numbers
from bot.service import Service
from flows.text import clean, fold
from storage.community import groups
from storage.community.groups import Group

MOST_ROWS = 50_000
LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 200 * 1024 * 1024
"""Bytes; an XLSX file is packed, and a small one can hold far more than any list of people."""
LONGEST_NAME = 60

_COLUMNS = {
    "number": ("number", "phone", "mobile", "telephone", "phone number", "mobile number", "tel"),
    "name": ("name", "first name", "firstname", "first_name"),
    "language": ("language", "lang"),
    "initials": ("initials", "initial"),
}


class ImportFileError(ToldError):
    """A file that cannot be read as a list of people; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a list: the row's number as a spreadsheet shows it, and who they are."""

    row: int
    number: str
    name: str | None
    language: str | None
    initials: str | None = None
    """How they are told apart, where several people share the number."""


@dataclass(slots=True)
class ImportPreview:
    """What an import would do. `problems`: a row and what is wrong with it, never the phone number in it."""

    people: list[Row] = field(default_factory=list)
    problems: list[tuple[int, ToldError]] = field(default_factory=list)
    doubles: int = 0
    """Rows with a number (and the same initials) that stood further up already: one person, one invitation."""


def read(name: str, data: bytes, service: Service, most: int = MOST_ROWS) -> ImportPreview:
    """Read a CSV or XLSX file with a column of numbers.

    Args:
        name: what the file is called; its ending says which kind it is.
        data: the whole file.
        service: whose countries and region count.
        most: how many rows are taken at once.

    Raises:
        ImportFileError: it is too large, of another kind, or has no such column.
    """
    if len(data) > LARGEST_FILE:
        raise ImportFileError("{file} is over 20 MB. Split it.", file=name)
    lines = _sheet(name, data) if name.lower().endswith(".xlsx") else _text(name, data)
    return _understood(lines, service, name, most)


def apply(
    service: Service, preview: ImportPreview, group: Group, step: Callable[[], object] = lambda: None
) -> dict[Outcome, int]:
    """Invite everybody of a preview to a group, a hundred at a time; `step` is called after each person.

    Returns:
        How many were invited, are members already, or are not asked now.
    """
    counts = dict.fromkeys(Outcome, 0)
    gateway = "twilio" if service.settings.sends_texts else "simulator"
    for start in range(0, len(preview.people), 100):
        part = preview.people[start : start + 100]

        def work(part: Sequence[Row] = part) -> list[Outcome]:
            with service.database.transaction() as db:
                guests = [_guest(row, gateway) for row in part]
                return [invite(service, db, guest, group) for guest in guests]

        for outcome in service.database.retrying(work):
            counts[outcome] += 1
            step()
    return counts


def _guest(row: Row, gateway: str) -> Guest:
    return Guest(f"sms:{row.number}", gateway, row.name, language=row.language, initials=row.initials)


def group_named(service: Service, name: str) -> Group:
    """A group by its name.

    Raises:
        ImportFileError: there is none.
    """
    with service.database.reading() as db:
        found = groups.get(db, name)
        names = [group.name for group in groups.every(db)]
    if found is None:
        if not names:
            raise ImportFileError("There is no group `{name}`. Make it first: sayso groups add NAME", name=name[:40])
        raise ImportFileError("There is no group `{name}`. There is {names}.", name=name[:40], names=", ".join(names))
    return found


def _understood(lines: Iterator[Sequence[str]], service: Service, name: str, most: int) -> ImportPreview:
    header = next(lines, None)
    columns = _columns(header or ())
    if "number" not in columns:
        raise ImportFileError("{file} has no column called `number` in its first row.", file=name)
    preview, seen = ImportPreview(), _Seen()
    for place, cells in enumerate(lines, 2):
        if place > most + 1:
            raise ImportFileError("{file} has more than {most} rows. Split it.", file=name, most=f"{most:,}")
        given = {column: _cell(cells, at) for column, at in columns.items()}
        if not any(given.values()):
            continue
        try:
            number = numbers.e164(given["number"], service.settings.region, service.settings.countries)
            language = _language(given.get("language", ""))
            initials = _initials(given.get("initials", ""))
            double = seen.before(number, initials)
        except (numbers.NumberError, ImportFileError) as error:
            preview.problems.append((place, error))
            continue
        if double:
            preview.doubles += 1
            continue
        preview.people.append(Row(place, number, given.get("name") or None, language, initials))
    return preview


class _Seen:
    """Who stood further up: by number, the initials of those on it; None for somebody who has it alone."""

    def __init__(self) -> None:
        self._people: dict[str, set[str | None]] = {}

    def before(self, number: str, initials: str | None) -> bool:
        """Whether this person stood further up.

        Raises:
            ImportFileError: the number is somebody's alone and several people's at once, or too many people's.
        """
        people = self._people.setdefault(number, set())
        if initials in people:
            return True
        if people and (initials is None or None in people):
            raise ImportFileError("Several people have this number: give the initials of each.")
        if len(people) >= MOST_PEOPLE:
            raise ImportFileError("Too many people have this number.")
        people.add(initials)
        return False


def _initials(given: str) -> str | None:
    initials = initials_in(given)
    if given and not initials:
        raise ImportFileError("The initials must be one to four letters, such as AB.")
    return initials or None


def _columns(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        for name, titles in _COLUMNS.items():
            if fold(str(title)) in titles:
                found.setdefault(name, at)
    return found


def _cell(cells: Sequence[str], at: int) -> str:
    return " ".join(clean(cells[at]).split())[: LONGEST_NAME * 2] if at < len(cells) else ""


def _language(given: str) -> str | None:
    code = given.lower()
    if code and not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
        raise ImportFileError("The language must be a code such as en or cy.")
    return code or None


def _text(name: str, data: bytes) -> Iterator[Sequence[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what a spreadsheet on Windows saves as CSV
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except csv.Error as error:
        raise ImportFileError("{file} is no CSV file ({error}).", file=name, error=error) from None


def _sheet(name: str, data: bytes) -> Iterator[Sequence[str]]:
    if not zipfile.is_zipfile(io.BytesIO(data)) or _unpacked(data) > LARGEST_UNPACKED:
        raise ImportFileError("{file} is no XLSX file that can be opened.", file=name)
    # Imported here: the web must not carry a spreadsheet library.
    library = import_module("openpyxl")
    try:
        book = library.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception:
        raise ImportFileError("{file} is no XLSX file that can be opened.", file=name) from None
    try:
        rows: Iterable[Sequence[object]] = book.worksheets[0].iter_rows(values_only=True)
        for row in rows:
            yield [_written(value) for value in row]
    finally:
        book.close()


def _unpacked(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return sum(each.file_size for each in packed.infolist())


def _written(value: object) -> str:
    """A cell's value as a person would write it; a number that lost its first 0 in a spreadsheet gets it back."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return f"0{text}" if isinstance(value, int) and len(text) == 10 else text
