from __future__ import annotations

from bot.sending.gateways import gateways
from bot.settings import Settings

TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "old,new", "TWILIO_SMS_FROM": "+441632960000"}


def ways(folder, **environ: str) -> set[str]:
    return set(gateways(Settings.read({"SAYSO_DATA": str(folder), **environ})))


def test_without_an_account_only_the_simulator_is_a_way_out(tmp_path):
    assert ways(tmp_path) == {"simulator"}
    assert ways(tmp_path, TWILIO_AUTH_TOKEN="token") == {"simulator"}


def test_an_account_a_token_and_a_sender_make_twilio_one(tmp_path):
    assert ways(tmp_path, **TWILIO) == {"simulator", "twilio"}
    assert ways(tmp_path, **TWILIO, PUBLIC_URL="https://sayso.example.org") == {"simulator", "twilio"}
