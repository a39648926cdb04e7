"""A backup brings everything back but the people who were erased since, and sends nothing twice."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot import cli
from bot.channels.twilio_api import TwilioChannel
from bot.conversations.backfill import catch_up
from bot.conversations.rights import erase
from bot.people import erased_list
from bot.sending.outbox import Outbox
from bot.sending.settling import settle_doubtful
from bot.service import build
from bot.settings import Settings
from flows.run import microseconds
from storage.counting import tallies
from storage.database import Database
from storage.ids import new_id
from storage.tables import addresses, answers, broadcasts, contacts, messages, metadata, redactions
from storage.upkeep import backup
from tests import tallying
from tests.fakes.twilio.fake import ACCOUNT_SID, TOKEN
from tests.journeys.conftest import ALEX, SAM, Journey
from tests.stores import SECRETS

CANARY = "quicksilver teapot on Tuesdays"


@pytest.fixture
def other(request: pytest.FixtureRequest, store: str, tmp_path: Path) -> Iterator[str]:
    """An empty store of the same kind."""
    (tmp_path / "other").mkdir()
    kind = "sqlite" if store.startswith("sqlite") else "postgresql"
    with request.getfixturevalue(f"{kind}_stores").empty(tmp_path / "other") as url:
        yield url


@pytest.fixture
def settings(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> Journey:
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    return journey


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url, SECRETS)
    with database.reading() as db:
        found = {
            table.name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
    database.close()
    return found


def count_all(journey: Journey) -> None:
    while tallies.fold(journey.service.database, 100):
        pass


def test_a_backup_brings_every_row_back(settings, other: str, tmp_path: Path, monkeypatch, capsys):
    settings.say("visit", "1", f"{CANARY}\n\\N \t'“ü🎉\r")
    count_all(settings)
    file = tmp_path / "monday.backup"
    before = rows_of(settings.environ["DATABASE_URL"])
    assert cli.main(["backup", str(file)]) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SAM[4:].encode() not in file.read_bytes()
    monkeypatch.setenv("DATABASE_URL", other)
    assert cli.main(["restore", str(file)]) == 0
    assert "There was no" in capsys.readouterr().out
    after = rows_of(other)
    for name in before:
        if name not in ("audits", "heartbeats"):
            assert after[name] == before[name], name


def test_who_was_erased_after_the_backup_does_not_come_back(settings, other: str, tmp_path: Path, monkeypatch, capsys):
    settings.say("visit", "1", CANARY)
    settings.say("visit", "2", "another", sender=ALEX)
    count_all(settings)
    file = tmp_path / "monday.backup"
    assert cli.main(["backup", str(file)]) == 0
    settings.say("visit", "forget me", "yes")
    monkeypatch.setenv("DATABASE_URL", other)
    assert cli.main(["restore", str(file)]) == 0
    assert "1 people who had been erased" in capsys.readouterr().out
    after = rows_of(other)
    assert CANARY not in repr(after)
    assert len(after["contacts"]) == 1
    restored = Database(other, SECRETS)
    assert tallying.stored(restored) == tallying.recount(restored)
    assert sum(tallying.stored(restored).values()) == 2
    restored.close()


def test_who_shared_a_phone_with_somebody_erased_stays(settings, other: str, tmp_path: Path, monkeypatch):
    settings.say("visit", "1", CANARY)
    database = settings.service.database
    with database.transaction() as db:
        first = db.execute(select(contacts.c.id)).scalar_one()
        row = dict(db.execute(select(addresses)).mappings().one())
        db.execute(insert(contacts).values(id=77, language="en", created_at=1))
        db.execute(insert(addresses).values(row | {"id": 78, "contact_id": 77, "in_hand": 0}))
    file = tmp_path / "monday.backup"
    assert cli.main(["backup", str(file)]) == 0
    erase(settings.service, first, [f"sms:{SAM}"], "user:1")
    monkeypatch.setenv("DATABASE_URL", other)
    assert cli.main(["restore", str(file)]) == 0
    assert [row[0] for row in rows_of(other)["contacts"]] == [77]


def test_a_text_fetched_again_does_not_bring_them_back_either(settings, other: str, tmp_path: Path, monkeypatch):
    settings.say("visit")
    file = tmp_path / "monday.backup"
    assert cli.main(["backup", str(file)]) == 0
    settings.say("1", CANARY, "forget me", "yes")
    monkeypatch.setenv("DATABASE_URL", other)
    assert cli.main(["restore", str(file)]) == 0
    service = build(Settings.read(os.environ), now=settings.clock)
    ids = [each.sid for each in settings.twilio.ledger.inbound()]
    hashes = {service.secrets.text_hash("sms", sid) for sid in ids}
    with service.database.reading() as db:
        known = set(db.execute(select(metadata.tables["erased"].c.hash)).scalars())
    service.close()
    assert len(hashes) == 5
    assert hashes <= known


def test_what_was_answered_before_the_restore_is_heard_again_and_not_answered_again(
    settings, other: str, tmp_path: Path
):
    file, twilio, service = tmp_path / "monday.backup", settings.twilio, settings.service
    settings.say("visit")
    backup.save(service.database, file, lambda *_: None)
    answered = settings.say("1", CANARY)
    settings.say("visit", sender=ALEX)
    settings.clock.pass_by(minutes=1)
    twilio.account.hear("SM" + "e" * 32, ALEX, "2", 0)  # the webhook is gone by now
    settings.clock.pass_by(hours=2)
    empty = Database(other, SECRETS)
    backup.restore(empty, file, (), microseconds(settings.clock()), lambda *_: None)
    empty.close()
    settings.clock.pass_by(minutes=1)
    twilio.account.hear("SM" + "f" * 32, "+447700900125", "visit", 0)
    before = {phone: twilio.handset(phone) for phone in (SAM, ALEX, "+447700900125")}
    assert before[SAM][-2:] == answered
    assert before["+447700900125"] == []
    restored = build(Settings.read(settings.environ | {"DATABASE_URL": other}), now=settings.clock)
    with twilio:
        way = TwilioChannel(
            account_sid=ACCOUNT_SID, auth_token=TOKEN, sms_from=twilio.number, api_url=twilio.url, timeout=60
        )
        assert catch_up(restored, {"twilio": way}) == 5
        for _ in range(2):
            settle_doubtful(restored, {"twilio": way})
            Outbox(restored, {"twilio": way}, bulk=False).drain(
                lambda: False, pause=lambda seconds: settings.clock.pass_by(seconds=seconds)
            )
            settings.clock.pass_by(minutes=10)
    after = {phone: twilio.handset(phone)[len(told) :] for phone, told in before.items()}
    with restored.database.reading() as db:
        values = list(db.execute(select(answers.c.value).order_by(answers.c.id)).scalars())
    restored.close()
    assert values == ["very_good", CANARY, "good"]
    assert after[SAM] == []
    assert [len(texts) for texts in after.values()] == [0, 1, 1]
    assert "tell us why" in after[ALEX][0]


def test_a_store_with_people_in_it_is_not_overwritten(settings, tmp_path: Path, capsys):
    settings.say("visit", "1", CANARY)
    file = tmp_path / "monday.backup"
    assert cli.main(["backup", str(file)]) == 0
    assert cli.main(["backup", str(file)]) == 1
    before = rows_of(settings.environ["DATABASE_URL"])
    assert cli.main(["restore", str(file)]) == 1
    assert "holds people already" in capsys.readouterr().err
    assert rows_of(settings.environ["DATABASE_URL"]) == before


def test_another_key_or_a_damaged_file_is_refused_and_nothing_is_changed(
    settings, other: str, tmp_path: Path, monkeypatch, capsys
):
    settings.say("visit", "1", CANARY)
    file = tmp_path / "monday.backup"
    assert cli.main(["backup", str(file)]) == 0
    monkeypatch.setenv("DATABASE_URL", other)
    before = rows_of(other)
    monkeypatch.setenv("SAYSO_SECRET_KEY", bytes(range(1, 33)).hex())
    assert cli.main(["restore", str(file)]) == 1
    assert "another key" in capsys.readouterr().err
    monkeypatch.setenv("SAYSO_SECRET_KEY", settings.environ["SAYSO_SECRET_KEY"])
    whole = file.read_bytes()
    for broken in (whole[: len(whole) // 2], b"", b"hello", whole[:3000] + b"\xff" * 3000 + whole[6000:]):
        file.write_bytes(broken)
        assert cli.main(["restore", str(file)]) == 1
        assert "backup" in capsys.readouterr().err
    assert rows_of(other) == before
    assert cli.main(["restore", str(tmp_path / "missing")]) == 1


def test_what_was_on_its_way_is_not_sent_again_unasked(settings, other: str, tmp_path: Path, monkeypatch, capsys):
    settings.say("visit", "1", "all fine")
    database = settings.service.database
    with database.transaction() as db:
        contact = db.execute(select(contacts.c.id)).scalar_one()
        times = {"starts_at": 1, "series_at": 1, "created_at": 1}
        db.execute(insert(broadcasts).values(id=7, kind="text", body="Hi", audience="{}", status="sending", **times))
        db.execute(
            insert(messages).values(
                id=new_id(), contact_id=contact, direction="out", channel="sms", body="Hi", status="queued",
                created_at=2, due_at=2,
            )
        )  # fmt: skip
    file = tmp_path / "monday.backup"
    assert cli.main(["backup", str(file)]) == 0
    monkeypatch.setenv("DATABASE_URL", other)
    assert cli.main(["restore", str(file)]) == 0
    assert "1 broadcasts were stopped" in capsys.readouterr().out
    restored = Database(other, SECRETS)
    with restored.reading() as db:
        assert db.execute(select(broadcasts.c.status)).scalar_one() == "stopped"
        states = list(db.execute(select(messages.c.status).where(messages.c.direction == "out")).scalars())
    restored.close()
    assert "queued" not in states
    assert states.count("ambiguous") == 1


def test_a_list_torn_by_a_power_cut_is_read_as_far_as_it_is_whole(tmp_path: Path, settings):
    settings.say("visit", "1", CANARY)
    with settings.service.database.reading() as db:
        contact = db.execute(select(contacts.c.id)).scalar_one()
        assert db.execute(select(addresses.c.id)).first()
    receipt = erase(settings.service, contact, [f"sms:{SAM}"], "user:1")
    path = settings.service.settings.data / erased_list.FILE
    assert list(erased_list.read(path)) == list(receipt.tombstones)
    assert SAM[1:] not in path.read_text()
    torn = tmp_path / erased_list.FILE
    torn.write_bytes(path.read_bytes()[:-5])
    erased_list.add(tmp_path, receipt.tombstones[:1])
    assert list(erased_list.read(torn)) == [*receipt.tombstones[:-1], receipt.tombstones[0]]
    assert settings.count(answers) == 0
    assert settings.count(redactions) > 0
