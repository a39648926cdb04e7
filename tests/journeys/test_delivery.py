"""Faults between us and Twilio, through its real client to the fake, on both stores: every message leaves once."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from bot.app import create_app
from bot.channels.twilio_api import TIMEOUT, TwilioChannel
from bot.conversations.backfill import catch_up
from bot.sending.settling import ask_after, settle_doubtful
from bot.sending.taking import LEASE
from storage.tables import alerts, messages, spending
from tests.fakes.twilio import (
    ACCEPT_THEN_HANG,
    ACCEPT_THEN_RESET,
    EMPTY,
    GARBAGE,
    HANG,
    HTML,
    RESET,
    TOO_MANY,
    FakeTwilio,
    broken,
    refuse,
)
from tests.fakes.twilio.fake import ACCOUNT_SID, PUBLIC_URL, TOKEN
from tests.journeys.reaching import CHAMPION, Town, address, code_in, phones
from tests.journeys.test_sharing import rows

ANN = "07700 900123"


def number(phone: str) -> str:
    return address(phone).removeprefix("sms:")


@pytest.fixture
def twilio():
    with FakeTwilio() as fake:
        yield fake


def gateway(twilio: FakeTwilio, timeout: float = 60) -> TwilioChannel:
    """Twilio as clock and workers reach it; patient, since a slow machine must not look like a silent Twilio."""
    return TwilioChannel(
        account_sid=ACCOUNT_SID,
        auth_token=TOKEN,
        sms_from=twilio.number,
        status_callback_base=PUBLIC_URL,
        api_url=twilio.url,
        timeout=timeout,
    )


@pytest.fixture
def town(store, tmp_path, twilio):
    town = Town(
        store,
        tmp_path,
        {"twilio": gateway(twilio)},
        SAYSO_SMS_RATE="10000",
        TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=TOKEN,
        TWILIO_SMS_FROM=twilio.number,
        PUBLIC_URL=PUBLIC_URL,
    )
    town.gateway = "twilio"
    twilio.account.now = lambda: town.time
    twilio.point_at(create_app(town.service))
    yield town
    town.service.close()


def send_visit(town: Town, people: list[str]) -> None:
    town.group()
    for phone in people:
        town.member(phone)
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))


def questions(twilio: FakeTwilio, phone: str) -> int:
    return sum("how was your experience" in text for text in twilio.handset(number(phone)))


@pytest.mark.parametrize(
    "mode",
    [ACCEPT_THEN_RESET, ACCEPT_THEN_HANG, EMPTY, GARBAGE, HTML, RESET, broken(503), broken(503, accepted=True)],
    ids=["accepted-reset", "accepted-hang", "empty", "garbage", "html", "reset", "503", "accepted-503"],
)
def test_a_doubtful_send_is_looked_up_and_sent_again_only_where_it_never_left(town, twilio, mode):
    twilio.script(mode)
    send_visit(town, [ANN])
    if mode is ACCEPT_THEN_HANG:
        town.ways = {"twilio": gateway(twilio, timeout=0.1)}
    town.work()
    twilio.ledger.wait_for_calls()
    town.ways = {"twilio": gateway(twilio)}
    town.later(seconds=61)
    assert settle_doubtful(town.service, town.ways) == 1
    town.work()
    assert questions(twilio, ANN) == 1
    assert settle_doubtful(town.service, town.ways) == 0


def test_while_twilio_hangs_on_one_text_the_others_leave_and_the_worker_is_free_in_ten_seconds(
    town, twilio, monkeypatch
):
    assert TIMEOUT <= 10 < LEASE / 1_000_000
    assert gateway(twilio, timeout=TIMEOUT)._client.http_client.timeout == TIMEOUT
    monkeypatch.setattr("bot.sending.outbox.LOOK_AGAIN", 0.01)
    twilio.script(HANG)
    send_visit(town, phones(4))
    ticks = count()
    town.service.now = lambda: town.time + timedelta(milliseconds=next(ticks))  # the rate lets one go at a time
    worker = threading.Thread(target=town.work)
    worker.start()
    twilio.ledger.wait_for_calls(4)
    assert sorted(questions(twilio, phone) for phone in phones(4)) == [0, 1, 1, 1]
    assert worker.is_alive()
    twilio.close()  # the one that hangs is let go of
    worker.join()
    assert sorted(statuses(town)) == ["ambiguous", "sent", "sent", "sent"]


def test_a_callback_settles_a_doubtful_send_before_anybody_asks(town, twilio):
    twilio.script(ACCEPT_THEN_RESET)
    send_visit(town, [ANN])
    town.work()
    twilio.deliver_callbacks(shuffle=True, times=3)
    town.later(seconds=61)
    assert settle_doubtful(town.service, town.ways) == 0
    assert len(town.heard(ANN)) == 1


def test_too_many_requests_wait_and_leave_once(town, twilio):
    twilio.script(TOO_MANY, TOO_MANY)
    send_visit(town, phones(4))
    town.work()
    town.later(seconds=10)
    town.work()
    town.later(seconds=10)
    town.work()
    assert [questions(twilio, phone) for phone in phones(4)] == [1] * 4


def test_a_refused_account_stops_the_sender_tells_a_person_once_and_loses_nothing(town, twilio):
    twilio.always(refuse(20003, 401))
    send_visit(town, phones(5))
    town.work()
    refused = len(twilio.ledger.calls)
    town.later(minutes=4)
    town.work()
    assert len(twilio.ledger.calls) == refused <= 5
    assert [row["kind"] for row in rows(town, alerts)] == ["sender refused"]
    twilio.always()
    town.later(minutes=6)
    town.work()
    assert [questions(twilio, phone) for phone in phones(5)] == [1] * 5


def test_a_carriers_stop_is_kept(town, twilio):
    twilio.opted_out.add(number(ANN))
    twilio.script()
    send_visit(town, [ANN])
    town.work()
    twilio.deliver_callbacks()
    assert "said stop 1" in town.text(CHAMPION, "SEND visit TO carers")


def test_nothing_leaves_after_stop(town, twilio):
    send_visit(town, phones(3))
    stopped = phones(3)[0]
    town.text(stopped, "please stop texting me")
    town.work()
    assert [questions(twilio, phone) for phone in phones(3)] == [0, 1, 1]


def test_foreign_callbacks_are_harmless(town, twilio):
    assert twilio.callbacks.foreign(message_id=4711).http_status == 204


def test_a_text_the_webhook_never_got_is_fetched_and_answered_once(town, twilio):
    town.text(CHAMPION, "hi")
    town.later(minutes=30)
    twilio.account.hear("SM" + "a" * 32, number(ANN), "visit", 0)
    town.later(hours=2)
    assert catch_up(town.service, town.ways, town.time - timedelta(hours=3)) == 1
    assert catch_up(town.service, town.ways) == 0
    town.work()
    assert questions(twilio, ANN) == 1


def test_a_fetched_text_older_than_the_question_is_not_put_on_it(town, twilio):
    send_visit(town, [ANN])
    twilio.account.hear("SM" + "b" * 32, number(ANN), "1", 0)  # written before the question left
    town.later(minutes=5)
    town.work()
    assert catch_up(town.service, town.ways, town.time - timedelta(hours=1)) == 1
    assert town.text(CHAMPION, "WHO visit") == "1 not yet."


def test_a_missed_call_costs_nothing_and_the_conversation_begins_by_text(town, twilio):
    form = {"CallSid": "CA" + "1" * 32, "AccountSid": ACCOUNT_SID, "From": number(ANN), "To": twilio.number}
    for _ in range(2):
        answer = post(twilio, "/twilio/voice", form)
        assert b"<Reject" in answer
    town.work()
    assert len(twilio.handset(number(ANN))) == 1
    post(twilio, "/twilio/voice", {**form, "CallSid": "CA" + "2" * 32})
    post(twilio, "/twilio/voice", {**form, "CallSid": "CA" + "3" * 32, "From": "+266696687"})
    town.work()
    assert len(twilio.handset(number(ANN))) == 1


def post(twilio: FakeTwilio, path: str, form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    url = PUBLIC_URL + path
    answer = twilio.webhooks.door.post(url, body, twilio.webhooks.headers(url, body), 60)
    assert answer.status == 200
    return answer.body


def test_the_days_spending_has_a_limit_and_the_rest_waits_for_tomorrow(town, twilio):
    send_visit(town, phones(3))
    with town.service.database.transaction() as db:
        db.execute(spending.insert().values(day="2026-11-24", spent=50 * 100_000 - 9_000))
    town.work()
    assert sum(questions(twilio, phone) for phone in phones(3)) == 1
    town.later(hours=21)
    town.work()
    assert sum(questions(twilio, phone) for phone in phones(3)) == 3


def test_replies_in_http_answers_count_against_the_days_money_and_the_rate_once(town, twilio):
    send_visit(town, [ANN])
    town.work()
    for _ in range(3):
        assert town.text("07700 900125", "HELP")
    town.later(seconds=5)
    town.work()
    with town.service.database.reading() as db:
        said = list(db.execute(select(messages.c.body).where(messages.c.direction == "out")).scalars())
    prices = town.service.settings.prices
    assert spent(town) == sum(prices.of("sms", "GB", body)[1] for body in said)
    town.work()
    assert spent(town) == sum(prices.of("sms", "GB", body)[1] for body in said)  # once is enough


def spent(town):
    with town.service.database.reading() as db:
        return db.execute(select(spending.c.spent)).scalar() or 0


def test_a_machine_that_says_the_same_again_and_again_is_muted_and_a_keyword_ends_it(town, twilio):
    words = "I am out of the office until Monday 7"
    replies = [town.text(ANN, words) for _ in range(4)]
    assert [bool(reply) for reply in replies] == [True, True, False, False]
    assert town.text(ANN, "something else") == ""
    assert "how was your experience" in town.text(ANN, "visit")


@pytest.mark.parametrize(
    "phone", ["+33612345678", "020 7946 0123", "0909 879 0123", "070 1234 5678", "07600 123456", "60777", "NHSnoreply"]
)
def test_a_number_from_elsewhere_or_of_no_mobile_phone_is_met_with_silence(town, twilio, phone):
    assert town.text(phone, "visit") == ""
    assert town.text("07624 123456", "visit")  # the Isle of Man's are mobiles


def callbacks(town, twilio):
    """Everything Twilio has to tell is told."""
    return twilio.deliver_callbacks()


def test_a_phone_that_was_off_is_tried_once_more_some_hours_later(town, twilio):
    twilio.hold_back(number(ANN))
    send_visit(town, [ANN])
    town.work()
    callbacks(town, twilio)
    town.later(hours=1)
    town.work()
    assert len(texts_to(twilio, ANN)) == 1
    town.later(hours=3, minutes=1)
    town.work()
    assert len(texts_to(twilio, ANN)) == 2
    callbacks(town, twilio)
    with town.service.database.reading() as db:  # once is enough
        assert db.execute(select(messages.c.id).where(messages.c.status == "queued")).all() == []


def test_who_has_answered_meanwhile_is_not_asked_again(town, twilio):
    twilio.hold_back(number(ANN))
    send_visit(town, [ANN])
    town.work()
    callbacks(town, twilio)
    town.later(minutes=5)
    assert "why" in town.text(ANN, "1")
    town.later(hours=5)
    town.work()
    assert len(texts_to(twilio, ANN)) == 1


@pytest.mark.parametrize("stopped_first", [True, False])
def test_what_did_not_arrive_is_not_tried_again_once_its_broadcast_is_stopped(town, twilio, stopped_first):
    twilio.hold_back(number(ANN))
    town.group()
    town.member(ANN)
    town.member("07700 900124")
    town.remember("07700 900124", hours="16:00-18:00")  # while somebody waits it is not over
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    happenings = [lambda: town.text(CHAMPION, "HALT visit"), twilio.deliver_callbacks]
    for happening in happenings if stopped_first else reversed(happenings):
        happening()
    town.later(hours=5)
    town.work()
    assert len(texts_to(twilio, ANN)) == 1


def test_where_no_report_comes_twilio_is_asked_and_after_three_days_nobody_knows(town, twilio):
    send_visit(town, [ANN, "07700 900124"])
    town.work()
    ask_after(town.service, town.ways)
    assert statuses(town) == ["sent", "sent"]
    twilio.ledger.messages[texts_to(twilio, ANN)[0].sid].status = "delivered"
    town.later(hours=1, minutes=1)
    assert ask_after(town.service, town.ways) == 2
    assert sorted(statuses(town)) == ["delivered", "sent"]
    assert ask_after(town.service, town.ways) == 0
    town.later(hours=73)
    ask_after(town.service, town.ways)
    assert sorted(statuses(town)) == ["delivered", "unknown"]
    callbacks(town, twilio)  # late, but still true
    assert statuses(town) == ["delivered", "delivered"]


def test_what_twilio_still_keeps_back_is_called_back_after_a_stop_and_a_halt(town, twilio):
    send_visit(town, [ANN, "07700 900124"])
    town.work()
    town.text(ANN, "STOP")
    ask_after(town.service, town.ways)
    assert twilio.ledger.messages[texts_to(twilio, ANN)[0].sid].status == "canceled"
    town.text(CHAMPION, "HALT visit")
    ask_after(town.service, town.ways)
    assert sorted(statuses(town)) == ["cancelled", "sent"]  # that broadcast was over: nothing is taken back


def texts_to(twilio, phone):
    return [each for each in twilio.ledger.messages.values() if each.to == number(phone) and not each.automatic]


def statuses(town):
    with town.service.database.reading() as db:
        query = select(messages.c.status).where(messages.c.kind == "survey").order_by(messages.c.id)
        return list(db.execute(query).scalars())
