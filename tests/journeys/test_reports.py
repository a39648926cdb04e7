"""What gateways report of texts they had taken, and what it changes. On both stores."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels import FailureKind, Sent, StatusUpdate
from bot.channels.twilio_codes import failure_in
from bot.conversations.manual import ManualReplyError, reply_by_hand, take_over
from bot.sending.outbox import Outbox
from bot.sending.settling import ask_after, hear_status, settle_doubtful
from flows.run import microseconds
from storage.messages import BY_HAND, REPLY
from storage.tables import addresses, alerts, contacts, messages, senders
from tests.journeys.reaching import Town, address
from tests.journeys.test_outages import ANN, BOB, Gateway, all_of, send, town_with


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def town(store, tmp_path, gateway):
    with town_with(store, tmp_path, gateway) as town:
        yield town


def reported(town: Town, code: int) -> None:
    """The gateway says that the question to Ann was not delivered."""
    town.member(ANN)
    send(town)
    town.work()
    asked = select(messages.c.id, messages.c.provider_id).where(messages.c.kind == "survey")
    with town.service.database.transaction() as db:
        message_id, provider_id = db.execute(asked).one()
        db.execute(messages.update().where(messages.c.id == message_id).values(status="sent"))
    update = StatusUpdate(message_id, provider_id, "undelivered", code, failure_in(code))
    assert hear_status(town.service, update) == "applied"


@pytest.mark.parametrize("code", [30003, 30017, 30410, 30001, 63018, 30002])
def test_what_passes_is_tried_once_more(town, gateway, code):
    reported(town, code)
    town.later(hours=4, minutes=1)
    town.work()
    assert len(gateway.to(ANN)) == 2


def test_a_stop_that_the_carrier_tells_of_before_we_know_the_text_is_heeded(town, gateway, monkeypatch):
    town.member(ANN)
    send(town)
    taken = gateway.send
    said = ["sent", 21610, "delivered"]

    def early(*what: object):
        sent = taken(*what)  # type: ignore[arg-type]  # as it came
        for each in said if what[0] == address(ANN) else ():
            told = ("failed", each, failure_in(each)) if isinstance(each, int) else (each, None)
            assert hear_status(town.service, StatusUpdate(None, sent.provider_id, *told)) == "kept"
        return Sent(sent.provider_id, "queued")

    monkeypatch.setattr(gateway, "send", early)
    failed = lambda name: StatusUpdate(None, name, "failed", 21610, failure_in(21610))  # noqa: E731 -- one answer
    monkeypatch.setattr(gateway, "status", failed)
    town.work()
    assert ask_after(town.service, town.ways) == 1
    assert "failed" in all_of(town, messages.c.status)
    assert [at is not None for at in all_of(town, contacts.c.stopped_at)].count(True) == 1


def test_a_sender_that_is_refused_after_the_fact_is_left_alone_and_told(town, gateway):
    reported(town, 30002)
    shut = microseconds(town.time + timedelta(minutes=5))
    assert ("twilio sms", shut) in all_of(town, senders.c.name, senders.c.blocked_until)
    assert all_of(town, alerts.c.kind) == ["sender refused"]


def test_a_gateway_that_suspects_fraud_is_told_to_a_person(town, gateway):
    reported(town, 30450)
    assert all_of(town, alerts.c.kind, alerts.c.detail) == [("texts suspected", "twilio sms")]


def test_who_texts_from_an_address_that_was_given_up_can_be_reached_again(town, gateway):
    reported(town, 30005)
    assert "cannot be reached 1" in town.text("07700 900100", "SEND matters TO carers")
    town.later(days=40)
    assert "how was your experience" in town.text(ANN, "visit")
    assert all_of(town, addresses.c.id, addresses.c.invalid_at) == [
        (address_id, None) for address_id in all_of(town, addresses.c.id)
    ]
    assert "Texts 1 person" in town.text("07700 900100", "SEND matters TO carers")


def test_a_question_whose_person_has_answered_it_is_not_sent_again(town, gateway, monkeypatch):
    town.member(ANN)
    send(town)
    taken = gateway.send

    def broken(*what: object):
        taken(*what)  # type: ignore[arg-type]  # as it came
        raise OSError

    monkeypatch.setattr(gateway, "send", broken)
    monkeypatch.setattr(gateway, "find", lambda *_, **__: [])
    town.work()
    monkeypatch.setattr(gateway, "send", taken)
    town.later(seconds=30)
    assert "why" in town.text(ANN, "1")
    town.later(minutes=2)
    assert settle_doubtful(town.service, town.ways) == 1
    town.work()
    assert len(gateway.to(ANN)) == 1
    assert "Thank you" in town.text(ANN, "they were kind")


@pytest.mark.parametrize("kind", [REPLY, BY_HAND])
@pytest.mark.parametrize(("channel", "days"), [("sms", 8), ("whatsapp", 2)])
def test_what_answers_somebody_is_not_sent_when_nobody_waits_for_it_any_more(town, gateway, kind, channel, days):
    town.text(BOB, "hi", channel)
    at = microseconds(town.time)
    with town.service.database.transaction() as db:
        whose = db.execute(select(contacts.c.id).order_by(contacts.c.id.desc()).limit(1)).scalar_one()
        from_us = {"direction": "out", "channel": channel, "body": "late", "status": "queued", "kind": kind}
        db.execute(messages.insert().values(id=1, contact_id=whose, created_at=at, due_at=at, **from_us))
    town.later(days=days)
    Outbox(town.service, town.ways, bulk=False).drain(lambda: False)
    assert gateway.sent == []
    assert "cancelled" in all_of(town, messages.c.status)


def test_whoever_writes_by_hand_is_told_that_whatsapp_would_not_take_it(town):
    town.text(BOB, "visit", "whatsapp")
    whose = all_of(town, contacts.c.id)[-1]
    take_over(town.service, whose, "user:1")
    reply_by_hand(town.service, whose, "Hello, this is Jo", "user:1", b"one")
    town.later(days=1)
    with pytest.raises(ManualReplyError, match="within a day"):
        reply_by_hand(town.service, whose, "Hello, this is Jo", "user:1", b"two")


def test_only_failures_carry_what_they_mean():
    assert failure_in(None) is None
    assert failure_in(99999) is FailureKind.PERMANENT
