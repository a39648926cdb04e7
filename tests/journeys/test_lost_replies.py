"""A reply that goes back in the HTTP answer, and the web that dies between its commit and its answer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.sending.settling import doubt_answers, settle_doubtful
from storage.tables import messages
from tests.fakes.twilio import FakeTwilio
from tests.journeys.reaching import Town
from tests.journeys.test_delivery import ANN, gateway, number
from tests.journeys.test_delivery import town as town
from tests.journeys.test_delivery import twilio as twilio

BEN = "07700 900124"
CRY = "I want to kill myself"


def ask(twilio: FakeTwilio, phone: str, words: str, *, lost: bool = False) -> object:
    """Somebody texts by Twilio; where it is `lost`, our answer reaches Twilio at none of its tries."""
    if lost:
        twilio.webhooks.unheard.add(number(phone))
    exchange = twilio.text(number(phone), words)
    twilio.webhooks.unheard.clear()
    return exchange


def settle(town: Town) -> int:
    """What the clock and a worker do once Twilio has had its time; returns how many replies were in doubt."""
    town.later(minutes=5)
    doubted = doubt_answers(town.service, town.ways)
    town.later(minutes=2)
    settle_doubtful(town.service, town.ways)
    town.work()
    return doubted


def shown(twilio: FakeTwilio, phone: str) -> list[str]:
    return twilio.handset(number(phone))


def test_a_reply_that_never_left_is_sent_once_and_one_that_left_is_not_sent_again(town, twilio):
    ask(twilio, ANN, "visit", lost=True)
    ask(twilio, BEN, "visit")
    assert (len(shown(twilio, ANN)), len(shown(twilio, BEN))) == (0, 1)
    town.later(minutes=3)
    assert doubt_answers(town.service, town.ways) == 0  # its callback may still come
    assert settle(town) == 2
    assert "how was your experience" in shown(twilio, ANN)[0]
    assert settle(town) == 0
    assert (len(shown(twilio, ANN)), len(shown(twilio, BEN))) == (1, 1)
    with town.service.database.reading() as db:
        out = db.execute(select(messages.c.status, messages.c.provider_id).where(messages.c.direction == "out")).all()
    assert all(status == "sent" and named for status, named in out)


def test_a_reply_that_its_callback_has_shown_is_not_looked_up(town, twilio):
    ask(twilio, ANN, "visit")
    twilio.deliver_callbacks()
    assert settle(town) == 0


def test_while_twilio_cannot_be_asked_nothing_is_sent(town, twilio):
    ask(twilio, ANN, "visit", lost=True)
    ways = town.ways
    with FakeTwilio() as gone:
        town.ways = {"twilio": gateway(gone)}
    assert settle(town) == 1
    assert shown(twilio, ANN) == []
    town.ways = ways
    settle(town)
    assert len(shown(twilio, ANN)) == 1


def test_the_words_are_known_again_though_twilio_kept_them_otherwise(town, twilio):
    for phone in (ANN, BEN):
        ask(twilio, phone, "visit")
    first, second = (each for each in twilio.ledger.messages.values() if each.direction == "outbound-reply")
    first.body, second.body = first.body.replace("\n", " ").replace("?", "") + " ", ""
    assert settle(town) == 2
    kept = twilio.ledger.messages.values()
    assert sum(each.direction != "inbound" for each in kept) == 2


def test_the_same_words_twice_are_not_taken_for_one(town, twilio):
    ask(twilio, ANN, "visit")
    ask(twilio, ANN, "visit", lost=True)
    settle(town)
    assert len(shown(twilio, ANN)) == 2


def test_a_question_that_the_conversation_has_left_behind_is_not_asked_any_more(town, twilio):
    ask(twilio, ANN, "visit", lost=True)
    ask(twilio, ANN, "1")
    before = shown(twilio, ANN)
    assert settle(town) == 2
    assert shown(twilio, ANN) == before


def test_who_to_call_is_said_however_late(town, twilio):
    ask(twilio, ANN, "visit")
    ask(twilio, ANN, CRY, lost=True)
    ask(twilio, ANN, "1")
    settle(town)
    assert any("116 123" in text for text in shown(twilio, ANN))


def test_twilio_asking_again_is_not_answered_beside_the_outbox(town, twilio):
    lost = ask(twilio, ANN, "visit", lost=True)
    heard = ask(twilio, BEN, "visit")
    town.later(minutes=5)
    doubt_answers(town.service, town.ways)
    assert twilio.webhooks.replay(lost).messages == []
    town.later(minutes=2)
    settle_doubtful(town.service, town.ways)
    town.work()
    assert twilio.webhooks.replay(lost).messages == []
    assert twilio.webhooks.replay(heard).messages == heard.messages
    assert len(shown(twilio, ANN)) == 1


@pytest.mark.parametrize("hours", [11, 13])
def test_after_a_long_night_only_what_still_makes_sense_is_sent(town, twilio, hours):
    ask(twilio, ANN, "visit", lost=True)
    town.later(hours=hours)
    assert settle(town) == (hours < 12)
    assert len(shown(twilio, ANN)) == (hours < 12)


def test_on_a_laptop_without_an_account_nothing_is_in_doubt(town, twilio):
    ask(twilio, ANN, "visit", lost=True)
    town.ways = {}
    assert settle(town) == 0
