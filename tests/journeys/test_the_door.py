"""What is refused at the webhook, and hostile words that must come through it whole."""

from __future__ import annotations

import csv
import io
import json
import logging
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bot import cli, logs
from bot.app import create_app
from bot.processes.housekeeping import hand_in_spooled
from bot.service import build
from bot.settings import Settings
from storage.counting import tallies
from storage.database import Database, StoreUnavailableError
from storage.tables import answers, contacts, messages
from storage.upkeep import heartbeats
from tests.clients import Client
from tests.fakes.twilio.fake import PUBLIC_URL
from tests.journeys.conftest import ALEX, SAM

FORM = "application/x-www-form-urlencoded"
URL = PUBLIC_URL + "/twilio/inbound"


def post(journey, form: bytes, *, signed: bool = True, path: str = "/twilio/inbound", kind: str = FORM, **headers: str):
    if signed:
        headers |= journey.twilio.webhooks.headers(PUBLIC_URL + path, form)
    return Client(journey.app).post(path, base_url=PUBLIC_URL, data=form, content_type=kind, headers=headers)


def form(journey, body: str = "visit", **extra: str) -> bytes:
    return urlencode(journey.twilio.webhooks.form("SM" + "d" * 32, SAM, body) | extra).encode()


def test_without_a_token_the_door_is_closed_never_open(environ, journey):
    environ.pop("TWILIO_AUTH_TOKEN")
    service = build(Settings.read(environ))
    client = Client(create_app(service))
    for path in ("/twilio/inbound", "/twilio/status"):
        assert client.post(path, data=form(journey), content_type=FORM).status_code == 503
    service.close()
    assert journey.count(messages) == 0


def test_a_request_that_twilio_did_not_sign_changes_nothing(journey):
    good = form(journey)
    assert post(journey, good, signed=False).status_code == 403
    assert post(journey, good, signed=False, **{"X-Twilio-Signature": "AAAA"}).status_code == 403
    signature = journey.twilio.webhooks.headers(URL, good)
    assert post(journey, form(journey, "other"), signed=False, **signature).status_code == 403
    assert post(journey, form(journey, AccountSid="AC" + "9" * 32)).status_code == 403
    assert journey.count(contacts) == 0


def test_a_request_of_another_shape_is_refused_in_a_sentence(journey):
    client = Client(journey.app)
    assert [client.open("/twilio/inbound", method=method).status_code for method in ("GET", "PUT", "DELETE")] == [
        405
    ] * 3
    assert post(journey, b"{}", kind="application/json").status_code == 415
    assert post(journey, form(journey, "x" * 66_000)).status_code == 413
    assert post(journey, form(journey) + b"&Body=other").status_code == 400
    assert post(journey, form(journey, From="nonsense!!")).status_code == 400
    assert journey.count(contacts) == 0


def test_a_body_without_a_length_is_read_to_its_limit_only(journey):
    def status(body: bytes) -> str:
        environ = EnvironBuilder("/twilio/inbound", method="POST", base_url=PUBLIC_URL, content_type=FORM).get_environ()
        environ.pop("CONTENT_LENGTH", None)
        signed = journey.twilio.webhooks.headers(URL, body)
        environ |= {"wsgi.input": io.BytesIO(body), "HTTP_X_TWILIO_SIGNATURE": signed["X-Twilio-Signature"]}
        return run_wsgi_app(journey.app, environ)[1]

    assert status(form(journey)).startswith("200")
    assert status(form(journey, "x" * 66_000)).startswith("413")


