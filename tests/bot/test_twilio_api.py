"""Sending through the real client library to the fake, in every way it can go wrong."""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
from datetime import UTC, datetime

import pytest
from twilio.base.exceptions import TwilioException, TwilioServiceException

from bot.channels import FailureKind, SendError, SendFailure
from bot.channels.simulator import SimulatorChannel
from bot.channels.twilio_api import TwilioChannel
from bot.channels.twilio_codes import KINDS, kind_of
from bot.channels.twilio_failures import failure_of
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

SAM = "+447700900123"
SMS = f"sms:{SAM}"


@pytest.fixture
def twilio():
    with FakeTwilio() as fake:
        yield fake


SILENT = (HANG, ACCEPT_THEN_HANG)


@pytest.fixture
def channel(twilio):
    return channel_to(twilio.url, sms_from=twilio.number, whatsapp_from=twilio.whatsapp)


def channel_to(url, **settings):
    """Patient: a slow machine must not look like a silent Twilio."""
    settings = {"timeout": 60, "status_callback_base": PUBLIC_URL, "auth_token": TOKEN} | settings
    return TwilioChannel(account_sid=ACCOUNT_SID, api_url=url, **settings)


def failure(channel, address=SMS, body="Hello", message_id=42):
    with pytest.raises(SendError) as error:
        channel.send(address, body, message_id)
    return error.value.failure


def failure_in(twilio, channel, mode):
    """The failure of one send that Twilio meets in this way, once Twilio has met it."""
    twilio.script(mode)
    found = failure(channel_to(twilio.url, sms_from=twilio.number, timeout=0.1) if mode in SILENT else channel)
    twilio.ledger.wait_for_calls()
    return found


def test_a_text_is_accepted_arrives_and_carries_our_id_in_its_callback(twilio, channel):
    sent = channel.send(SMS, "Hello", 42)
    assert sent.status == "queued"
    message = twilio.ledger.messages[sent.provider_id]
    assert (message.to, message.from_) == (SAM, twilio.number)
    assert message.callback == f"{PUBLIC_URL}/twilio/status?m=42"
    assert twilio.handset(SAM) == ["Hello"]
    assert twilio.ledger.calls[0].form["ValidityPeriod"] == ["14400"]
    assert twilio.ledger.violations == []


@pytest.mark.parametrize("person", ["whatsapp:+447700900123", "whatsapp:GB.abc123"])
def test_whatsapp_goes_out_from_the_whatsapp_sender(twilio, channel, person):
    twilio.text(person, "Hi")
    sent = channel.send(person, "Hello", 1)
    assert twilio.ledger.messages[sent.provider_id].from_ == twilio.whatsapp
    assert twilio.handset(person) == ["Hello"]


def test_a_whatsapp_sender_may_be_written_with_or_without_its_scheme(twilio):
    channel = channel_to(twilio.url, whatsapp_from=twilio.whatsapp.removeprefix("whatsapp:"))
    channel.send("whatsapp:+447700900123", "Hello", 1)
    assert twilio.ledger.calls[0].form["From"] == [twilio.whatsapp]


def test_a_messaging_service_takes_the_place_of_a_number(twilio):
    service = "MG" + "0" * 32
    sent = channel_to(twilio.url, sms_from=twilio.number, messaging_service_sid=service).send(SMS, "Hello", 1)
    assert sent.status == "accepted"
    assert "From" not in twilio.ledger.calls[0].form
    assert twilio.ledger.messages[sent.provider_id].messaging_service_sid == service


@pytest.mark.parametrize(
    ("mode", "kind", "code"),
    [
        (TOO_MANY, "retry_later", 20429),
        (refuse(21611), "retry_later", 21611),
        (refuse(20003, 401), "sender_broken", 20003),
        (refuse(21606), "sender_broken", 21606),
        (refuse(30002), "sender_broken", 30002),
        (refuse(21211), "address_invalid", 21211),
        (refuse(21614), "address_invalid", 21614),
        (refuse(21610), "opted_out", 21610),
        (refuse(21408), "permanent", 21408),
        (refuse(63016), "permanent", 63016),
        (refuse(99999), "permanent", 99999),
        (broken(500), "ambiguous", None),
        (broken(503, accepted=True), "ambiguous", None),
        (broken(307), "sender_broken", None),
        (HANG, "ambiguous", None),
        (RESET, "ambiguous", None),
        (EMPTY, "ambiguous", None),
        (GARBAGE, "ambiguous", None),
        (HTML, "ambiguous", None),
    ],
)
def test_every_way_of_failing_has_its_kind(twilio, channel, mode, kind, code):
    found = failure_in(twilio, channel, mode)
    assert (found.kind, found.code) == (kind, code)
    assert found.charged == (kind not in ("retry_later", "sender_broken"))
    assert SAM not in found.detail
    assert SAM.lstrip("+") not in found.detail
    assert "Hello" not in found.detail


@pytest.mark.parametrize("mode", [ACCEPT_THEN_RESET, ACCEPT_THEN_HANG, EMPTY, GARBAGE, broken(502, accepted=True)])
def test_a_message_that_went_out_although_the_call_broke_off_is_told_by_its_callback(twilio, channel, mode):
    assert failure_in(twilio, channel, mode).kind is FailureKind.AMBIGUOUS
    assert twilio.handset(SAM) == ["Hello"]
    assert {pending.url for pending in twilio.waiting_callbacks} == {f"{PUBLIC_URL}/twilio/status?m=42"}
    assert len(twilio.ledger.calls) == 1, "the client must not try again by itself"


def test_nobody_there_means_nothing_was_sent():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    found = failure(channel_to(f"http://127.0.0.1:{port}", sms_from="+447700900001"))
    assert (found.kind, found.charged) == (FailureKind.RETRY_LATER, False)


