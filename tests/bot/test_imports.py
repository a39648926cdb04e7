"""A list of people, as CSV and XLSX, where several of them share a phone."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from bot.people import imports
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
