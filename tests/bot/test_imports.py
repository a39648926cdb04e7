"""A list of people, as CSV and XLSX, where several of them share a phone."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from bot.people import imports, sheets
from bot.people.sheets import ImportFileError
from storage import messages
from storage.community import phones
from tests.journeys.reaching import CHAMPION, Town

HOME = "07700 900123"
ROWS = (
    ("Number", "Name", "Initials"),
    ("07700 900123", "Ann", "A.B."),
    ("+447700900123", "Cem", "cd"),
    ("07700900123", "Ann", "ab"),
    ("07700 900124", "Eve", ""),
    ("07700 900123", "Fay", ""),
    ("07700 900124", "Gil", "GH"),
    ("07700 900125", "Ida", "ABCDE"),
)


def as_csv() -> bytes:
    return "\n".join(";".join(row) for row in ROWS).encode()


def as_sheet() -> bytes:
    book, data = Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(row)
    book.save(data)
    return data.getvalue()


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.group()
    yield town
    town.service.close()


@pytest.mark.parametrize(("name", "data"), [("people.csv", as_csv()), ("people.xlsx", as_sheet())])
def test_initials_tell_those_apart_who_share_a_number(town, name, data):
    preview = imports.read(name, data, town.service)
    assert [(row.row, row.name, row.initials) for row in preview.people] == [
        (2, "Ann", "AB"), (3, "Cem", "CD"), (5, "Eve", None),
    ]  # fmt: skip
    assert preview.doubles == 1
    assert [(row, str(problem)) for row, problem in preview.problems] == [
        (6, "Several people have this number: give the initials of each."),
        (7, "Several people have this number: give the initials of each."),
        (8, "The initials must be one to four letters, such as AB."),
    ]


def invite(town: Town) -> None:
    imports.apply(
        town.service, imports.read("people.csv", as_csv(), town.service), imports.group_named(town.service, "carers")
    )


def heard(town: Town) -> list[str]:
    """What the phone was sent, whoever on it was meant."""
    with town.service.database.reading() as db:
        people = phones.people_on(db, town.service.secrets.hash("sms:+447700900123"))
        rows = [row for each in people for row in messages.conversation(db, each.contact_id)]
    left = [row for row in rows if row.direction == "out" and row.status == "delivered" and ": Hello " in row.body]
    return [row.body for row in sorted(left, key=lambda row: row.id)]


def test_each_on_a_shared_phone_is_invited_a_day_apart_and_says_yes_for_themselves(town):
    invite(town)
    town.work()
    ann = heard(town)
    assert len(ann) == 1
    assert ann[0].startswith("AB: Hello Ann.")
    assert town.text(HOME, "yes").startswith("Thank you. You are in Carers now.")
    assert town.text(CHAMPION, "GROUPS") == "carers: 1 (+2 invited)"
    town.later(days=1, minutes=1)
    town.work()
    assert heard(town)[-1].startswith("CD: Hello Cem.")
    assert town.text(HOME, "no") == "That is fine. We will not ask you again."
    assert town.text(CHAMPION, "GROUPS") == "carers: 1 (+1 invited)"


def test_a_yes_after_a_long_silence_may_be_anybodys(town):
    invite(town)
    town.work()
    town.later(days=1, hours=2)
    assert town.text(HOME, "yes").startswith("Who is answering?")
    assert "You are invited to Carers" in town.text(HOME, "AB")
    assert town.text(HOME, "yes").startswith("Thank you. You are in Carers now.")


def test_the_same_list_again_invites_nobody_twice(town):
    invite(town)
    invite(town)
    for _ in range(3):
        town.work()
        town.later(days=1, minutes=1)
    assert [text[:3] for text in heard(town)] == ["AB:", "CD:"]


def book(*sheets: tuple[str, str, list[tuple[object, ...]]]) -> bytes:
    """A workbook of these sheets: title, whether it is seen, rows."""
    made, data = Workbook(), io.BytesIO()
    made.remove(made.active)
    for title, state, rows in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    made.save(data)
    return data.getvalue()


def with_no_sheet() -> bytes:
    book, data = Workbook(), io.BytesIO()
    book.remove(book.active)
    book.create_chartsheet()
    book.save(data)
    return data.getvalue()


A, B, C = "07700 900123", "07700 900124", "07700 900125"
LIST = [("number", "name"), (A, "Ann"), (B, "Bob")]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (f"number,name\n{A},Ann\n{B},Bob", [2, 3]),
        (f"name;mobile\r\nAnn;{A}\r\nBob;{B}\r\n", [2, 3]),
        (f"sep=;\nname;phone no.\nAnn;{A}\nBob;{B}\n", [3, 4]),
        (f"\n\nnumber,name\n{A},Ann\n\n{B},Bob", [4, 6]),
        (f"number\tname\n{A}\tAnn\n{B}\tBob\n".encode("utf-16"), [2, 3]),
        (f"number,name\n{A},Ann\n{B},Bob\n".encode("utf-16-le"), [2, 3]),
        (f"number,name,note\n{A},Ann,\"in two\nlines\"\n{B},Bob,-\n", [2, 3]),
        (f"telephone,name,mobile\n020 7946 0018,Ann,{A}\n,Bob,{B}\n", [2, 3]),
        (f"number,name\n'{A},Ann\n+44(0)7700-900124,Bob\n", [2, 3]),
        (book(("Old", "hidden", [("number",), (C,)]), ("Notes", "visible", [("to do",)]), ("People", "visible", LIST)),
         [2, 3]),
        (book(("People", "visible", [("number", "name"), (447700900123, "Ann"), (7700900124.0, "Bob")])), [2, 3]),
    ],
)  # fmt: skip
def test_a_list_is_read_however_a_spreadsheet_saved_it(town, data, rows):
    preview = imports.read("people", data if isinstance(data, bytes) else data.encode(), town.service)
    assert preview.problems == []
    assert [(row.row, row.number[-3:], row.name) for row in preview.people] == [
        (rows[0], "123", "Ann"), (rows[1], "124", "Bob"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "people", "problems"),
    [
        ([f'{A},"Ann', f"{B},Bob", f"{C},Cem"], [3, 4], {2: "quote mark"}),
        ([f'{A},"Ann', f"{B},Bob", f'{C},"Cem"'], [3, 4], {2: "quote mark"}),
        ([f'{A},"Ann', f"{B},Bob", f'{C},Cem"'], [3, 4], {2: "quote mark"}),
        ([f'{A},"Ann "Annie" Lee"', f"{B},Bob"], [3], {2: "quote mark"}),
        ([f"{A} / {B},Ann", f"{B},Bob"], [3], {2: "more than one number"}),
        (["4.47701E+11,Ann", f"{B},Bob"], [3], {2: "shortened"}),
        (["020 7946 0018,Ann", "+1 202 555 0143,Eve", ",Fay", f"{B},Bob"], [5],
         {2: "not a mobile", 3: "these countries", 4: "not a phone number"}),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named_and_takes_no_other_with_it(town, lines, people, problems):
    preview = imports.read("people.csv", "\n".join(["number,name", *lines]).encode(), town.service)
    assert [row.row for row in preview.people] == people
    assert {row: problems.get(row, "") in str(said) for row, said in preview.problems} == dict.fromkeys(problems, True)


def test_a_number_that_lost_its_digits_before_it_came_into_a_workbook_is_no_number(town):
    preview = imports.read("a.xlsx", book(("A", "visible", [("number",), (447701000000,)])), town.service)
    assert "shortened" in str(preview.problems[0][1])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old Excel file, or has a password"),
        (b"PK\x03\x04 and no more", "cannot be opened|no XLSX file"),
        (b"", "no column called"),
        (with_no_sheet(), "no XLSX file"),
        (f"{A},Ann".encode(), "no column called"),
        (book(("A", "visible", LIST), ("B", "visible", LIST)), "several sheets with numbers: A, B"),
        (book(("A", "hidden", LIST), ("B", "visible", [("to do",)])), "no column called"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(town, data, says):
    with pytest.raises(ImportFileError, match=says):
        imports.read("people.csv", data, town.service)


def rewritten(member: str, data: bytes) -> bytes:
    """The book with another file in it."""
    whole, made = zipfile.ZipFile(io.BytesIO(as_sheet())), io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for name in whole.namelist():
            book.writestr(name, data if name == member else whole.read(name))
    return made.getvalue()


def with_a_broken_directory() -> bytes:
    whole = as_sheet()
    at = whole.rindex(b"PK\x05\x06") + 16  # where the end of the file says that its directory begins
    return whole[:at] + b"\xff\xff\xff\x7f" + whole[at + 4 :]


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x05\x06 and no more",
        as_csv(),
        with_a_broken_directory(),
        rewritten(SHEET, b"<worksheet><sheetData><row><c>"),
        rewritten(SHEET, zipfile.ZipFile(io.BytesIO(as_sheet())).read(SHEET)[:-60]),
    ],
)
def test_a_broken_spreadsheet_is_refused_in_plain_words(town, data):
    with pytest.raises(ImportFileError, match=r"people\.xlsx is no XLSX file that can be opened"):
        imports.read("people.xlsx", data, town.service)


def test_a_spreadsheet_that_unpacks_to_more_than_any_list_is_not_opened(town, monkeypatch):
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 100)
    with pytest.raises(ImportFileError, match="no XLSX file"):
        imports.read("people.xlsx", as_sheet(), town.service)


def test_a_language_that_sayso_does_not_speak_is_told_by_its_row(town):
    preview = imports.read("people.csv", b"number,language\n07700 900123,zz\n07700 900124,CY\n", town.service)
    assert [(row, str(problem)) for row, problem in preview.problems] == [
        (2, "The language must be a code such as en or cy.")
    ]
    assert [row.language for row in preview.people] == ["cy"]
