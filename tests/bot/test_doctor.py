from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import cli
from bot.commands.doctor import Health, examine
from bot.settings import Settings, socket_url
from flows.run import microseconds
from storage.database import Database
from storage.secrets import Secrets
from storage.upkeep import heartbeats
from tests.bot.test_phone import service_in
from tests.servers import queue_server

MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)
PUBLIC = {"PUBLIC_URL": "https://sayso.example.org", "TWILIO_AUTH_TOKEN": "hush-token"}


@pytest.fixture
def environ(tmp_path) -> Iterator[dict[str, str]]:
    service_in(tmp_path).close()
    with queue_server() as socket:
        yield {"SAYSO_DATA": str(tmp_path), "REDIS_URL": socket_url(socket)}


def report(environ: dict[str, str], now: datetime = MOMENT) -> dict[str, tuple[Health, str]]:
    """The last finding about each thing."""
    return {finding.what: (finding.health, finding.sentence) for finding in examine(environ, now)}


def test_a_whole_service_is_well(environ):
    database = Database(f"sqlite:///{environ['SAYSO_DATA']}/sayso.db", Secrets(Settings.read(environ).secret_key))
    for name in ("clock", "worker"):
        heartbeats.beat(database, name, "ok", microseconds(MOMENT))
    database.close()
    senders = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_SMS_FROM": "+441632960000"}
    found = report({**environ, **PUBLIC, **senders}, MOMENT + timedelta(seconds=9))
    # What ships was never called by anybody; a service that is live has done so.
    assert {what for what, (health, _) in found.items() if health is not Health.WELL} == {"helplines"}
    assert "https://sayso.example.org/twilio/inbound#rc=4&rp=all&ct=2000&rt=3500&tt=15000" in found["twilio"][1]
    assert "VISIT → visit" in found["flows"][1]
    assert found["worker"][1] == "Last seen 9 seconds ago."


def test_what_is_missing_but_not_needed_is_a_note(environ, tmp_path):
    found = report({**environ, "REDIS_URL": f"unix://{tmp_path}/nobody.sock"})
    assert [found[what][0] for what in ("queue", "clock", "worker", "twilio")] == [Health.NOTE] * 4
    assert "last seen: –" in found["clock"][1]


def test_every_wrong_setting_is_listed(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path))
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("SAYSO_REGION", "x")
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr()
    assert said.out.count("BROKEN") == 2
    assert said.err == "\n2 of these must be put right.\n"


def test_tables_that_are_not_current_are_broken(environ):
    with sqlite3.connect(f"{environ['SAYSO_DATA']}/sayso.db") as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in tables:
            connection.execute(f'DROP TABLE "{name}"')
    connection.close()
    health, sentence = report(environ)["store"]
    assert health is Health.BROKEN
    assert "sayso migrate" in sentence


def test_a_store_that_cannot_be_reached_is_broken_and_its_password_is_not_shown(environ):
    url = "postgresql://sayso:hush@127.0.0.1:1/sayso"
    health, sentence = report({**environ, "DATABASE_URL": url})["store"]
    assert health is Health.BROKEN
    assert "hush" not in sentence


def test_flows_with_a_mistake_are_broken(environ, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    assert report({**environ, "FLOWS_DIR": str(shelf)})["flows"][0] is Health.BROKEN
    (shelf / "bad.yaml").write_text("title: x\nnodez: {}\n")
    health, sentence = report({**environ, "FLOWS_DIR": str(shelf)})["flows"]
    assert health is Health.BROKEN
    assert "bad.yaml:" in sentence


def test_an_address_twilio_cannot_reach_is_told(environ):
    findings = list(examine({**environ, "TWILIO_AUTH_TOKEN": "hush-token"}, MOMENT))
    assert any("Twilio cannot reach" in finding.sentence for finding in findings)


def test_a_phone_page_at_a_public_address_is_told(environ):
    health, sentence = report({**environ, **PUBLIC, "SAYSO_PHONE": "1"})["phone"]
    assert health is Health.NOTE
    assert "anybody" in sentence


def test_settings_are_listed_without_secrets(environ, capsys, monkeypatch):
    secret = "00112233445566778899aabbccddeeff" * 2
    password = {"REDIS_URL": "redis://:hush-redis@127.0.0.1:1/0", "SAYSO_SECRET_KEY": secret}
    for name, value in {**environ, **PUBLIC, **password}.items():
        monkeypatch.setenv(name, value)
    cli.main(["doctor", "--settings"])
    said = capsys.readouterr().out
    assert "TWILIO_AUTH_TOKEN             set" in said
    assert "hush" not in said
    assert secret not in said


def test_before_the_first_start_nothing_is_made_and_nothing_is_broken(tmp_path):
    found = report({"SAYSO_DATA": str(tmp_path / "data")})
    assert Health.BROKEN not in {health for health, _ in found.values()}
    assert not (tmp_path / "data").exists()