@pytest.mark.parametrize(
    "cause", [socket.gaierror(), TimeoutError(), ssl.SSLCertVerificationError(), OSError("the proxy refuses")]
)
def test_a_name_not_found_or_a_bad_certificate_means_nothing_was_sent(monkeypatch, cause):
    def connect(_connection):
        raise cause

    monkeypatch.setattr(http.client.HTTPSConnection, "connect", connect)
    channel = TwilioChannel(account_sid=ACCOUNT_SID, auth_token=TOKEN, sms_from="+447700900001")
    found = failure(channel)
    assert (found.kind, found.charged) == (FailureKind.RETRY_LATER, False)


def test_a_wrong_token_is_our_own_fault(twilio):
    found = failure(channel_to(twilio.url, sms_from=twilio.number, auth_token="wrong"))
    assert (found.kind, found.code) == (FailureKind.SENDER_BROKEN, 20003)


@pytest.mark.parametrize(
    ("address", "kind"),
    [("sms:60400", "address_invalid"), ("sms:NHSTrust", "address_invalid"), ("tel:+44", "address_invalid")],
)
def test_an_address_that_cannot_be_answered_never_reaches_twilio(twilio, channel, address, kind):
    assert failure(channel, address).kind == kind
    assert twilio.ledger.calls == []


def test_a_channel_without_a_sender_says_which_setting_is_missing(twilio):
    channel = channel_to(twilio.url, sms_from=twilio.number)
    found = failure(channel, "whatsapp:+447700900123")
    assert found.kind is FailureKind.SENDER_BROKEN
    assert "TWILIO_WHATSAPP_FROM" in found.detail


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TwilioServiceException("type", "title", 429, 20429), "retry_later"),
        (TwilioServiceException("type", "title", 400, 21610), "opted_out"),
        (TwilioServiceException("type", "title", 500, 20500), "ambiguous"),
        (TwilioException("Unable to fetch page"), "ambiguous"),
        (TimeoutError(), "ambiguous"),
        (http.client.RemoteDisconnected(), "ambiguous"),
        (AttributeError("payload"), "ambiguous"),
    ],
)
def test_every_exception_of_the_library_has_its_kind(error, kind):
    assert failure_of(error).kind == kind


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "http://127.0.0.1/x",
        "ftp://127.0.0.1",
        "",
    ],
)
def test_account_and_token_are_never_sent_to_another_machine(url):
    with pytest.raises(ValueError, match="TWILIO_API_URL must be an address of this machine"):
        channel_to(url, sms_from="+447700900001")


def test_no_account_is_said_at_start():
    with pytest.raises(ValueError, match="TWILIO_ACCOUNT_SID"):
        TwilioChannel(account_sid=None, auth_token=TOKEN)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8000", "http://localhost:8000", "https://my_host.example.org", "", None]
)
def test_a_callback_twilio_could_not_reach_is_left_out(base):
    channel = TwilioChannel(account_sid=ACCOUNT_SID, auth_token=TOKEN, status_callback_base=base)
    assert channel._callback is None


def test_nothing_is_logged_of_a_person(twilio, channel, caplog):
    caplog.set_level(logging.DEBUG)
    channel.send(SMS, "Hello", 42)
    channel.find(SMS, "Hello", datetime(2026, 1, 1, tzinfo=UTC), answered=False)
    assert SAM.lstrip("+") not in caplog.text


def test_only_what_never_left_is_tried_again_and_every_code_has_one_kind():
    again = {kind for kind in FailureKind if SendFailure(kind, None, "").retry}
    assert again == {FailureKind.RETRY_LATER, FailureKind.SENDER_BROKEN}
    assert set(KINDS.values()) == set(FailureKind) - {FailureKind.AMBIGUOUS}
    assert kind_of(21610, 503) is FailureKind.AMBIGUOUS


def test_the_simulator_delivers_at_once_and_names_a_message_after_our_id():
    sent = SimulatorChannel().send("sms:+447700900123", "Hello", 7)
    assert (sent.provider_id, sent.status) == ("sim7", "delivered")


@pytest.mark.parametrize(
    ("senders", "texts"),
    [
        ({"sms_from": "+447700900001"}, ["by text"]),
        ({"sms_from": "+447700900001", "whatsapp_from": "+447700900001"}, ["by text", "by WhatsApp"]),
        ({"messaging_service_sid": "MG" + "0" * 32, "whatsapp_from": "+447700900001"}, ["by text", "by WhatsApp"]),
        ({"sms_from": "CARERS", "whatsapp_from": "+447700900001"}, ["by text", "by WhatsApp"]),
    ],
)
def test_after_an_outage_texts_are_fetched_by_every_way_in(twilio, senders, texts):
    twilio.account.hear("SM" + "1" * 32, SAM, "by text", 0)
    twilio.account.hear("SM" + "2" * 32, f"whatsapp:{SAM}", "by WhatsApp", 0)
    channel = channel_to(twilio.url, **senders)
    assert sorted(text.body for text in channel.heard(datetime(2026, 1, 1, tzinfo=UTC))) == sorted(texts)


def test_a_text_too_long_for_one_message_leaves_as_several_and_the_first_is_reported_of(twilio, channel):
    body = " ".join(f"word{number}" for number in range(400))
    sent = channel.send(SMS, body, 42)
    first, second = twilio.ledger.messages.values()
    assert (first.sid, f"{first.body} {second.body}") == (sent.provider_id, body)
    found = channel.find(SMS, body, datetime(2020, 1, 1, tzinfo=UTC), answered=False)
    assert [each.provider_id for each in found] == [sent.provider_id]