def test_what_nobody_foresaw_is_told_to_the_log_and_not_to_the_caller(journey, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise RuntimeError(f"nobody may read of {SAM}")

    monkeypatch.setattr("bot.webhooks.take_turn", broken)
    answer = post(journey, form(journey))
    assert answer.status_code == 500
    assert answer.text == "Something went wrong here. Try again soon.\n"
    assert [record.getMessage() for record in caplog.records] == ["webhook failed"]


def test_a_log_that_cannot_be_written_costs_nobody_an_answer(journey, monkeypatch):
    class Full:
        def write(self, _text: str) -> None:
            raise OSError(28, "No space left on device")

        flush = write

    monkeypatch.setattr(logging.getLogger(), "handlers", [logs._StandardError()])
    monkeypatch.setattr("sys.stderr", Full())
    assert post(journey, form(journey), signed=False).status_code == 403  # which is logged
    monkeypatch.setattr(Database, "quick", away)
    assert journey.twilio.text(SAM, "visit").status == 200  # and that it was kept on disk, too
    monkeypatch.undo()
    assert hand_in_spooled(journey.service) == 1


def away(*_: object) -> None:
    raise StoreUnavailableError("away")


def test_health_says_alive_and_ready_says_what_is_missing(journey):
    client = Client(journey.app)
    assert client.get("/health").json == {"status": "alive"}
    ready = client.get("/ready")
    assert ready.status_code == 200
    assert (ready.json["store"], ready.json["migrations"]) == ("ok", "current")
    assert ready.json["redis"].startswith("unknown")


def test_ready_tries_now_and_then_whether_a_store_that_is_read_can_be_written(journey, monkeypatch):
    client = Client(journey.app)
    written = []

    def full(*_: object) -> None:
        written.append(journey.clock())
        raise StoreUnavailableError("Its disk is full.")

    def beat(*_: object) -> None:
        written.append(journey.clock())

    monkeypatch.setattr(heartbeats, "beat", full)
    for _ in range(2):
        ready = client.get("/ready")
        assert (ready.status_code, ready.json["status"], ready.json["migrations"]) == (503, "not ready", "current")
        assert "full" in ready.json["store"]
    monkeypatch.setattr(heartbeats, "beat", beat)
    for seconds in (5, 9, 2):
        journey.clock.pass_by(seconds=seconds)
        assert client.get("/ready").status_code == 200
    assert len(written) == 4


HOSTILE = {
    "NUL and BEL": "a\x00b\x07c",
    "noncharacter": "a\ufffeb\uffffc",
    "separators": "a\u2028b\u2029c\x85d",
    "a lone surrogate": "a\ud800b",
    "right-to-left override": "abc\u202edef\u2066ghi",
    "zero-width": "a\u200bb\ufeffc",
    "1600 emoji": "😀" * 1600,
    "zalgo": "e" + "\u0301" * 500,
    "base64": "SGVsbG8gd29ybGQsIHRoaXMgaXMgbm90IGEgZm9ybXVsYSBidXQgYSBsb25nIHRleHQgb2Yga2luZCB3b3Jkcy4u" * 3,
    "a formula": '=HYPERLINK("http://evil.example","x")',
    "a wide formula": "＝1+1",
    "a tab formula": "\t=1+1",
    "SQL": "'; DROP TABLE messages; --",
    "a template": "{{7*7}} %s {0.__class__} {contact.first_name}",
    "markup": "<img src=x onerror=alert(1)> ]]> &amp;",
    "new lines": "one\r\ntwo\rthree",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_are_stored_answered_and_exported(journey, name, capsys, monkeypatch):
    words = HOSTILE[name]
    journey.say("visit", "1")
    journey.clock.pass_by(minutes=1)
    exchange = journey.twilio.text(SAM, words)
    assert exchange.status == 200
    ET.fromstring(exchange.body)
    heard = [row for row in journey.rows(messages) if row["direction"] == "in"][-1]
    if heard["raw"] is not None:
        assert heard["raw"] == words.encode("utf-8", "surrogatepass")
    else:
        # What is no UTF-8 stays percent-encoded, as it came.
        assert heard["body"] == words.replace("\ud800", "%ED%A0%80")
    for name_, value in journey.environ.items():
        monkeypatch.setenv(name_, value)
    while tallies.fold(journey.service.database, 100):
        pass
    assert cli.main(["export", "visit", "--rows", "--free-text", "all"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert not row["reason"].lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "＝"))
    assert cli.main(["export", "visit", "--rows", "--free-text", "all", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 1


def test_bytes_that_are_no_text_are_kept_as_they_came(journey):
    journey.say("visit", "1")
    body = form(journey).replace(b"Body=visit", b"Body=%FF%FEok")
    assert post(journey, body).status_code == 200
    assert journey.rows(answers)[-1]["value"] == "%FF%FEok"


def test_an_empty_text_costs_nothing_and_the_question_stays(journey):
    journey.say("visit", "", "   ")
    assert journey.say("1")[0].startswith("Please tell us why")
    assert journey.count(answers) == 1


@pytest.mark.parametrize("count", ["1", "10", "-1", "1e9", "abc"])
def test_a_picture_is_never_fetched_and_kindly_refused(journey, count):
    journey.say("visit")
    journey.clock.pass_by(minutes=1)
    extra = {
        "NumMedia": count,
        "MediaUrl0": "http://169.254.169.254/latest/meta-data",
        "MediaContentType0": "image/svg+xml",
    }
    assert journey.twilio.text(SAM, "", **extra).reply
    stored = repr([journey.rows(messages), journey.rows(answers)])
    assert "169.254" not in stored
    assert journey.say("1")[0].startswith("Please tell us why")


def test_a_place_or_a_profile_name_is_not_kept(journey):
    extra = {"Latitude": "51.5", "Longitude": "0.02", "Address": "12 Green Street", "Label": "Home"}
    journey.twilio.text(f"whatsapp:{SAM}", "visit", **extra)
    journey.twilio.text(ALEX, "visit", FromCity="Plaistow")
    stored = repr([journey.rows(messages), journey.rows(contacts)])
    assert "51.5" not in stored
    assert "Green Street" not in stored
    assert "Plaistow" not in stored
    assert "'Sam'" not in stored
