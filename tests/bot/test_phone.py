from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import create_app
from bot.phone.numbers import drama_number, shown
from bot.phone.thread import cost
from bot.service import Service, build
from bot.settings import Settings
from storage.database import Database, StoreUnavailableError
from storage.secrets import Secrets
from tests.clients import Client

NUMBER = "+447700900001"
MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)


def service_in(folder: Path, **environ: str) -> Service:
    settings = Settings.read({"SAYSO_DATA": str(folder), "SAYSO_PHONE": "1", **environ})
    database = Database(settings.database_url, Secrets(settings.secret_key))
    database.migrate()
    database.close()
    return build(settings, now=lambda: MOMENT)


@pytest.fixture
def service(tmp_path) -> Iterator[Service]:
    made = service_in(tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(service) -> Client:
    return Client(create_app(service))


def send(page: Client, text: str, number: str = NUMBER, channel: str = "sms", token: str = "", **headers: str) -> Any:
    form = {"number": number, "channel": channel, "text": text, "token": token}
    return page.post("/phone/send", data=form, headers={"X-Requested-With": "phone", **headers})


def bubbles(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'<li class="bubble (\w+)".*?</span>(.*?)</p>', html, re.DOTALL)
    return [(who, text) for who, text in found]


def test_the_page_is_not_there_unless_it_is_turned_on(tmp_path):
    service = service_in(tmp_path, SAYSO_PHONE="0")
    assert Client(create_app(service)).get("/phone").status_code == 404
    service.close()


def test_a_text_is_answered_in_the_thread(page):
    html = send(page, "visit").text
    (mine, theirs) = bubbles(html)
    assert mine == ("mine", "visit")
    assert theirs[0] == "theirs"
    assert "Overall, how was your experience" in theirs[1]
    assert "2 SMS" in html


def test_the_last_text_to_somebody_forgotten_is_shown_though_nothing_is_kept(page):
    send(page, "FORGET ME")
    assert [who for who, _ in bubbles(send(page, "YES").text)] == ["theirs"]
    assert bubbles(page.post("/phone/thread", data={"number": NUMBER, "channel": "sms"}).text) == []


def test_a_conversation_goes_on_and_each_phone_has_its_own(page):
    send(page, "visit")
    assert "Please tell us why" in bubbles(send(page, "1").text)[-1][1]
    assert len(bubbles(send(page, "visit", number="+447700900002").text)) == 2
    assert len(bubbles(send(page, "visit", channel="whatsapp").text)) == 2


def test_each_text_runs_its_own_way_whatever_stands_before_it(page):
    shown = send(page, "زيارة").text
    # An element with a `dir` of its own does not tell `auto` which way the paragraph runs.
    assert '<p dir="auto"><span class="who" dir="ltr">You: </span>زيارة</p>' in shown


def test_the_same_text_sent_twice_by_a_second_click_is_one_text(page):
    send(page, "visit", token="a" * 32)
    assert len(bubbles(send(page, "visit", token="a" * 32).text)) == 2


def test_without_javascript_a_text_leads_back_to_the_page_and_no_number_is_in_an_address(page):
    answer = page.post("/phone/send", data={"number": NUMBER, "channel": "whatsapp", "text": "visit", "token": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/phone")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    html = page.get("/phone").text
    assert "WhatsApp on 07700 900001" in html
    assert len(bubbles(html)) == 2
    assert re.findall(r'(?:href|action|src)="[^"]*7700', html) == []


def test_another_phone_can_be_picked_up_by_its_number(page):
    page.post("/phone/open", data={"number": NUMBER, "other": "07700 900 123", "channel": "sms"})
    assert "SMS on 07700 900123" in page.get("/phone").text


@pytest.mark.parametrize("number", ["07911 123456", "+447700900", "+4477009000011", "", "+447700９00001", "x" * 500])
def test_a_number_that_might_ring_is_refused(page, number):
    assert send(page, "visit", number=number).status_code == 400
    assert page.post("/phone/thread", data={"number": number, "channel": "sms"}).status_code == 400


def test_a_number_typed_into_the_page_that_might_ring_is_refused_in_words(page):
    html = page.post("/phone/open", data={"number": NUMBER, "other": "07911 123456", "channel": "sms"}).text
    assert "they ring nowhere" in html


def test_what_a_resident_writes_cannot_become_part_of_the_page(page):
    html = send(page, "<script>alert(1)</script> {{ 7*7 }} ‮").text
    assert "<script" not in html
    assert "{{ 7*7 }}" in html


@pytest.mark.parametrize("text", ["\x00\x07", "\ud800".encode("utf-8", "surrogatepass"), "😀" * 1600, "   ", "=1+1"])
def test_hostile_text_is_answered(page, text):
    assert send(page, text).status_code == 200


def test_a_text_longer_than_any_phone_sends_is_refused(page):
    assert send(page, "x" * 1601).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"}, {"Origin": "null"},
    ],
)  # fmt: skip
def test_another_sites_page_cannot_text(page, headers):
    assert send(page, "visit", **headers).status_code == 403
    assert "visit" not in page.post("/phone/thread", data={"number": NUMBER, "channel": "sms"}).text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example"])
def test_another_name_for_this_machine_is_refused(page, host):
    assert send(page, "visit", Host=host).status_code == 400
    assert "visit" not in page.post("/phone/thread", data={"number": NUMBER, "channel": "sms"}).text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_its_own_page_can_text(page, headers):
    assert send(page, "visit", **headers).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Host": "sayso.example.org"}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}]
)
def test_under_sayso_up_the_page_answers_this_machine_only(tmp_path, headers):
    service = service_in(tmp_path, SAYSO_PHONE="local", PUBLIC_URL="https://sayso.example.org")
    page = Client(create_app(service))
    assert page.get("/phone").status_code == 200
    assert page.get("/phone", headers=headers).status_code == 403
    service.close()


