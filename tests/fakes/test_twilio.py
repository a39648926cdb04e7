"""The fake Twilio itself: later tests lean on it, so it is held against the real library and the published contract."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.fakes.twilio import Contract, ContractError, FakeTwilio, refuse
from tests.fakes.twilio.fake import ACCOUNT_SID, TOKEN

SAM = "+447700900123"


class Local(TwilioHttpClient):
    """The real transport, with another origin."""

    def __init__(self, origin):
        super().__init__(timeout=60)
        self.origin = origin

    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace("https://api.twilio.com", self.origin), *args, **kwargs)


def client_of(twilio, token=TOKEN):
    return Client(ACCOUNT_SID, token, http_client=Local(twilio.url))


@pytest.fixture
def twilio():
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture
def client(twilio):
    client = client_of(twilio)
    yield client
    client.http_client.session.close()


class Service:
    """A webhook that answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.requests.append((request.full_path, request.form.to_dict(), dict(request.headers)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            answer = Response(status=answer)
        elif isinstance(answer, str):
            answer = Response(answer, content_type="text/xml")
        return answer(environ, start_response)


def said(*texts):
    return "<Response>" + "".join(f"<Message>{text}</Message>" for text in texts) + "</Response>"


# The API.


def test_the_real_client_creates_fetches_redacts_and_deletes_a_message(twilio, client):
    made = client.messages.create(to=SAM, from_=twilio.number, body="Hello")
    assert (made.status, made.direction, made.body) == ("queued", "outbound-api", "Hello")
    assert twilio.handset(SAM) == ["Hello"]
    assert client.messages(made.sid).fetch().sid == made.sid
    assert client.messages(made.sid).update(body="").body == ""
    assert client.messages(made.sid).delete() is True
    with pytest.raises(TwilioRestException) as error:
        client.messages(made.sid).fetch()
    assert error.value.status == 404


def test_a_wrong_token_is_refused(twilio):
    client = client_of(twilio, "wrong")
    with pytest.raises(TwilioRestException) as error:
        client.messages.create(to=SAM, from_=twilio.number, body="Hello")
    client.http_client.session.close()
    assert (error.value.status, error.value.code) == (401, 20003)


def test_lists_come_in_pages_newest_first_filtered_by_receiver_and_time():
    moment = [datetime(2026, 11, 24, 9, 0, tzinfo=UTC)]
    with FakeTwilio(now=lambda: moment[0]) as twilio:
        client = client_of(twilio)
        for number in range(7):
            moment[0] += timedelta(hours=1)
            client.messages.create(to=SAM if number % 2 else "+447700900124", from_=twilio.number, body=f"{number}")
        twilio.deliver_callbacks()
        bodies = [message.body for message in client.messages.list(page_size=2)]
        to_sam = [message.body for message in client.messages.list(to=SAM, page_size=2)]
        since = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
        later = [message.body for message in client.messages.list(date_sent_after=since)]
        before = [message.body for message in client.messages.list(date_sent_before=since)]
        on_day = client.messages.list(date_sent=since.date())
        client.http_client.session.close()
    assert bodies == ["6", "5", "4", "3", "2", "1", "0"]
    assert to_sam == ["5", "3", "1"]
    assert later == ["6", "5", "4"]
    assert before == ["4", "3", "2", "1", "0"]
    assert len(on_day) == 7


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"status_callback": "http://my_host/x"}, "StatusCallback"),
        ({"validity_period": "soon"}, "ValidityPeriod"),
        ({"risk_check": "maybe"}, "RiskCheck"),
        ({"content_sid": "HX1"}, "ContentSid"),
    ],
)
def test_a_request_outside_the_contract_is_refused_and_remembered(twilio, client, fields, word):
    with pytest.raises(TwilioRestException, match=word):
        client.messages.create(to=SAM, from_=twilio.number, body="Hello", **fields)
    assert word in twilio.ledger.violations[0]


def test_an_unknown_form_field_is_refused():
    with pytest.raises(ContractError, match="no parameter Sender"):
        Contract.load().check_create({"To": [SAM], "Sender": ["x"]})


def test_an_answer_that_lacks_a_field_or_has_another_is_refused(twilio):
    message = twilio.account.accept(SAM, "Hello", "outbound-api").resource()
    Contract.load().check_message(message)
    with pytest.raises(ContractError, match="surprise"):
        Contract.load().check_message(message | {"surprise": 1})
    del message["sid"]
    with pytest.raises(ContractError, match="sid"):
        Contract.load().check_message(message)


def test_a_missing_contract_file_is_named():
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Contract.load(Path("/nowhere.json"))


def test_a_number_that_opted_out_is_refused_until_it_starts_again(twilio, client):
    twilio.point_at(Service("<Response/>"))
    twilio.text(SAM, "stop")
    with pytest.raises(TwilioRestException) as error:
        client.messages.create(to=SAM, from_=twilio.number, body="Hello")
    assert error.value.code == 21610
    twilio.text(SAM, "START")
    client.messages.create(to=SAM, from_=twilio.number, body="Hello again")
    assert twilio.handset(SAM) == ["Hello again"]
    assert len(twilio.handset(SAM, automatic=True)) == 3


