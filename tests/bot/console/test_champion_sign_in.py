"""Champions sign in with their phone, see counts of their own groups, and are out as soon as they are no champion."""

from __future__ import annotations

import itertools
import re

import pytest

from storage import messages
from storage.community import contacts, dossier, groups
from storage.conversations import threads
from storage.messages import CODE
from tests.bot.console.cast import Browser
from tests.bot.exports.conftest import count_all, talk
from tests.clients import Client
from tests.workers.surroundings import say

NUMBER = "07700 900001"
ADDRESS = "sms:+447700900001"
ASK, CHECK = "/console/sign-in/phone", "/console/sign-in/phone/code"


@pytest.fixture
def amina(service) -> int:
    """Amina agrees to be texted and looks after the carers; the youth club is somebody else's."""
    say(service, "visit", "1")
    with service.database.transaction() as db:
        contact_id = contacts.find(db, service.secrets.hash(ADDRESS))
        for name in ("carers", "youth"):
            groups.add(db, name, name.title(), name, 1)
        groups.appoint(db, contact_id, "carers", 1)
    return contact_id


@pytest.fixture
def phone(app, clock) -> Browser:
    return Browser(Client(app), clock)


def ask(browser, number: str = NUMBER):
    answer = browser.post(ASK, number=number)
    answer.close()  # what is to happen once the answer has left, happens
    return answer


def codes(service) -> list[str]:
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash(ADDRESS))
        rows = messages.conversation(db, contact_id)
    return [found[0] for row in rows if (found := re.search(r"\b\d{6}\b", row.body))]


def sign_in(service, browser):
    ask(browser)
    return browser.post(CHECK, code=codes(service)[-1])


@pytest.mark.usefixtures("amina")
def test_a_champion_signs_in_with_the_code_their_phone_got(service, phone):
    assert sign_in(service, phone).headers["Location"] == "/console/"
    page = phone.get("/console/").text
    assert "Carers" in page
    assert "Youth" not in page
    assert "texts came in" not in page


@pytest.mark.usefixtures("amina")
def test_strangers_and_champions_get_the_same_answer_and_strangers_no_text(service, phone, app, clock):
    other = Browser(Client(app), clock)
    first, second = ask(phone), ask(other, "07700 900002")
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    pages = [re.sub(r'name="csrf_token" value="[^"]+"', "", each.get(CHECK).text) for each in (phone, other)]
    assert pages[0] == pages[1]
    with service.database.reading() as db:
        assert contacts.find(db, service.secrets.hash("sms:+447700900002")) is None
    assert len(codes(service)) == 1


@pytest.mark.parametrize("becomes", ["stopped", "silent for months", "dismissed"])
def test_whoever_stopped_or_may_have_lost_the_number_or_is_no_champion_gets_no_code(
    service, phone, amina, clock, becomes
):
    if becomes == "stopped":
        say(service, "STOP")
    elif becomes == "silent for months":
        clock.later(days=91)
    else:
        with service.database.transaction() as db:
            groups.dismiss(db, amina, "carers")
    ask(phone)
    assert codes(service) == []


@pytest.mark.usefixtures("amina")
def test_a_code_works_once_for_ten_minutes_and_five_tries(service, phone, app, clock):
    ask(phone)
    code = codes(service)[-1]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert phone.post(CHECK, code=wrong).status_code == 401
    assert phone.post(CHECK, code=code).status_code == 401
    clock.later(minutes=16)
    assert sign_in(service, phone).status_code == 303
    again = Browser(Client(app), clock)
    ask(again)
    used = codes(service)[-1]
    clock.later(minutes=10, seconds=1)
    assert again.post(CHECK, code=used).status_code == 401


@pytest.mark.usefixtures("amina")
def test_a_number_gets_three_codes_in_fifteen_minutes_and_an_address_asks_for_thirty(service, phone, clock):
    for _ in range(3):
        assert ask(phone).status_code == 303
    assert ask(phone).status_code == 429
    assert len(codes(service)) == 3
    clock.later(minutes=16)
    answers = [ask(phone, f"07700 9001{number:02d}").status_code for number in range(31)]
    assert answers == [303] * 30 + [429]


@pytest.mark.usefixtures("amina")
def test_a_number_that_is_none_is_told(phone):
    assert "not a phone number" in ask(phone, "hello").text


def test_the_code_leaves_before_everything_else_and_only_its_receiver_reads_it(service, phone, amina):
    ask(phone)
    code = codes(service)[-1]
    with service.database.reading() as db:
        seen = [line.body for line in threads.lines(db, amina, None, 50)]
        seen += [row["body"] for row in dossier.of(db, amina).messages]
    assert seen.count("[code]") == 2
    assert not any(code in body for body in seen)
    waiting = messages.Waiting(amina, "sms", "x", CODE, 1)
    assert waiting.priority == messages.AT_ONCE
    assert messages.Waiting(amina, "sms", "x", "survey", 1).priority == messages.BULK


def test_a_champion_who_is_dismissed_is_out_at_once(service, phone, amina):
    sign_in(service, phone)
    assert phone.get("/console/").status_code == 200
    with service.database.transaction() as db:
        groups.dismiss(db, amina, "carers")
    assert phone.get("/console/").status_code == 303


@pytest.mark.usefixtures("amina")
def test_a_champion_sees_counts_of_their_own_group_and_nobody_elses(service, phone):
    sign_in(service, phone)
    assert phone.get("/console/groups/carers").status_code == 200
    assert phone.get("/console/groups/youth").status_code == 404
    assert "Appoint" not in phone.get("/console/groups/carers").text
    assert phone.get("/console/results/visit").status_code == 200
    assert phone.get("/console/results/visit?group=youth").status_code == 404
    for path in ("conversations", "contacts", "results/visit/words", "exports", "audit", "team"):
        assert phone.get(f"/console/{path}").status_code == 403


@pytest.mark.usefixtures("amina")
def test_a_champion_who_reloads_after_each_reply_sees_the_same_until_several_more_have_answered(service, phone):
    sign_in(service, phone)
    seen = []
    for number in range(30):
        talk(service, 300 + number, "carers", "visit", "12"[number % 2])
        count_all(service)
        seen.append(phone.get("/console/results/visit").text.partition('id="numbers"')[2].partition("</main>")[0])
    steps = [number for number in range(1, 30) if seen[number] != seen[number - 1]]
    assert steps
    assert steps[0] >= 7
    assert all(later - sooner >= 8 for sooner, later in itertools.pairwise(steps))