def test_turned_on_by_hand_it_answers_at_the_public_address_too(tmp_path):
    service = service_in(tmp_path, PUBLIC_URL="https://sayso.example.org")
    page = Client(create_app(service))
    assert page.get("/phone", headers={"Host": "sayso.example.org"}).status_code == 200
    assert page.get("/phone", headers={"Host": "other.example.org"}).status_code == 400
    service.close()


@pytest.mark.parametrize("path", ["/phone", "/phone/phone.css", "/phone/phone.js"])
def test_every_answer_keeps_other_pages_out(page, path):
    answer = page.get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    answer.close()


def test_nothing_else_of_the_folder_is_served(page):
    assert page.get("/phone/phone.html").status_code == 404
    assert page.get("/phone/phone.py").status_code == 404
    assert page.get("/phone/..%2fsettings.py").status_code == 404


def test_a_store_that_is_away_is_told_and_the_text_stays_in_the_box(page, service, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailableError("away")

    monkeypatch.setattr(service.database, "retrying", away)
    monkeypatch.setattr(service.database, "reading", away)
    assert send(page, "visit").status_code == 503
    answer = page.post("/phone/send", data={"number": NUMBER, "channel": "sms", "text": "my words", "token": ""})
    assert answer.status_code == 503
    assert "my words</textarea>" in answer.text


@pytest.mark.parametrize("text", ["07700 900123", "+44 7700 900123", "0044-7700-900-123", "(07700) 900123"])
def test_a_drama_number_is_known_however_it_is_written(text):
    assert drama_number(text) == "+447700900123"
    assert shown("+447700900123") == "07700 900123"


def test_the_cost_of_a_text_names_the_letter_that_raised_it():
    assert cost("hello", "sms") == "1 SMS"
    assert cost("ŵ" * 71, "sms") == "2 SMS, unicode because of ŵ"
