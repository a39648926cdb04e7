"""Who is texted when: hours, budget, one question at a time, reminders, discreet people, WhatsApp. On both stores."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind
from bot.broadcasts.schedule import Repeat
from bot.channels import FailureKind, SendError, SendFailure, Sent
from bot.channels.simulator import SimulatorChannel
from bot.sending import outbox
from storage.community import groups
from storage.sending.audience import Audience
from storage.tables import broadcasts, messages, recipients
from tests.journeys.reaching import CHAMPION, Town, code_in, phones
from tests.journeys.test_sharing import rows

ANN, BOB = "07700 900123", "07700 900124"


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.group()
    yield town
    town.service.close()


def send(town: Town, command: str) -> str:
    shown = town.text(CHAMPION, command)
    return town.text(CHAMPION, code_in(shown)) if "Reply " in shown else shown


def test_at_night_it_waits_for_the_morning(town):
    town.member(ANN)
    town.time = datetime(2026, 11, 24, 21, tzinfo=UTC)
    assert "It goes out tomorrow at 8:00." in town.text(CHAMPION, "SEND visit TO carers")
    send(town, "SEND visit TO carers")
    town.work()
    assert town.heard(ANN) == []
    town.time = datetime(2026, 11, 25, 8, tzinfo=UTC)
    town.work()
    assert len(town.heard(ANN)) == 1


@pytest.mark.parametrize(
    ("hours", "evening"),
    [
        ("09:00-18:00", datetime(2026, 11, 24, 18, 30, tzinfo=UTC)),
        ("08:00-20:00", datetime(2026, 10, 24, 19, 30, tzinfo=UTC)),  # the clocks go back
    ],
)
def test_what_is_confirmed_on_a_long_evening_reaches_everybody_in_the_morning(store, tmp_path, hours, evening):
    town = Town(store, tmp_path, SAYSO_QUIET_HOURS=hours)
    town.time = evening
    town.group()
    town.member(ANN)
    assert "Texts 1 person" in town.text(CHAMPION, "SEND visit TO carers")
    send(town, "SEND visit TO carers")
    town.work()
    town.later(hours=15)
    town.work()
    assert len(town.heard(ANN)) == 1
    town.service.close()


def test_who_has_hours_of_their_own_is_texted_within_them_or_left_out(town):
    town.member(ANN)
    town.member(BOB)
    town.remember(ANN, hours="16:00-18:00")
    town.remember(BOB, hours="09:00-11:00")
    assert "1 left out (quiet hours 1)" in town.text(CHAMPION, "SEND visit TO carers")
    send(town, "SEND visit TO carers")
    town.work()
    assert (town.heard(ANN), town.heard(BOB)) == ([], [])
    town.later(hours=4)
    town.work()
    assert (len(town.heard(ANN)), town.heard(BOB)) == (1, [])


def test_one_survey_a_month_over_all_senders(town):
    town.member(ANN)
    send(town, "SEND visit TO carers")
    town.work()
    town.text(ANN, "1")
    town.text(ANN, "all good")
    said = town.text(CHAMPION, "SEND matters TO carers")
    assert said == "That would reach nobody just now: 1 left out (asked this month 1)."
    town.time = datetime(2026, 12, 24, 12, tzinfo=UTC)
    assert "Texts 1 person" in town.text(CHAMPION, "SEND matters TO carers")


def test_two_broadcasts_at_once_ask_a_person_once(town):
    town.member(ANN)
    draft = Draft(Kind.SURVEY, Audience(("carers",)), "visit", town.service.shelf.current("visit", "en")[0])
    with town.service.database.transaction() as db:
        planning.confirm(town.service, db, draft)
        planning.confirm(town.service, db, draft)
    town.work()
    assert len(town.heard(ANN)) == 1


def test_a_broadcast_queues_behind_an_open_conversation(town):
    town.member(ANN)
    town.text(ANN, "visit")
    send(town, "SEND matters TO carers")
    town.work()
    assert town.heard(ANN) == []
    town.text(ANN, "1")
    town.text(ANN, "all was well")
    town.later(minutes=11)
    town.work()
    assert len(town.heard(ANN)) == 1


def test_reminders_come_twice_at_most_and_never_after_an_answer(town):
    town.member(ANN)
    town.member(BOB)
    send(town, "SEND visit TO carers")
    town.work()
    town.text(BOB, "1")
    for reminded in (2, 3):
        assert "Texts 1 person" in town.text(CHAMPION, "REMIND visit")
        send(town, "REMIND visit")
        town.work()
        assert len(town.heard(ANN)) == reminded
        town.later(hours=1)
    assert "reminded twice 1" in town.text(CHAMPION, "REMIND visit")
    assert len(town.heard(BOB)) == 1


@pytest.mark.parametrize("at_once", [1, outbox.CLAIM])
def test_the_flows_own_reminder_and_a_champions_that_waited_for_the_same_hour_leave_as_one(town, monkeypatch, at_once):
    monkeypatch.setattr(outbox, "CLAIM", at_once)
    town.member(ANN)
    town.remember(ANN, hours="18:00-20:00")
    send(town, "SEND visit TO carers")
    town.later(hours=6)
    town.work()
    town.time = datetime(2026, 11, 26, 12, tzinfo=UTC)
    send(town, "REMIND visit")
    town.work()
    town.later(hours=6)
    town.work()
    town.later(minutes=30)
    town.work()
    assert len(town.heard(ANN)) == 2


class Busy(SimulatorChannel):
    """A gateway that has too much to do, so many times."""

    def __init__(self) -> None:
        self.times = 0

    def send(self, *what: Any, **more: Any) -> Sent:
        if self.times:
            self.times -= 1
            raise SendError(SendFailure(FailureKind.RETRY_LATER, 20429, "too many", charged=False))
        return super().send(*what, **more)


def test_a_reminder_that_is_tried_again_counts_once_and_leaves(store, tmp_path):
    gateway = Busy()
    town = Town(store, tmp_path, {"simulator": gateway})
    town.group()
    town.member(ANN)
    send(town, "SEND visit TO carers")
    town.work()
    send(town, "REMIND visit")
    gateway.times = 3
    for _ in range(6):
        town.work()
        town.later(minutes=1)
    assert len(town.heard(ANN)) == 2
    assert "Texts 1 person" in town.text(CHAMPION, "REMIND visit")
    town.service.close()


def test_a_reminder_is_not_sent_to_who_answers_while_it_waits(town):
    town.member(ANN)
    send(town, "SEND visit TO carers")
    town.work()
    town.later(hours=1)
    send(town, "REMIND visit")
    planning.plan_waiting(town.service)
    town.later(seconds=5)
    town.text(ANN, "1")
    town.work()
    assert len(town.heard(ANN)) == 1


def test_a_discreet_person_hears_only_that_something_waits(town):
    town.member(ANN)
    town.remember(ANN, discreet=True)
    send(town, "SEND visit TO carers")
    town.work()
    assert town.heard(ANN) == [
        "Hello. Something is waiting for you. Reply OK to see it when it suits you, or STOP for no texts."
    ]
    assert "how was your experience" in town.text(ANN, "ok")
    assert "why" in town.text(ANN, "1")


def test_a_discreet_person_is_reminded_only_that_something_waits(town):
    town.member(ANN)
    town.remember(ANN, discreet=True)
    send(town, "SEND visit TO carers")
    town.work()
    send(town, "REMIND visit")
    town.work()
    assert len(town.heard(ANN)) == 2
    assert all(text.startswith("Hello. Something is waiting for you.") for text in town.heard(ANN))
    assert "how was your experience" in town.text(ANN, "ok")


def test_ok_to_a_champions_reminder_shows_the_question_also_where_it_was_shown_before(town):
    town.member(ANN)
    town.remember(ANN, discreet=True)
    send(town, "SEND visit TO carers")
    town.work()
    for _ in range(2):
        assert "how was your experience" in town.text(ANN, "ok")
        town.later(minutes=5)
        send(town, "REMIND visit")
        town.work()
    assert len(town.heard(ANN)) == 3
    assert "how was your experience" in town.text(ANN, "ok")


def test_what_a_discreet_person_says_after_a_reminder_is_kept_and_ok_shows_the_question(town):
    for phone in (ANN, BOB):
        town.member(phone)
        town.remember(phone, discreet=True)
        town.text(phone, "visit")
        town.text(phone, "1")
    town.later(days=2)
    town.work()
    assert [town.heard(phone)[0][:28] for phone in (ANN, BOB)] == ["Hello. Something is waiting "] * 2
    assert "tell us why" in town.text(ANN, "OK")
    assert "Thank you" in town.text(ANN, "they were slow")
    assert "Thank you" in town.text(BOB, "they were slow")


def test_nothing_names_the_organisation_or_a_group_to_a_discreet_person(store, tmp_path):
    town = Town(store, tmp_path, SAYSO_ORGANISATION="Newham Cancer Voices")
    town.group()
    town.text(ANN, "hi")
    town.remember(ANN, discreet=True)
    with town.service.database.transaction() as db:
        groups.add(db, "hiv", "HIV support", "hiv hope", 1)
    town.text(CHAMPION, "ADD 07700 900123 Ann TO carers")
    town.work()
    asked = ("yes", "carers", "hiv hope", "help", "who are you", "blue", "visit")
    heard = [*town.heard(ANN), *(town.text(ANN, words) for words in asked)]
    assert heard[:2] == [
        "Hello. May we text you a few questions now and then? Reply YES if that is fine. NO or STOP: no texts.",
        "Thank you. We text a few questions now and then. Text STOP at any time to end them.",
    ]
    assert not [text for text in heard for word in ("Cancer", "Carers", "HIV", "Cleo", "Ann") if word in text]
    with town.service.database.reading() as db:
        assert [group.members for group in groups.every(db)] == [1, 1]
    town.service.close()


def test_whatsapp_is_left_alone_outside_its_day(town):
    town.text(ANN, "carers", channel="whatsapp")
    town.later(hours=23, minutes=45)
    town.time = town.time.replace(hour=11, minute=45)
    assert "on its way to 1 person" in send(town, "SEND visit TO carers")
    while planning.plan_waiting(town.service):
        pass
    town.later(minutes=6)
    town.work()  # it was planned within the day, and is too late by now
    assert town.heard(ANN, channel="whatsapp") == []
    assert [row["reason"] for row in rows(town, recipients)] == ["window"]
    assert "WhatsApp needs a template 1" in town.text(CHAMPION, "SEND visit TO carers")


@pytest.mark.parametrize("late", [False, True])
def test_a_discreet_person_gets_no_template_on_whatsapp_that_tells_what_is_asked(store, tmp_path, late):
    visit, doorbell = (f"HX{digit * 32}" for digit in "12")
    town = Town(store, tmp_path, TWILIO_WHATSAPP_TEMPLATES=f"visit={visit},doorbell={doorbell}")
    town.group()
    for phone in (ANN, BOB):
        town.text(phone, "carers", channel="whatsapp")
        remembered = {"first_name": "Ann", "discreet": True} if phone == ANN else {"first_name": "Bob"}
        town.remember(phone, channel="whatsapp", **remembered)
    town.time += timedelta(hours=23, minutes=45) if late else timedelta(hours=25)
    assert "on its way to 2 people" in send(town, "SEND visit TO carers")
    while planning.plan_waiting(town.service):
        pass
    town.later(minutes=6)
    town.work()
    contents = [row["content"] for row in rows(town, messages, kind="survey")]
    assert sorted(map(json.loads, contents), key=str) == [
        {"template": visit, "variables": {"1": "Bob"}},
        {"template": doorbell, "variables": {}},
    ]
    assert "how was your experience" in town.text(ANN, "ok", channel="whatsapp")
    town.service.close()


def test_a_text_for_everybody_who_matches(town):
    for phone in phones(3):
        town.member(phone)
    town.remember(phones(3)[0], area="E13")
    draft = Draft(Kind.TEXT, Audience(everybody=True), body="Hello {contact.area}", matching="contact.area == E13")
    with town.service.database.transaction() as db:
        planning.confirm(town.service, db, draft)
    town.work()
    assert [town.heard(phone) for phone in phones(3)] == [["Hello E13"], [], []]


def test_what_no_worker_could_begin_for_more_than_a_week_is_not_sent_and_what_repeats_comes_again(town):
    town.member(ANN)
    draft = Draft(Kind.TEXT, Audience(("carers",)), body="The choir meets at 6 tonight.", repeat=Repeat.WEEKLY)
    with town.service.database.transaction() as db:
        planning.confirm(town.service, db, draft)
    town.later(days=8)
    town.work()
    assert town.heard(ANN) == []
    assert [row["status"] for row in rows(town, broadcasts)] == ["stopped", "scheduled"]
    town.later(days=6)
    town.work()
    assert town.heard(ANN) == ["The choir meets at 6 tonight."]


def test_a_repeated_broadcast_comes_again_a_week_later_at_the_same_hour(town):
    town.member(ANN)
    with town.service.database.transaction() as db:
        planning.confirm(
            town.service, db, Draft(Kind.TEXT, Audience(("carers",)), body="Choir tonight", repeat=Repeat.WEEKLY)
        )
    town.work()
    town.later(days=6)
    town.work()
    assert len(town.heard(ANN)) == 1
    town.later(days=1)
    town.work()
    assert len(town.heard(ANN)) == 2
