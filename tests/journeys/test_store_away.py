"""Texts that come while nothing can be stored: somebody in danger is told whom to call, and a migration costs nobody an
answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text as sql

from bot import webhooks
from bot.app import create_app
from bot.channels import twilio_webhook
from bot.processes.housekeeping import hand_in_spooled
from bot.service import build
from bot.settings import Settings
from storage.database import Database, StoreUnavailableError
from storage.tables import alerts, answers, messages
from tests.bot.test_phone import service_in
from tests.clients import Client
from tests.journeys.conftest import SAM
from tests.stores import SECRETS
from tests.workers.surroundings import inbound


def test_who_to_call_is_said_also_while_the_store_is_away(tmp_path, monkeypatch: pytest.MonkeyPatch):
    service = service_in(tmp_path, TWILIO_AUTH_TOKEN="secret", PUBLIC_URL="https://sayso.example.org")
    page = Client(create_app(service))

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailableError("away")

    monkeypatch.setattr(webhooks, "take_turn", away)
    monkeypatch.setattr(twilio_webhook.SignatureCheck, "valid", lambda *_: True)
    for text, told in (("I want to kill myself", True), ("very good", False)):
        monkeypatch.setattr(twilio_webhook, "parse_inbound", lambda *_, text=text: inbound(service, text))
        reply = page.post("/twilio/inbound", data={"Body": text}, base_url="https://sayso.example.org")
        assert reply.status_code == 200
        assert ("116 123" in reply.text) is told
    service.close()


def test_a_kept_text_answers_no_later_question_and_who_cried_for_help_is_not_told_twice(journey):
    journey.say("visit")
    early = inbound(journey.service, "1")
    journey.say("5")
    for text in (early, inbound(journey.service, "I want to kill myself")):
        journey.service.spool.keep(replace(text, address=f"sms:{SAM}"))
    assert hand_in_spooled(journey.service) == 2
    assert [row["value"] for row in journey.rows(answers)] == ["very_poor"]
    assert [row["kind"] for row in journey.rows(alerts)] == ["late text", "safeguarding"]
    assert journey.count(messages, direction="out", status="queued") == 0


def test_a_kept_text_that_another_process_handled_meanwhile_is_passed_over(journey):
    for words in ("visit", "1"):
        journey.service.spool.keep(inbound(journey.service, words))
    waiting = journey.service.spool.waiting()
    next(waiting)
    for path, _ in list(journey.service.spool.waiting()):
        path.unlink()
    assert list(waiting) == []


NEXT_RELEASE = (
    "ALTER TABLE contacts ADD COLUMN later TEXT",
    "ALTER TABLE messages ADD COLUMN later BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE answers ADD COLUMN later TEXT",
    "CREATE TABLE later (id BIGINT PRIMARY KEY)",
    "UPDATE alembic_version SET version_num = 'v9999'",
)
"""What the next release may do to a store that this one still works on: it adds, and takes nothing away."""


def test_texts_that_come_while_the_next_release_migrates_are_kept_and_the_old_code_goes_on_behind_it(
    journey, environ, monkeypatch
):
    monkeypatch.setattr("storage.drivers.postgresql.LOCK_MS", 50)
    monkeypatch.setattr("storage.drivers.sqlite.BUSY_SECONDS", 0.05)
    old = build(Settings.read(environ), now=journey.clock)
    journey.twilio.point_at(create_app(old))
    journey.say("visit")  # its statements are prepared now, for the tables as they were
    other = Database(environ["DATABASE_URL"], SECRETS)
    with other.transaction() as db:
        for statement in NEXT_RELEASE:
            db.execute(sql(statement))
        journey.clock.pass_by(minutes=1)
        assert journey.twilio.text(SAM, "1").status == 200  # acknowledged, so it must not be lost
    other.close()
    assert hand_in_spooled(old) == 1
    assert [row["value"] for row in journey.rows(answers)] == ["very_good"]
    assert journey.say("because")[0].startswith("Thank you")
    assert journey.say("visit")[0].startswith("Sayso would like to hear")
    assert journey.count(messages, direction="in") == 4
    old.close()


def test_new_code_on_a_store_that_is_not_migrated_yet_loses_no_text(journey):
    with journey.service.database.transaction() as db:
        db.execute(sql("ALTER TABLE messages RENAME TO not_yet"))
    assert journey.twilio.text(SAM, "visit").status == 200
    with journey.service.database.transaction() as db:
        db.execute(sql("ALTER TABLE not_yet RENAME TO messages"))
    assert hand_in_spooled(journey.service) == 1
    assert journey.count(messages, direction="in") == 1
