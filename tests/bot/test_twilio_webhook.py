"""What Twilio posts, as a table of cases."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import BadRequestError, FailureKind, Inbound, RepeatedParameterError, StatusUpdate
from bot.channels.twilio_webhook import parse_form, parse_inbound, parse_status
from tests.fakes.twilio import FakeTwilio

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SID = "SM" + "0123456789abcdef" * 2
SAM = "+447700900123"


def inbound(body="Hi", from_=SAM, **extra):
    form = FakeTwilio().webhooks.form(SID, from_, body) | extra
    return parse_inbound(list(form.items()), NOW)


# Forms.


@settings(max_examples=500)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]))
    )
)
def test_a_form_comes_back_as_it_was_written(form):
    assert dict(parse_form(urlencode(form).encode())) == form


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(body):
    try:
        pairs = parse_form(body)
    except RepeatedParameterError:
        return
    for name, value in pairs:
        (name + value).encode()


@settings(max_examples=500)
@given(st.text("ab=&+%2Fé", max_size=40))
def test_a_form_is_read_as_the_standard_library_reads_it(body):
    expected = parse_qsl(body, keep_blank_values=True, errors="werkzeug.url_quote")
    if len(dict(expected)) == len(expected):
        assert parse_form(body.encode()) == expected


def test_bytes_that_are_not_utf_8_stay_as_received():
    assert parse_form(b"Body=%FF%FE+ok+%ED%A0%80") == [("Body", "%FF%FE ok %ED%A0%80")]


def test_a_repeated_parameter_is_refused():
    with pytest.raises(RepeatedParameterError, match="twice"):
        parse_form(b"Body=YES&From=%2B1&From=%2B2")
    with pytest.raises(RepeatedParameterError):
        parse_form(b"From=1&%46rom=2")


def test_a_form_over_64_kib_or_200_parameters_is_refused():
    assert len(parse_form(b"&".join(b"%d=" % n for n in range(200)))) == 200
    with pytest.raises(BadRequestError, match="200"):
        parse_form(b"&".join(b"%d=" % n for n in range(201)))
    with pytest.raises(BadRequestError, match="64 KiB"):
        parse_form(b"Body=" + b"x" * 65_536)


# Texts.


def test_an_sms_becomes_an_inbound():
    assert inbound("Very good") == Inbound(
        provider_id=SID,
        address=f"sms:{SAM}",
        channel="sms",
        gateway="twilio",
        body="Very good",
        raw=None,
        media=0,
        opt_out=None,
        received_at=NOW,
        confirms_stop=False,
    )


@pytest.mark.parametrize(
    ("from_", "address", "channel"),
    [
        ("+447700900123", "sms:+447700900123", "sms"),
        ("60400", "sms:60400", "sms"),
        ("NHSTrust", "sms:NHSTrust", "sms"),
        ("whatsapp:+447700900123", "whatsapp:+447700900123", "whatsapp"),
        ("whatsapp:GB.abc123", "whatsapp:GB.abc123", "whatsapp"),
        ("whatsapp:GB." + "x" * 128, "whatsapp:GB." + "x" * 128, "whatsapp"),
    ],
)
def test_the_sender_becomes_an_address(from_, address, channel):
    text = inbound(from_=from_)
    assert (text.address, text.channel) == (address, channel)


def test_a_number_that_shows_is_the_address_and_a_hidden_one_is_replaced_by_the_id():
    both = inbound(from_="whatsapp:+447700900123", ExternalUserId="whatsapp:GB.abc123")
    assert both.address == "whatsapp:+447700900123"
    hidden = inbound(From="", ExternalUserId="whatsapp:GB.abc123")
    assert hidden.address == "whatsapp:GB.abc123"


@pytest.mark.parametrize("name", ["MessageSid", "From", "Body"])
def test_a_missing_parameter_is_named(name):
    form = FakeTwilio().webhooks.form(SID, SAM, "Hi")
    del form[name]
    with pytest.raises(BadRequestError, match=f"The parameter {name} is missing"):
        parse_inbound(list(form.items()), NOW)


@pytest.mark.parametrize(
    "from_",
    ["+44 7700 900123", "447700900123", "whatsapp:447700900123", "whatsapp:", "rcs:+447700900123", "+0123",
     "\u0661\u0662\u0663", "whatsapp:GB." + "x" * 129, "whatsapp:gb.abc", "+447700900123\n", "+" + "1" * 16],
)  # fmt: skip
def test_a_sender_that_twilio_never_writes_is_refused_without_being_quoted(from_):
    with pytest.raises(BadRequestError, match="From is not of the form") as error:
        inbound(from_=from_)
    assert from_ not in str(error.value)


def test_we_do_not_talk_to_ourselves():
    with pytest.raises(BadRequestError, match="ourselves"):
        inbound(from_=SAM, To=SAM)


def test_an_empty_body_is_fine():
    assert inbound("").body == ""


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ("a\x00b", "ab"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("\ufffeok", "ok"),
        ("\ud800ok", "ok"),
        ("\u202eabc", "\u202eabc"),
        ("z\u0300" * 500, "z\u0300" * 500),
        ("🎉" * 1600, "🎉" * 1600),
        ("=HYPERLINK()", "=HYPERLINK()"),
        ("{{7*7}} %s {0.__class__} '; DROP", "{{7*7}} %s {0.__class__} '; DROP"),
    ],
)
def test_words_are_cleaned_and_what_was_changed_is_kept_as_received(body, clean):
    text = inbound(body)
    assert text.body == clean
    assert text.raw == (None if clean == body else body.encode("utf-8", "surrogatepass"))
    text.body.encode()


@pytest.mark.parametrize(
    ("given_", "media"),
    [("0", 0), ("", 0), ("1", 1), ("10", 10), ("11", 1), ("-1", 1), ("1e9", 1), ("abc", 1), ("9" * 500, 1), ("٣", 1)],
)
def test_anything_but_a_small_number_of_pictures_counts_as_one(given_, media):
    assert inbound("", NumMedia=given_).media == media


def test_places_names_and_media_addresses_are_left_behind():
    text = inbound(
        "Hi", FromCity="LEEDS", ProfileName="Sam", MediaUrl0="http://169.254.169.254/", Latitude="53.8", Label="Home"
    )
    for secret in ("LEEDS", "Sam", "169.254", "53.8", "Home"):
        assert secret not in repr(text)


@pytest.mark.parametrize(
    ("given_", "opt_out"), [("STOP", "STOP"), ("start", "START"), ("HELP", "HELP"), ("X", None), ("", None)]
)
def test_an_opt_out_that_the_gateway_heard_is_passed_on(given_, opt_out):
    assert inbound("stop", OptOutType=given_).opt_out == opt_out


@pytest.mark.parametrize(
    ("body", "from_", "extra", "confirms"),
    [
        ("STOP", SAM, {}, True),
        (" stop ", SAM, {}, True),
        ("Unsubscribe", SAM, {}, True),
        ("stop please", SAM, {}, False),
        ("STOPIO", SAM, {}, False),
        ("STOP", "whatsapp:+447700900123", {}, False),
        ("rhoi'r gorau", SAM, {"OptOutType": "STOP"}, True),
        ("help", SAM, {"OptOutType": "HELP"}, False),
    ],
)
def test_the_gateway_confirms_a_stop_only_in_its_own_words(body, from_, extra, confirms):
    assert inbound(body, from_, **extra).confirms_stop is confirms


def packed(text):
    return base64.b64encode(text.encode()).decode()


LONG = "Diolch yn fawr, roedd y staff yn garedig iawn â mi ac â'm mam. "


def test_a_long_text_that_came_in_base64_is_unwrapped_and_kept_as_received():
    text = inbound(packed(LONG))
    assert text.body == LONG
    assert text.raw == packed(LONG).encode()
    assert inbound(packed(LONG)[:40] + "\r\n" + packed(LONG)[40:]).body == LONG


@pytest.mark.parametrize(
    "body",
    [
        packed("short"),
        "a" * 60,
        packed(LONG)[:-1],
        packed(LONG) + " thanks",
        base64.b64encode(bytes(range(256))).decode(),
        packed("ধন্যবাদ " * 12),
        packed("a\x00b" * 30),
        "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4,
    ],
)
def test_what_only_looks_like_base64_is_left_alone(body):
    assert inbound(body).body == body


# Status callbacks.


def test_a_status_callback_carries_our_id_the_status_and_the_code():
    pairs = [("MessageSid", SID), ("MessageStatus", "undelivered"), ("ErrorCode", "30003")]
    assert parse_status(pairs, "m=123") == StatusUpdate(123, SID, "undelivered", 30003, FailureKind.RETRY_LATER)


def test_the_older_names_of_a_status_callback_are_understood():
    assert parse_status([("SmsSid", SID), ("SmsStatus", "sent")], "") == StatusUpdate(None, SID, "sent", None)


@pytest.mark.parametrize(
    "query", ["", "m=", "m=0", "m=-1", "m=x", "m=1&m=2", f"m={2**63}", "m=%FF", "m=1%00", "m=٣", "n=1"]
)
def test_an_id_that_cannot_be_ours_is_none(query):
    assert parse_status([("MessageSid", SID), ("MessageStatus", "sent")], query).message_id is None


def test_the_largest_id_is_ours():
    assert parse_status([("MessageSid", SID), ("MessageStatus", "sent")], f"m={2**63 - 1}").message_id == 2**63 - 1


@pytest.mark.parametrize(
    ("pairs", "name"),
    [
        ([("MessageStatus", "sent")], "MessageSid is missing"),
        ([("MessageSid", SID)], "MessageStatus is missing"),
        ([("MessageSid", SID), ("MessageStatus", "SE NT")], "MessageStatus is not of the form"),
        ([("MessageSid", "../x"), ("MessageStatus", "sent")], "MessageSid is not of the form"),
    ],
)
def test_a_status_callback_that_is_none_is_refused(pairs, name):
    with pytest.raises(BadRequestError, match=name):
        parse_status(pairs, "")


@pytest.mark.parametrize("code", ["", "0", "abc", "-5", "9" * 20])
def test_an_error_code_that_is_none_is_none(code):
    assert parse_status([("MessageSid", SID), ("MessageStatus", "failed"), ("ErrorCode", code)], "").error_code is None
