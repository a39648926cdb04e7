from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.broadcasts import planning
from bot.broadcasts.composing import BroadcastsError, Wish, compose
from bot.channels.simulator import SimulatorChannel
from bot.sending.outbox import Outbox
from storage.community import contacts, phones
from storage.sending import broadcasts
from storage.team import audit
from tests.bot.console.cast import talk
from tests.workers.surroundings import say

NEW = "/console/broadcasts/new"


@pytest.fixture
def carers(service, bob) -> None:
    """One person is in the carers, and may be texted."""
    bob.post("/console/groups", name="carers", keyword="care")
    say(service, "care")


def latest(service):
    with service.database.reading() as db:
        return broadcasts.latest(db, 10)


@pytest.mark.usefixtures("carers")
def test_a_preview_says_whom_it_reaches_and_nothing_leaves_before_it_is_confirmed(service, bob):
    page = bob.post(NEW, text="The library opens at 9.", to="carers").text
    assert 'People it reaches</dt><dd class="nhsuk-summary-list__value"><bdi>1<' in page
    assert latest(service) == []
    answer = bob.send(text="The library opens at 9.", to="carers")
    sent = latest(service)[0]
    assert answer.headers["Location"] == f"/console/broadcasts/{sent.id}"
    with service.database.reading() as db:
        assert audit.page(db, None, 1)[0].target == f"broadcast:{sent.id}"
    assert f'<a href="/console/broadcasts/{sent.id}"><bdi>a broadcast</bdi></a>' in bob.get("/console/audit").text


@pytest.mark.usefixtures("carers")
def test_a_preview_shows_the_first_text_as_it_is_read_in_each_language(service, bob):
    with service.database.transaction() as db:
        number = "sms:+447700900005"
        phones.join(
            db, service.secrets.hash(number), service.secrets.seal(number.encode()), channel="sms",
            gateway="simulator", language="cy", initials="", agreed_at=1, now=1,
        )  # fmt: skip
    page = bob.post(NEW, flow="visit", everybody="yes").text
    assert '<div class="console-bubble" lang="en" dir="auto"><bdi>Sayso would like' in page
    assert 'lang="cy" dir="auto"><bdi>Hoffai Sayso' in page


@pytest.mark.usefixtures("carers")
def test_a_preview_says_who_is_left_out_and_why(service, bob):
    with service.database.transaction() as db:
        contacts.add(db, service.secrets, "sms:+447700900005", "simulator", "en", 1)
    assert "not said yes yet: 1" in bob.post(NEW, text="Hello", everybody="yes").text


@pytest.mark.usefixtures("carers")
def test_a_broadcast_that_waits_is_listed_and_can_be_stopped(service, bob):
    bob.send(text="Hello", to="carers", at="2026-12-01 09:30", repeat="weekly")
    path = f"/console/broadcasts/{latest(service)[0].id}"
    assert path in bob.get("/console/broadcasts").text
    assert "Every week" in bob.get(path).text
    bob.post(f"{path}/stop", page=path)
    assert latest(service)[0].status == "stopped"
    assert "Stop it" not in bob.get(path).text