def test_whatsapp_outside_24_hours_fails_afterwards_with_63016():
    moment = [datetime(2026, 11, 24, 9, 0, tzinfo=UTC)]
    person = "whatsapp:GB.abc123"
    with FakeTwilio(now=lambda: moment[0], target=Service("<Response/>")) as twilio:
        client = client_of(twilio)
        twilio.text(person, "Hi")
        client.messages.create(to=person, from_=twilio.whatsapp, body="in time")
        moment[0] += timedelta(hours=24)
        late = client.messages.create(to=person, from_=twilio.whatsapp, body="too late")
        fetched = client.messages(late.sid).fetch()
        client.http_client.session.close()
    assert late.status == "queued"
    assert (fetched.status, fetched.error_code) == ("failed", 63016)
    assert twilio.handset(person) == ["in time"]


def test_scripted_refusals_are_used_up_one_a_call(twilio, client):
    twilio.script(refuse(21211), refuse(30007))
    codes = []
    for _ in range(2):
        with pytest.raises(TwilioRestException) as error:
            client.messages.create(to=SAM, from_=twilio.number, body="Hello")
        codes.append(error.value.code)
    client.messages.create(to=SAM, from_=twilio.number, body="Hello")
    assert codes == [21211, 30007]
    assert twilio.handset(SAM) == ["Hello"]
    assert [call.status for call in twilio.ledger.calls] == [400, 400, 201]


# Webhooks.


def test_a_text_is_signed_over_the_public_address_and_every_parameter():
    service = Service(said("Hello"))
    twilio = FakeTwilio(target=service, inbound="/twilio/inbound?x=%2F%31")
    assert twilio.text(SAM, "Ŵyt ti'n iawn? 🎉").reply == "Hello"
    path, form, headers = service.requests[0]
    assert path == "/twilio/inbound?x=%2F%31"
    assert RequestValidator(TOKEN).validate(
        "https://sayso.example.org/twilio/inbound?x=%2F%31", form, headers["X-Twilio-Signature"]
    )
    assert twilio.handset(SAM) == ["Hello"]


def test_a_shared_key_signs_with_sha256_and_says_which_key():
    service = Service("<Response/>")
    twilio = FakeTwilio(target=service)
    twilio.webhooks.shared_key = ("key1", "secret")
    twilio.text(SAM, "Hi")
    _, form, headers = service.requests[0]
    assert headers["X-Twilio-Webhooks-Signature-Settings"] == "key=key1,algorithm=HMAC_SHA256"
    url = "https://sayso.example.org/twilio/inbound"
    assert RequestValidator("secret").validate(url, form, headers["X-Twilio-Signature"], "HMAC_SHA256")


def test_a_whatsapp_sender_with_a_hidden_number_has_only_an_id():
    service = Service("<Response/>")
    FakeTwilio(target=service).text("whatsapp:GB.abc123", "Hi")
    form = service.requests[0][1]
    assert form["From"] == form["ExternalUserId"] == "whatsapp:GB.abc123"
    assert form["WaId"] == ""


@pytest.mark.parametrize(
    ("answers", "overrides", "tries", "status"),
    [
        ((500, said("ok")), "", 1, 500),
        ((500, said("ok")), "#rc=4&rp=5xx", 2, 200),
        ((404, 500, said("ok")), "#rc=4&rp=all", 3, 200),
        ((404, said("ok")), "#rc=4&rp=5xx", 1, 404),
        ((500,), "#rc=2&rp=all", 3, 500),
    ],
)
def test_a_failed_webhook_is_tried_again_only_as_the_address_asks(answers, overrides, tries, status):
    service = Service(*answers)
    exchange = FakeTwilio(target=service, inbound=f"/twilio/inbound{overrides}").text(SAM, "Hi")
    assert (exchange.tries, exchange.status, len(service.requests)) == (tries, status, tries)
    assert len({headers["I-Twilio-Idempotency-Token"] for _, _, headers in service.requests}) == 1


def test_a_server_that_is_not_there_is_tried_once_more_by_default():
    exchange = FakeTwilio(target="http://127.0.0.1:9").text(SAM, "Hi")
    assert (exchange.tries, exchange.status, exchange.problem) == (2, None, 11200)


def test_the_fallback_gets_the_same_text_with_the_error():
    service = Service(500, "<Response/>")
    exchange = FakeTwilio(target=service, fallback="/twilio/fallback").text(SAM, "Hi")
    assert exchange.status == 200
    assert service.requests[1][0] == "/twilio/fallback?"
    assert service.requests[1][1]["MessageSid"] == service.requests[0][1]["MessageSid"]
    assert service.requests[1][1]["ErrorCode"] == "11200"


