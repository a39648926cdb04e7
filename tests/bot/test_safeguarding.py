"""Somebody in danger, through the whole turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from bot.catalogues import SAFEGUARDING, system_catalogue, system_sentences
from bot.conversations.danger import hear_danger
from bot.conversations.helplines import said
from bot.conversations.turn import take_turn
from bot.service import Service
from storage.tables import alerts, answers, contacts, runs
from tests.bot.test_phone import service_in
from tests.workers.surroundings import inbound
from tests.workers.surroundings import say as say_all
from translations.catalogues import progress
from translations.languages import LANGUAGES


@pytest.fixture
def service(tmp_path) -> Iterator[Service]:
    made = service_in(tmp_path)
    yield made
    made.close()


def say(service: Service, text: str) -> str:
    [reply] = say_all(service, text)
    return reply


def rows(service: Service, table) -> list:
    with service.database.reading() as db:
        return list(db.execute(select(table)))


def test_the_numbers_to_call_come_in_the_same_reply(service):
    say(service, "visit")
    reply = say(service, "I want to kill myself")
    assert "call 999" in reply
    assert "Samaritans 116 123" in reply
    assert "NHS 111 and press 2" in reply
    assert "text SHOUT to 85258" in reply
    assert "cannot read texts straight away" in reply


def test_a_coordinator_is_told_what_kind_but_never_the_words(service):
    say(service, "visit")
    say(service, "my husband beats me")
    [alert] = rows(service, alerts)
    assert (alert.kind, alert.detail) == ("safeguarding", "abuse")
    assert alert.run_id is not None
    assert alert.message_id is not None


def test_the_run_waits_no_try_is_charged_and_the_question_comes_again_calmly(service):
    say(service, "visit")
    say(service, "I want to die")
    assert rows(service, answers) == []
    again = say(service, "sorry, i am all right now")
    assert again.startswith("Thank you for writing again. There is no hurry.")
    assert "1 Very good" in again
    assert "tell us why" in say(service, "2")


def test_a_question_that_takes_any_words_does_not_take_these(service):
    say(service, "visit")
    say(service, "1")
    say(service, "I feel suicidal")
    assert "tell us why" in say(service, "sorry about that")
    assert [row.node for row in rows(service, answers)] == ["rating"]
    say(service, "the nurse was kind")
    assert {row.raw for row in rows(service, answers)} == {"1", "the nurse was kind"}


def test_an_answer_after_it_is_taken_at_once(service):
    say(service, "visit")
    say(service, "I want to die")
    assert "tell us why" in say(service, "1")


def test_nobody_in_danger_is_reminded_of_a_survey(service):
    say(service, "visit")
    before = rows(service, runs)[0].due_at
    say(service, "I want to die")
    assert rows(service, runs)[0].due_at > before


def test_it_is_heard_outside_a_run_and_from_somebody_who_stopped(service):
    assert "Samaritans" in say(service, "i want to kill myself")
    say(service, "stop")
    assert "Samaritans" in say(service, "i want to kill myself")


@pytest.mark.parametrize("words", ["stop texting me, I want to kill myself", "I want to die. STOP"])
def test_stop_and_a_cry_in_one_text_are_both_heard(service, words):
    say(service, "visit")
    reply = say(service, words)
    assert "Samaritans" in reply
    assert "no more texts" in reply
    assert rows(service, contacts)[0].stopped_at is not None


def test_distress_alone_is_never_heard_as_stop(service):
    say(service, "visit")
    for text in ("i want to end it all", "I want to stop living", "please make it stop. I want to die"):
        say(service, text)
    assert rows(service, contacts)[0].stopped_at is None


def test_somebody_who_writes_another_language_is_answered_in_it(service):
    assert "zadzwoń pod 999" in say(service, "chcę umrzeć")
    assert "999" in (urdu := say(service, "میں مرنا چاہتی ہوں"))
    assert "فون" in urdu


def test_romanised_words_are_answered_in_the_language_of_the_contact(service):
    assert "call 999" in say(service, "main marna chahta hoon")


def test_a_domestic_abuse_survivor_is_told_to_delete_the_text(service):
    reply = say(service, "my partner hits me")
    assert "National Domestic Abuse Helpline 0808 2000 247" in reply
    assert "Delete this text" in reply


def test_an_emergency_is_told_to_call_999_and_that_we_cannot_send_help(service):
    reply = say(service, "having a heart attack")
    assert "cannot send help" in reply
    assert "call 999 now" in reply


def test_somebody_under_16_is_thanked_given_childline_and_not_asked_any_more(service):
    say(service, "visit")
    reply = say(service, "I'm 13 years old")
    assert "Childline 0800 1111" in reply
    assert rows(service, contacts)[0].stopped_at is not None
    assert say(service, "1") == ""
    assert rows(service, alerts)[0].detail == "under_16"


def test_where_young_people_take_part_their_age_stops_nothing(tmp_path):
    service = service_in(tmp_path, SAYSO_YOUNG_PEOPLE="1")
    say(service, "visit")
    assert "Childline" not in say(service, "I'm 13 years old")
    assert rows(service, contacts)[0].stopped_at is None
    service.close()


def test_the_nation_of_the_service_and_of_the_contact_are_told_by_setting_and_postcode(tmp_path):
    service = service_in(tmp_path, SAYSO_NATION="scotland")
    cry = hear_danger("i want to die")
    assert cry is not None
    assert "Breathing Space 0800 83 85 87" in said(service.settings, cry, service.words("en"))
    assert "C.A.L.L. 0800 132 737" in said(service.settings, cry, service.words("en"), "CF10")
    assert "Lifeline 0808 808 8000" in said(service.settings, cry, service.words("en"), "BT7")
    service.close()


def test_the_same_text_again_gets_the_same_reply_and_one_alert(service):
    text = inbound(service, "i want to die")
    assert take_turn(service, text).text == take_turn(service, text).text != ""
    assert len(rows(service, alerts)) == 1


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_what_is_said_in_danger_is_there_in_every_language(language: str):
    assert progress(system_catalogue(language, SAFEGUARDING), system_sentences(SAFEGUARDING)).complete
