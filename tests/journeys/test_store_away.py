"""Somebody in danger while nothing can be stored."""

from __future__ import annotations

import pytest

from bot import webhooks
from bot.app import create_app
from bot.channels import twilio_webhook
from storage.database import StoreUnavailableError
from tests.bot.test_phone import service_in
from tests.workers.surroundings import inbound


def test_who_to_call_is_said_also_while_the_store_is_away(tmp_path, monkeypatch: pytest.MonkeyPatch):
    service = service_in(tmp_path, TWILIO_AUTH_TOKEN="secret", PUBLIC_URL="https://sayso.example.org")
    page = create_app(service).test_client()

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
