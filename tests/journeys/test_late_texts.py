"""Texts that come long after they were written: they answer nothing asked since, and undo nothing said since. On both
stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.conversations.backfill import late_turn
from storage.tables import addresses, alerts, answers, contacts, members, messages
from tests.journeys.reaching import CHAMPION, Town
from tests.journeys.test_sharing import rows
from tests.workers.surroundings import inbound

ANN = "07700 900123"
ADDRESS = "sms:+447700900123"


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    yield town
    town.service.close()


def late(town: Town, words: str, written: datetime, address: str = ADDRESS) -> str:
    """A text that the webhook never got is fetched from the gateway's list; what they hear."""
    text = replace(inbound(town.service, words), address=address, received_at=written, recovered=True)
    reply = late_turn(town.service, text)
    assert reply is not None
    return reply.text


def written_before(town: Town, *texts: str) -> datetime:
    """The moment before Ann texts these."""
    town.text(ANN, "visit")
    town.later(minutes=5)
    written = town.time
    for words in texts:
        town.later(minutes=5)
        town.text(ANN, words)
    town.later(minutes=5)
    return written


@pytest.mark.parametrize("words", ["YES", "START", "visit", "FIX"])
def test_nothing_written_before_a_stop_undoes_it(town, words):
    written = written_before(town, "STOP")
    assert late(town, words, written) == ""
    assert [bool(row["stopped_at"]) for row in rows(town, contacts)] == [True]
    assert [row["kind"] for row in rows(town, alerts)] == ["late text"]
    assert town.text(ANN, "START").startswith("Welcome back")


def test_a_late_stop_stops_unless_they_said_start_since(town):
    assert "no more texts" in late(town, "STOP", written_before(town, "1"))
    town.text(ANN, "START")
    written = town.time
    town.later(minutes=5)
    town.text(ANN, "START")
    assert late(town, "STOP", written) == ""
    assert [row["stopped_at"] for row in rows(town, contacts)] == [None]


def test_a_late_yes_erases_nobody_who_was_asked_after_it(town):
    written = written_before(town, "1", "too long a wait", "FORGET ME")
    late(town, "yes", written)
    assert len(rows(town, contacts)) == 1
    assert town.text(ANN, "yes").startswith("Done.")  # the question still stands
    assert rows(town, contacts) == []


def test_a_yes_is_no_answer_to_a_late_forget_me_they_have_not_read_the_answer_to(town):
    written = written_before(town, "1", "too long a wait")
    assert "Shall we delete" in late(town, "FORGET ME", written)
    late(town, "yes", town.time)
    town.later(minutes=1)
    late(town, "yes", written)
    assert town.text(ANN, "what is this") != ""
    assert len(rows(town, contacts)) == 1


def test_a_late_yes_joins_no_group_they_were_invited_to_after_it(town):
    town.group()
    written = town.time
    town.later(minutes=5)
    town.text(CHAMPION, "ADD 07700 900123 Ann TO carers")
    town.work()
    town.later(minutes=5)
    late(town, "yes", written)
    assert rows(town, members) == []
    assert "You are in Carers now" in town.text(ANN, "yes")


def test_a_late_word_answers_no_later_question_about_language_or_answers(town):
    written = written_before(town, "1", "skip", "LANGUAGE")
    late(town, "2", written)
    assert rows(town, contacts)[0]["language"] == "en"
    town.text(ANN, "FIX")
    late(town, "5", written)
    assert [row["value"] for row in rows(town, answers) if row["node"] == "rating"] == ["very_good"]


def test_a_late_text_says_nothing_of_whose_number_it_is(town):
    town.text(ANN, "visit")
    town.later(days=100)
    written = town.time
    town.later(minutes=5)
    assert "Have you had it all that time?" in town.text(ANN, "visit")
    late(town, "no", written)
    assert len(rows(town, addresses)) == 1
    town.later(minutes=5)
    assert "how was your experience" in town.text(ANN, "yes")  # to what they wrote, and not to the late one


def test_a_late_sign_does_not_take_a_phone_out_of_another_hand(town):
    town.text(ANN, "#AB")
    written = town.time
    town.later(minutes=5)
    town.text(ANN, "#CD")
    for words in ("#AB", "visit"):
        assert late(town, words, written) == ""
    assert [row["initials"] for row in rows(town, addresses, in_hand=1)] == ["CD"]
    assert rows(town, messages, body="visit")[0]["reply_id"] is None


@pytest.mark.parametrize("words", ["I want to kill myself. Stop texting me", "I am 12 years old"])
def test_whom_to_call_reaches_also_who_is_stopped_by_the_same_late_text(town, words):
    written = written_before(town)
    late(town, words, written)
    town.work()
    assert [bool(row["stopped_at"]) for row in rows(town, contacts)] == [True]
    assert [row["status"] for row in rows(town, messages, kind="crisis")] == ["delivered"]