def test_a_replay_is_the_same_request_to_the_byte():
    service = Service("<Response/>")
    twilio = FakeTwilio(target=service)
    first = twilio.text(SAM, "Hi")
    twilio.replay(first)
    assert service.requests[0][1] == service.requests[1][1]
    assert len(twilio.ledger.inbound()) == 1


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (said("a", "b"), None),
        ("<Response/>", None),
        ("", 11770),
        ("<Response>", 12100),
        ("<Response><Message>\x00</Message></Response>", 12100),
        ("<Response><Play>x</Play></Response>", 12200),
        (said(*"abcdefghijk"), 14109),
        (said("x" * 1601), 21617),
        (said(" "), 14103),
        (Response("<Response/>", content_type="application/json"), 12300),
        (said(*["é" * 1600] * 10) + " " * 60_000, 11750),
        (500, 11200),
    ],
)
def test_an_answer_twilio_would_not_take_is_named_by_its_error_code(answer, problem):
    twilio = FakeTwilio(target=Service(answer))
    assert twilio.text(SAM, "Hi").problem == problem
    if problem is not None:
        assert twilio.handset(SAM) == []


def test_two_machines_that_answer_each_other_are_stopped():
    twilio = FakeTwilio(target=Service(said("Thanks!")))
    problems = [twilio.text(SAM, "I am away").problem for _ in range(32)]
    assert problems == [None] * 30 + [14107, 14107]


class Quiet(WSGIRequestHandler):
    def log(self, *args):
        pass


class SilentOnce(Service):
    """Says nothing to its second request until it is released."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.released = threading.Event()

    def __call__(self, environ, start_response):
        answer = super().__call__(environ, start_response)
        if len(self.requests) == 2:
            self.released.wait(60)
        return answer


def test_a_real_server_is_texted_over_http_and_asked_again_when_it_is_silent():
    service = SilentOnce(said("Hello"))
    server = make_server("127.0.0.1", 0, service, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    target, inbound = f"http://127.0.0.1:{server.port}", "/twilio/inbound?x=%31"
    first = FakeTwilio(target=target, inbound=f"{inbound}#rt=60000").text(SAM, "Hi")
    # The first try is never answered; the others have so long that the machine may be slow.
    second = FakeTwilio(target=target, inbound=f"{inbound}#rp=rt&rc=5&rt=400&tt=60000").text(SAM, "Hi again")
    service.released.set()
    server.shutdown()
    thread.join()
    server.server_close()
    assert (first.reply, first.tries) == ("Hello", 1)
    assert second.reply == "Hello"
    assert second.tries >= 2
    path, form, headers = service.requests[0]
    assert path == "/twilio/inbound?x=%31"
    assert headers["Host"] == "sayso.example.org"
    url = "https://sayso.example.org/twilio/inbound?x=%31"
    assert RequestValidator(TOKEN).validate(url, form, headers["X-Twilio-Signature"])


# Callbacks.


def callbacks_of(service):
    return [form["MessageStatus"] for path, form, _ in service.requests if path.startswith("/twilio/status")]


@pytest.fixture
def service(twilio):
    service = Service(Response(status=204))
    twilio.point_at(service)
    return service


def test_callbacks_wait_until_the_test_lets_them_go_and_carry_our_id(twilio, client, service):
    callback = "https://sayso.example.org/twilio/status?m=42"
    made = client.messages.create(to=SAM, from_=twilio.number, body="Hello", status_callback=callback)
    assert callbacks_of(service) == []
    assert [sent.http_status for sent in twilio.deliver_callbacks()] == [204, 204]
    assert callbacks_of(service) == ["sent", "delivered"]
    path, form, headers = service.requests[0]
    assert path == "/twilio/status?m=42"
    assert RequestValidator(TOKEN).validate(callback, form, headers["X-Twilio-Signature"])
    assert client.messages(made.sid).fetch().status == "delivered"


def test_callbacks_can_be_doubled_shuffled_delayed_dropped_and_foreign(twilio, client, service):
    for number in range(4):
        callback = f"https://sayso.example.org/twilio/status?m={number}"
        client.messages.create(to=SAM, from_=twilio.number, body="Hello", status_callback=callback)
    twilio.deliver_callbacks(drop=lambda c: c.url.endswith("m=0"), keep=lambda c: c.status == "delivered")
    assert callbacks_of(service) == ["sent"] * 3
    assert len(list(twilio.waiting_callbacks)) == 4
    twilio.deliver_callbacks(times=3, shuffle=True)
    assert sorted(callbacks_of(service)) == ["delivered"] * 12 + ["sent"] * 3
    assert twilio.callbacks.foreign(7).http_status == 204
    assert service.requests[-1][0] == "/twilio/status?m=7"


def test_a_message_that_does_not_arrive_says_why(twilio, client, service):
    twilio.hold_back(SAM, "undelivered", 30003)
    callback = "https://sayso.example.org/twilio/status?m=1"
    client.messages.create(to=SAM, from_=twilio.number, body="Hello", status_callback=callback)
    twilio.deliver_callbacks()
    assert callbacks_of(service) == ["sent", "undelivered"]
    assert service.requests[-1][1]["ErrorCode"] == "30003"
    assert twilio.handset(SAM) == []
