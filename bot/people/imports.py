"""People from a list: read, shown with what is wrong row by row, then invited; nobody counts before their own yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.conversations.joining import Guest, Outcome, invitation_to, invite
from bot.conversations.sharing import MOST_PEOPLE, initials_in
from bot.mistakes import ToldError
from bot.people import numbers, sheets
from bot.people.sheets import ImportFileError, Line
from bot.service import Service
from flows.text import clean, fold
from storage.community import groups
from storage.community.groups import Group
from translations.languages import LANGUAGES

MOST_ROWS = 50_000
LARGEST_FILE = 20 * 1024 * 1024
LONGEST_NAME = 60

_COLUMNS = {
    "number": (
        "mobile number", "mobile", "mobile phone", "mobile no", "number", "phone number", "phone", "phone no",
        "contact number", "telephone", "telephone number", "tel", "tel no",
    ),
    "name": ("first name", "firstname", "first_name", "forename", "name", "full name"),
    "language": ("language", "lang"),
    "initials": ("initials", "initial"),
}  # fmt: skip
"""What a column may be called; where several fit, the one whose name stands first here is taken."""


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


def read(
    name: str, data: bytes, service: Service, most: int = MOST_ROWS, step: Callable[[], object] = lambda: None
) -> ImportPreview:
    """Read a CSV or XLSX file with a column of numbers.

    Args:
        name: what the file is called.
        data: the whole file.
        service: whose countries and region count.
        most: how many rows are taken at once.
        step: called before each row.

    Raises:
        ImportFileError: it is too large, of another kind, or has no such column.
    """
    if len(data) > LARGEST_FILE:
        raise ImportFileError("{file} is over 20 MB. Split it.", file=name)
    with sheets.opened(name, data) as every:
        lists = [(sheet.title, columns, sheet.lines) for sheet in every if (columns := _columns(sheet.lines))]
        if not lists:
            raise ImportFileError("{file} has no column called `number` in its first row.", file=name)
        if len(lists) > 1:
            raise ImportFileError(
                "{file} has several sheets with numbers: {titles}. Save one as a file of its own.",
                file=name, titles=", ".join(title for title, _, _ in lists),
            )  # fmt: skip
        _, columns, lines = lists[0]
        return _understood(_counted(lines, step), columns, service, name, most)


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


def invitations_of(service: Service, preview: ImportPreview, group: Group) -> tuple[str, int]:
    """The first invitation as it is read, and what all of them cost at most, in thousandths of a penny."""
    settings, texts = service.settings, []
    price = 0
    for row in preview.people:
        text = invitation_to(service, _guest(row, "simulator"), group, row.language or settings.language)
        price += settings.prices.of("sms", numbers.country_of(f"sms:{row.number}"), text)[1]
        texts.append(text)
    return texts[0] if texts else "", price


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


def _understood(
    lines: Iterator[Line], columns: Mapping[str, int], service: Service, name: str, most: int
) -> ImportPreview:
    preview, seen, count = ImportPreview(), _Seen(), 0
    for line in lines:
        given = {column: _cell(line.cells, at) for column, at in columns.items()}
        if not any(given.values()) and line.problem is None:
            continue
        count += 1
        if count > most:
            raise ImportFileError("{file} has more than {most} rows. Split it.", file=name, most=f"{most:,}")
        if line.problem is not None:
            preview.problems.append((line.row, line.problem))
            continue
        try:
            number = numbers.e164(given["number"], service.settings.region, service.settings.countries)
            language = _language(given.get("language", ""))
            initials = _initials(given.get("initials", ""))
            double = seen.before(number, initials)
        except (numbers.NumberError, ImportFileError) as error:
            preview.problems.append((line.row, error))
            continue
        if double:
            preview.doubles += 1
            continue
        preview.people.append(Row(line.row, number, given.get("name") or None, language, initials))
    return preview


def _counted(lines: Iterator[Line], step: Callable[[], object]) -> Iterator[Line]:
    for line in lines:
        step()
        yield line


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


def _columns(lines: Iterator[Line]) -> dict[str, int]:
    """Where each column stands, by the first row that holds anything; empty where there is none of numbers."""
    header = next((line.cells for line in lines if any(map(str.strip, line.cells))), ())
    titles = [fold(title) for title in header]
    found = {
        column: titles.index(next(known for known in names if known in titles))
        for column, names in _COLUMNS.items()
        if not set(names).isdisjoint(titles)
    }
    return found if "number" in found else {}


def _cell(cells: Sequence[str], at: int) -> str:
    return " ".join(clean(cells[at]).split())[: LONGEST_NAME * 2] if at < len(cells) else ""


def _language(given: str) -> str | None:
    code = given.lower()
    if code and code not in LANGUAGES:
        raise ImportFileError("The language must be a code such as en or cy.")
    return code or None
