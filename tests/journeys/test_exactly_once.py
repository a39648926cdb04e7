from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels import Inbound
from bot.conversations.turn import take_turn
from storage import messages as outbox
from storage.counting import tallies
from storage.tables import alerts, answers, contacts, messages, runs
from tests import tallying
from tests.journeys.conftest import ALEX, SAM


def at_once(copies: int, work: Callable[[int], object]) -> list[object]:
    """What each of so many threads got, all let loose together; an error of one fails the test."""
    gate = threading.Barrier(copies)
    got: list[object] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            got.append(work(number))
        except Exception as error:
            got.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(copies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each for each in got if isinstance(each, Exception)] == []
    return got


def inbound(journey, provider_id: str, body: str, sender: str = SAM) -> Inbound:
    return Inbound(
        provider_id=provider_id,
        address=f"sms:{sender}",
        channel="sms",
        gateway="twilio",
        body=body,
        raw=None,
        media=0,
        opt_out=None,
        received_at=journey.clock(),
    )


def test_the_same_text_again_gets_the_same_bytes_and_changes_nothing(journey):
    first = journey.twilio.text(SAM, "visit")
    journey.clock.pass_by(minutes=1)
    second = journey.twilio.text(SAM, "1")
    before = (journey.rows(messages), journey.rows(runs), journey.rows(answers))
    journey.clock.pass_by(days=365)
    assert journey.twilio.replay(first).body == first.body
    assert journey.twilio.replay(second).body == second.body
    assert (journey.rows(messages), journey.rows(runs), journey.rows(answers)) == before
    assert journey.count(alerts) == 0


@pytest.mark.parametrize("known", [False, True])
def test_of_fifty_copies_at_once_one_is_taken_and_all_get_its_reply(journey, known):
    if known:
        journey.say("hello")
    replies = at_once(50, lambda _: take_turn(journey.service, inbound(journey, "SM50", "visit")))
    assert len({(reply.text, reply.message_id) for reply in replies}) == 1
    assert [reply.duplicate for reply in replies].count(False) == 1
    assert journey.count(messages, provider_id="SM50") == 1
    assert journey.count(contacts) == 1


def test_texts_of_one_person_at_once_are_taken_one_after_another(journey):
    journey.say("visit")
    at_once(12, lambda number: take_turn(journey.service, inbound(journey, f"SMb{number}", "qwzx")))
    journey.clock.pass_by(minutes=1)
    # One question and two more tries, then it is left: each text met the state that the one before it had left.
    assert [row["node"] for row in journey.rows(answers)].count("rating") == 1
    assert journey.count(runs) == 1
    assert journey.count(messages, direction="in") == 13


def test_many_people_at_once_do_not_cross(journey):
    texts = ("visit", "4", "long wait")

    def talk(number: int) -> list[str]:
        sender = f"+44770090{number + 200:04d}"
        said = []
        for turn, text in enumerate(texts):
            one = inbound(journey, f"SM{number}x{turn}", text, sender)
            said.append(
                take_turn(journey.service, replace(one, received_at=one.received_at + timedelta(minutes=turn))).text
            )
        return said

    talks = at_once(16, talk)
    assert len({tuple(said) for said in talks}) == 1
    assert journey.count(runs, status="completed") == 16
    assert journey.count(answers) == 32


def test_the_same_id_with_other_words_keeps_the_first_and_raises_an_alert(journey):
    first = journey.twilio.text(SAM, "visit", MessageSid="SM" + "a" * 32)
    other = journey.twilio.text(SAM, "hello", MessageSid="SM" + "a" * 32)
    assert other.body == first.body
    assert journey.count(messages, direction="in") == 1
    assert [row["kind"] for row in journey.rows(alerts)] == ["provider id reused"]


def test_the_same_id_from_somebody_else_tells_them_nothing(journey):
    journey.twilio.text(SAM, "visit", MessageSid="SM" + "b" * 32)
    assert journey.twilio.text(ALEX, "visit", MessageSid="SM" + "b" * 32).messages == []
    assert journey.count(alerts) == 1


def test_a_double_tap_is_not_taken_for_the_answer_to_the_next_question(journey):
    journey.say("hello")
    journey.clock.pass_by(minutes=1)
    first = journey.twilio.text(SAM, "1").reply
    second = journey.twilio.text(SAM, "1").reply
    assert first.startswith("What is your first name?")
    assert journey.count(answers) == 1
    assert journey.count(messages, direction="in") == 3
    assert second


def test_two_answers_that_arrive_in_the_wrong_order_break_nothing(journey):
    journey.say("visit", "Everyone was kind to me", "1")
    assert journey.count(messages, direction="in") == 3
    assert {row["outcome"] for row in journey.rows(answers)} <= {"answered", "unclear"}


# What becomes of a reply.


def test_reports_come_late_twice_and_out_of_order_and_a_status_never_goes_back(journey):
    journey.twilio.text(SAM, "visit")
    journey.twilio.deliver_callbacks(shuffle=True, times=3)
    assert [row["status"] for row in journey.rows(messages) if row["direction"] == "out"] == ["delivered"]


def test_a_report_about_a_text_we_never_sent_leaves_nothing_behind(journey):
    journey.say("visit")
    before = journey.rows(messages)
    for message_id, provider_id in ((None, "SMnever"), (before[0]["id"], "SMx"), (1, "SMx")):
        effect = outbox.apply_status(journey.service.database, message_id, provider_id, "delivered", None, 1)
        assert effect == "unknown"
    assert [row["status"] for row in journey.rows(messages)] == [row["status"] for row in before]


# Counting.


def test_several_workers_that_count_at_once_count_each_answer_once(journey):
    for number in range(10):
        sender = f"+44770090{number + 200:04d}"
        journey.say("visit", str(1 + number % 6), "because", sender=sender)
    database = journey.service.database

    def fold(_: int) -> int:
        done = 0
        while folded := tallies.fold(database, 3):
            done += folded
        return done

    assert sum(at_once(4, fold)) == 20 + 10  # the answers, and the runs they are of
    assert tallying.stored(database) == tallying.recount(database)
    assert sum(tallying.stored(database).values()) == 20
    assert not tallies.waiting(database)
