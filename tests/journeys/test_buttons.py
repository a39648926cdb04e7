"""Answers to tap on WhatsApp, through Twilio's real client to the fake, on both stores."""

from __future__ import annotations

import pytest

from bot.app import create_app
from bot.channels.twilio_api import TwilioChannel
from bot.sending.settling import settle_doubtful
from flows.run import microseconds
from storage.tables import answers, messages
from storage.upkeep import heartbeats
from tests.fakes.twilio import ACCEPT_THEN_RESET, FakeTwilio, refuse
from tests.fakes.twilio.fake import ACCOUNT_SID, PUBLIC_URL, TOKEN
from tests.journeys.reaching import CHAMPION, Town, address, code_in
from tests.journeys.test_sharing import rows

SAM = "whatsapp:+447700900123"
OLD = "That button belongs to an earlier question, so nothing has changed."


@pytest.fixture
def twilio():
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def town(store, tmp_path, twilio):
    way = TwilioChannel(
        account_sid=ACCOUNT_SID, auth_token=TOKEN, sms_from=twilio.number, whatsapp_from=twilio.whatsapp,
        status_callback_base=PUBLIC_URL, api_url=twilio.url, timeout=60,
    )  # fmt: skip
    town = Town(
        store, tmp_path, {"twilio": way}, SAYSO_SMS_RATE="10000", TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=TOKEN, TWILIO_SMS_FROM=twilio.number, TWILIO_WHATSAPP_FROM=twilio.whatsapp,
        PUBLIC_URL=PUBLIC_URL,
    )  # fmt: skip
    town.gateway = "twilio"
    twilio.account.now = lambda: town.time
    twilio.point_at(create_app(town.service))
    live(town)
    yield town
    town.service.close()


def live(town):
    """Workers, clock and queue are well."""
    for name in ("worker", "clock", "queue"):
        heartbeats.beat(town.service.database, name, "ok", microseconds(town.time))


def say(town, twilio, text, **extra):
    """Text by WhatsApp, and let workers send what waits; the reply in the HTTP answer."""
    town.later(seconds=20)
    reply = twilio.text(SAM, text, **extra).reply
    town.work()
    live(town)
    return reply


def last(twilio):
    """The last message that reached the phone."""
    return [each for each in twilio.ledger.messages.values() if each.to == SAM and each.arrived][-1]


def tap(town, twilio, option, **more):
    """Tap one of the options of a message, as a phone does."""
    payload, title = option
    form = {"ButtonPayload": payload, "ButtonText": title, "MessageType": "button", **more}
    if len(last(twilio).options) > 3:
        form = {"ListId": payload, "ListTitle": title, "MessageType": "interactive", **more}
    return say(town, twilio, title, **form)


def test_a_question_with_six_answers_is_a_list_and_a_tap_is_taken_by_its_key(town, twilio):
    assert say(town, twilio, "visit") == ""  # an HTTP answer carries no list: the outbox sends it
    asked = last(twilio)
    assert asked.body.endswith("Overall, how was your experience of our service?")
    assert [title for _, title in asked.options] == [
        "Very good", "Good", "Neither good nor poor", "Poor", "Very poor", "Don't know",
    ]  # fmt: skip
    reply = tap(town, twilio, asked.options[4])
    assert "Please tell us why" in reply  # a question in words has nothing to tap: it goes back at once
    assert [row["value"] for row in rows(town, answers)] == ["very_poor"]
    assert rows(town, messages, direction="out")[0]["body"].endswith("6 Don't know")  # as it is kept and shown


def test_typing_the_number_still_works_where_there_is_a_list(town, twilio):
    say(town, twilio, "visit")
    say(town, twilio, "2")
    assert [row["value"] for row in rows(town, answers)] == ["good"]


def test_a_button_of_an_earlier_question_or_conversation_changes_nothing(town, twilio):
    say(town, twilio, "visit")
    first = last(twilio).options
    tap(town, twilio, first[0])
    assert tap(town, twilio, first[4]).startswith(f"{OLD}\n")  # the question waits, in words
    assert "Please tell us why" in tap(town, twilio, first[0])
    say(town, twilio, "kind people")
    assert tap(town, twilio, first[1]) == OLD
    say(town, twilio, "visit")
    again = tap(town, twilio, first[1])
    assert again == ""
    assert last(twilio).body.startswith(OLD)  # with the list of the question that waits
    assert last(twilio).options != first
    assert [row["value"] for row in rows(town, answers)] == ["very_good", "kind people"]


def test_yes_or_no_and_did_you_mean_are_two_buttons(town, twilio):
    say(town, twilio, "visit")
    say(town, twilio, "maybe good i think")
    asked = last(twilio)
    assert asked.body.startswith("Did you mean")
    assert [title for _, title in asked.options] == ["Yes", "No"]
    tap(town, twilio, asked.options[0])
    assert [row["value"] for row in rows(town, answers)] == ["good"]


def test_with_no_worker_the_words_go_back_at_once_with_numbers(town, twilio):
    town.later(minutes=5)
    reply = twilio.text(SAM, "visit").reply
    assert reply.endswith("6 Don't know")


def test_the_same_text_again_is_not_answered_twice(town, twilio):
    exchange = twilio.text(SAM, "visit")
    town.work()
    assert twilio.replay(exchange).reply == ""
    assert len([each for each in twilio.ledger.messages.values() if each.to == SAM]) == 1


def test_where_twilio_has_no_contents_or_refuses_one_the_numbers_go_out(town, twilio):
    twilio.account.contents.broken = True
    say(town, twilio, "visit")
    assert last(twilio).body.endswith("6 Don't know")
    assert last(twilio).options == []


def test_a_content_that_is_refused_is_sent_again_in_words(town, twilio):
    twilio.script(refuse(21656))
    say(town, twilio, "visit")
    assert last(twilio).body.endswith("6 Don't know")


def test_a_list_of_which_nobody_knows_whether_it_went_out_is_found_by_its_words(town, twilio):
    twilio.script(ACCEPT_THEN_RESET)
    say(town, twilio, "visit")
    town.later(minutes=2)
    settle_doubtful(town.service, town.ways)
    town.work()
    assert len([each for each in twilio.ledger.messages.values() if each.to == SAM]) == 1


def test_a_broadcast_within_the_day_has_the_list_too(town, twilio):
    town.group()
    say(town, twilio, "carers")
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    asked = last(twilio)
    assert len(asked.options) == 6
    tap(town, twilio, asked.options[0])
    assert [row["value"] for row in rows(town, answers)] == ["very_good"]
    assert address("07700 900123", "whatsapp") == SAM


def test_the_phone_page_and_sms_have_numbers(town):
    town.gateway = "simulator"
    assert town.text("07700 900200", "visit", channel="whatsapp").endswith("6 Don't know")
    assert town.text("07700 900201", "visit").endswith("6 Don't know")