@pytest.mark.usefixtures("carers")
@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"to": "carers"}, "choose a flow, or write one text"),
        ({"to": "carers", "text": "Hello", "flow": "visit"}, "Give a flow or one text"),
        ({"text": "Hello"}, "Say to whom"),
        ({"text": "Hello", "to": "nobody"}, "There is no group"),
        ({"text": "Hello", "matching": "language =="}, "cannot be read at character"),
        ({"text": "Hello", "to": "carers", "at": "tomorrow"}, "is no time"),
        ({"text": "Go to evil.example/x", "to": "carers"}, "not in SAYSO_LINKS"),
        ({"text": "Hello", "to": "carers", "repeat": "hourly"}, "how often"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason_and_what_was_typed_stays(service, bob, fields, problem):
    answer = bob.send(**fields)
    assert answer.status_code == 400
    assert problem in answer.text
    assert fields.get("text", "") in answer.text
    assert latest(service) == []


@pytest.mark.usefixtures("carers")
@pytest.mark.parametrize(
    "text",
    [
        "Go to evil.com.",
        "https://evil.com, now",
        "(evil.com)",
        "evil.com!",
        "http://10.0.0.1/x",
        "Go to 10.0.0.1/x",
        "https://nhs.uk@evil.example/",
        "https://evil",
        "ftp://evil.example",
        "nhs.uk.evil.xyz",
        "www.evil.example",
        "bit.ly/abc",
        "evil．com",
        "see evil.ru, please",
        "notnhs.uk",
        "It costs 3.50.evil.com",
        "3.50.it/win",
        "163.com",
    ],
)
def test_a_link_to_a_site_nobody_allowed_is_found_whatever_stands_around_it(service, text):
    service = replace(service, settings=replace(service.settings, links=("nhs.uk",)))
    with pytest.raises(BroadcastsError, match="not in SAYSO_LINKS"):
        compose(service, Wish(text=text, to=("carers",)))


@pytest.mark.usefixtures("carers")
@pytest.mark.parametrize(
    "text",
    [
        "Thanks.We meet at 10.30am, or at 7.pm.Go well",
        "Read www.nhs.uk/flu. Or (https://www.nhs.uk).",
        "Bring tea/coffee etc., e.g. cake. Mr./Mrs. Jones, St.Mary's",
        "It costs £3.50.It was £4.20.Is that all? On 24.12.2026.So come",
        "HTTPS://NHS.UK:443/flu!",
    ],
)
def test_a_text_with_allowed_links_or_none_is_taken(service, text):
    service = replace(service, settings=replace(service.settings, links=("nhs.uk",)))
    assert compose(service, Wish(text=text, to=("carers",))).body == text


def test_a_broadcast_that_is_not_there_is_not_found(bob):
    assert bob.get("/console/broadcasts/1").status_code == 404
    assert bob.post("/console/broadcasts/1/stop", page=NEW).status_code == 404


@pytest.mark.usefixtures("carers")
def test_a_second_click_sends_nothing(service, bob):
    clicks = [bob.send(text="Hello", to="carers", once="the same page") for _ in range(2)]
    assert len(latest(service)) == 1
    assert "a second click sends nothing" in bob.get(clicks[1].headers["Location"]).text
    bob.send(text="Hello", to="carers", once="another page")
    assert len(latest(service)) == 2


@pytest.mark.usefixtures("carers")
def test_a_form_without_its_mark_is_no_page_of_ours(service, bob):
    assert bob.send(text="Hello", to="carers", once="").status_code == 400
    assert latest(service) == []


@pytest.mark.usefixtures("carers")
def test_a_reminder_goes_only_to_those_who_were_asked(bob):
    page = bob.post(NEW, flow="visit", to="carers", remind="yes").text
    assert "a reminder of How was your visit?" in page
    assert "That would reach nobody just now" in page
    assert 'name="remind" value="yes"' in page


@pytest.mark.usefixtures("carers")
def test_what_would_reach_more_people_by_now_than_were_shown_is_shown_again_and_not_sent(service, bob):
    shown = bob.post(NEW, text="Hello", to="carers").text
    fields = dict(re.findall(r'name="(shown_\w+)" value="(\d+)"', shown))
    talk(service, 8, "care")
    again = bob.post(NEW, text="Hello", to="carers", act="send", **fields)
    assert again.status_code == 200
    assert "Nothing was sent: by now it would reach more people" in again.text
    assert "<bdi>2</bdi>" in again.text
    assert latest(service) == []
    fields = dict(re.findall(r'name="(shown_\w+)" value="(\d+)"', again.text))
    talk(service, 8, "stop")  # fewer than were shown are no reason to ask again
    assert bob.post(NEW, text="Hello", to="carers", act="send", **fields).status_code == 303


@pytest.mark.usefixtures("carers")
def test_what_nobody_has_looked_at_is_shown_first(service, bob):
    assert "Send it" in bob.post(NEW, text="Hello", to="carers", act="send").text
    assert latest(service) == []


@pytest.mark.usefixtures("carers")
def test_a_broadcast_moves_by_itself_until_nothing_more_can_come(service, bob, clock):
    path = bob.send(flow="visit", to="carers").headers["Location"]
    assert 'hx-trigger="every 5s"' in bob.get(path).text
    while planning.plan_waiting(service):
        pass
    Outbox(service, {"simulator": SimulatorChannel()}, bulk=True).drain(
        lambda: False, pause=lambda seconds: clock.later(seconds=seconds)
    )
    page = bob.get(path).text
    assert "everybody is asked" in page
    assert 'hx-trigger="every 30s"' in page
    clock.later(days=3)
    assert "hx-trigger" not in bob.get(path).text


def test_a_text_is_counted_and_priced_as_it_is_written(bob):
    found = bob.post("/console/conversations/cost", page=NEW, text="x" * 161)
    assert found.text == "2 SMS, about £0.08 a person"


@pytest.mark.usefixtures("carers")
def test_a_broadcast_sent_at_night_says_when_its_texts_leave(bob, clock):
    for _ in range(23):  # to nine in the evening, without resting so long that the session ends
        clock.later(minutes=29)
        bob.get("/console/")
    sent = bob.send(text="Hello", to="carers")
    assert "texts leave from 25 November 2026, 08:00 on" in bob.get(sent.headers["Location"]).text


@pytest.mark.usefixtures("carers")
def test_nobody_is_told_to_wait_for_the_hours_while_they_last(bob, clock, monkeypatch):
    def ticking(self):
        self.later(microseconds=1)
        return self.now

    monkeypatch.setattr(type(clock), "__call__", ticking)
    page = bob.get(bob.send(text="Hello", to="carers").headers["Location"]).text
    assert "waits for its time" in page
    assert "too late or too early" not in page


def test_the_navigation_shows_the_part_that_a_page_belongs_to(bob):
    assert '<a href="/console/broadcasts" aria-current="page">' in bob.get("/console/broadcasts").text
    page = bob.get(NEW).text
    assert '<a href="/console/broadcasts" aria-current="true">' in page
    assert page.count("aria-current") == 2  # and the language
