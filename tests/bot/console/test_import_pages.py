from __future__ import annotations

import io
import re

import pytest
from openpyxl import Workbook

from bot.console import import_pages
from storage import messages
from storage.community import contacts
from tests.workers.surroundings import say

PAGE = "/console/contacts/import"
LIST = "Name;Mobile;Language\nAmina;07700 900011;ur\nBen;hello;\nAmina;+447700900011;\nCai;07700 900012;cy\n"


@pytest.fixture
def carers(bob) -> None:
    bob.post("/console/groups", name="carers", title="Carers of Newham")


def upload(browser, data: bytes, name: str = "people.csv", group: str = "carers"):
    return browser.post(PAGE, file=(io.BytesIO(data), name), group=group)


def token(page: str) -> str:
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def texts(service, number: str) -> list[str]:
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash(f"sms:{number}"))
        return [row.body for row in messages.conversation(db, contact_id)] if contact_id else []


def sheet(*rows: tuple[object, ...]) -> bytes:
    book, data = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(data)
    return data.getvalue()


def test_without_a_group_the_page_says_what_comes_first(bob):
    assert "make one first" in bob.get(PAGE).text


@pytest.mark.usefixtures("carers")
def test_a_list_is_shown_row_by_row_and_nobody_is_texted_before_it_is_confirmed(service, bob):
    page = upload(bob, LIST.encode()).text
    assert "That is not a phone number." in page
    assert '<th scope="row">3</th>' in page
    assert 'People to invite</dt><dd class="nhsuk-summary-list__value"><bdi>2<' in page
    assert 'Cost, at most</dt><dd class="nhsuk-summary-list__value"><bdi>£0.21<' in page
    assert "Amina" in page.partition("What the first of them reads")[2]
    assert "hello" not in page
    assert "7700" not in page
    assert texts(service, "+447700900011") == []


@pytest.mark.usefixtures("carers")
def test_a_confirmed_list_is_invited_once_however_often_it_is_clicked(service, bob):
    confirmation = {"page": PAGE, "token": token(upload(bob, LIST.encode()).text)}
    first = bob.post(f"{PAGE}/confirm", **confirmation)
    assert "2 invited" in bob.get(first.headers["Location"]).text
    again = bob.post(f"{PAGE}/confirm", **confirmation)
    assert "was used already" in bob.get(again.headers["Location"]).text
    assert len(texts(service, "+447700900011")) == 1
    assert "carers" in upload(bob, LIST.encode()).text


@pytest.mark.usefixtures("carers")
def test_a_preview_is_good_for_an_hour(service, bob, clock):
    confirmation = {"page": PAGE, "token": token(upload(bob, LIST.encode()).text)}
    clock.later(minutes=29)
    bob.get(PAGE)
    clock.later(minutes=29)
    bob.get(PAGE)
    clock.later(minutes=3)
    bob.post(f"{PAGE}/confirm", **confirmation)
    assert texts(service, "+447700900011") == []


@pytest.mark.usefixtures("carers")
def test_an_excel_list_is_read_and_numbers_get_their_first_nought_back(service, bob):
    page = upload(bob, sheet(("Phone", "First name"), (7700900013, "Dai")), "people.XLSX").text
    bob.post(f"{PAGE}/confirm", page=PAGE, token=token(page))
    assert "Dai" in texts(service, "+447700900013")[0]


@pytest.mark.usefixtures("carers")
@pytest.mark.parametrize(
    ("data", "name", "problem"),
    [
        (b"name\nAmina\n", "people.csv", 'no column called <code dir="ltr">number</code>'),
        (b"", "people.csv", 'no column called <code dir="ltr">number</code>'),
        (b"PK not a sheet", "people.xlsx", "no XLSX file that can be opened"),
        (b"number\n" + b"07700900011\n" * 2001, "people.csv", "more than 2,000 rows"),
        (b"number\nx\n", "people.csv", "Nobody in this list can be invited"),
        (b"number\n\x00\xff\n", "<b>.csv", "Nobody in this list can be invited"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(bob, data, name, problem):
    assert problem in upload(bob, data, name).text


@pytest.mark.usefixtures("carers")
def test_a_form_without_a_file_or_with_an_unknown_group_says_so(bob):
    assert "Choose a file" in bob.post(PAGE, group="carers").text
    assert "There is no group" in upload(bob, LIST.encode(), group="nobody").text


@pytest.mark.usefixtures("carers")
def test_a_file_too_large_for_the_page_is_refused(bob):
    told = {"CONTENT_LENGTH": str(import_pages.LARGEST + 1)}
    answer = bob.client.post(PAGE, content_type="multipart/form-data; boundary=x", environ_overrides=told)
    assert answer.status_code == 413


def test_a_stranger_who_is_appointed_gets_one_question_and_nothing_else_before_their_yes(service, bob):
    bob.post("/console/groups", name="carers", title="Carers of Newham")
    page = "/console/groups/carers"
    answer = bob.post(f"{page}/champions", page=page, number="07700 900001", first_name="Amina")
    assert "one text asks them" in bob.get(answer.headers["Location"]).text
    assert len(texts(service, "+447700900001")) == 1
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash("sms:+447700900001"))
        assert not contacts.get(db, contact_id).agreed
    assert "Carers of Newham" in say(service, "yes")[0]
    assert "Amina" in bob.get(page).text
