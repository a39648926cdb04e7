"""MY DATA, WHY and FORGET ME by text, and what is left of somebody who was forgotten: nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import cli
from bot.channels import Inbound
from bot.commands import doctor
from bot.conversations.rights import erase
from bot.conversations.turn import take_turn
from bot.exports import expiry
from bot.people import erased_list
from bot.processes import housekeeping
from storage.community import erasure
from storage.counting import tallies
from storage.tables import answers, audits, contacts, erased, export_files, messages, metadata, redactions, runs
from storage.tables import tallies as counts
from tests import tallying
from tests.journeys.conftest import ALEX, SAM, Journey

CANARY = "quicksilver teapot on Tuesdays"


def everything(journey: Journey) -> str:
    """Every cell of every table."""
    with journey.service.database.reading() as db:
        return "\n".join(repr(tuple(row)) for table in metadata.sorted_tables for row in db.execute(select(table)))


def count_all(journey: Journey) -> None:
    while tallies.fold(journey.service.database, 100):
        pass


def test_my_data_says_what_is_held_in_one_text(journey):
    journey.say("visit", "1", "all fine")
    (reply,) = journey.say("my data")
    assert "answers: 2" in reply
    assert "FORGET ME" in reply


def test_why_says_what_for_within_a_conversation_and_how_long_outside(journey):
    assert "service improvement" in journey.say("visit", "why")[-1]
    journey.say("1", "all fine")
    assert "730 days" in journey.say("why")[0]


def test_forget_me_asks_once_and_any_other_reply_keeps_everything(journey):
    journey.say("visit", "1", "all fine")
    (question,) = journey.say("forget me")
    assert "YES" in question
    journey.say("visit")
    assert journey.count(answers) == 2
    journey.say("yes")
    assert journey.count(contacts) == 1


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("yes I am sure", "Done."),
        ("yes, delete it", "Done."),
        ("YES 👍", "Done."),
        ("Yes\nSent from my iPhone", "Done."),
        ("no thanks", "That is fine. We have deleted nothing."),
        ("yes but keep my answers", "Shall we delete all"),
        ("yes I went to the clinic yesterday", "Shall we delete all"),
        ("yes?", "Shall we delete all"),
        ("yes stop", "You will get no more texts"),
    ],
)
def test_a_yes_to_forget_me_erases_in_many_words_and_anything_else_says_so(journey, said, heard):
    journey.say("visit", "forget me")
    (reply,) = journey.say(said)
    assert reply.startswith(heard)
    assert journey.count(contacts) == (0 if heard == "Done." else 1)


def test_a_no_to_forget_me_is_no_answer_to_the_question_that_waits(journey):
    journey.say("visit", "forget me")
    (reply,) = journey.say("no")
    assert "how was your experience" in reply
    assert journey.count(answers) == 0


def test_a_yes_days_later_erases_nobody(journey):
    journey.say("visit", "1", "all fine", "forget me")
    journey.clock.pass_by(days=2)
    journey.say("yes")
    assert journey.count(contacts) == 1


def test_forget_me_leaves_nothing_of_the_person_anywhere(journey, tmp_path: Path):
    journey.say("visit", "1", CANARY)
    journey.say("visit", "2", "another", sender=ALEX)
    count_all(journey)
    before = everything(journey)
    assert CANARY in before
    replies = journey.say("forget me", "yes")
    assert "deleted" in replies[-1]
    assert journey.count(contacts) == 1
    assert journey.count(answers) == 2
    assert journey.count(runs) == 1
    after = everything(journey)
    assert CANARY not in after
    assert SAM not in after
    journey.service.database.checkpoint()
    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        data = path.read_bytes()
        assert CANARY.encode() not in data, path
        assert SAM.encode() not in data, path


def test_the_tallies_agree_with_who_is_left(journey):
    journey.say("visit", "1", CANARY)
    journey.say("visit", "2", "another", sender=ALEX)
    count_all(journey)
    journey.say("forget me", "yes")
    count_all(journey)
    assert tallying.stored(journey.service.database) == tallying.recount(journey.service.database)
    assert sum(row["count"] for row in journey.rows(counts)) == 2


def test_a_replayed_text_does_not_bring_them_back_and_a_new_one_may(journey):
    text = Inbound("SM" + "a" * 32, f"sms:{SAM}", "sms", "twilio", "visit", None, 0, None, journey.clock())
    take_turn(journey.service, text)
    journey.say("forget me", "yes")
    assert take_turn(journey.service, text).text == ""
    assert journey.count(contacts) == 0
    assert "experience" in journey.say("visit")[0]


def test_copies_at_the_gateway_are_emptied_and_tried_again_until_they_are(journey):
    journey.say("visit", "1", CANARY)
    waiting = journey.count(messages, direction="in")
    journey.say("forget me", "yes")
    assert journey.count(redactions) == waiting + 1

    class Gateway:
        def __init__(self) -> None:
            self.emptied: list[str] = []

        def redact(self, provider_id: str) -> None:
            self.emptied.append(provider_id)

    now = int(journey.clock().timestamp()) * 1_000_000
    assert housekeeping.empty_copies(journey.service, {}, now) == 0
    gateway = Gateway()
    assert housekeeping.empty_copies(journey.service, {"twilio": gateway}, now) == 0
    assert housekeeping.empty_copies(journey.service, {"twilio": gateway}, now + 3600 * 1_000_000) == waiting + 1
    assert journey.count(redactions) == 0
    assert len(set(gateway.emptied)) == waiting + 1


def test_an_export_with_lines_of_theirs_is_deleted(journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    path = tmp_path / "rows.csv"
    asked = ["export", "visit", "--level", "restricted", "--for", "Ann", "--purpose", "paper", "--free-text", "all"]
    assert cli.main([*asked, "--out", str(path)]) == 0
    assert CANARY in path.read_text()
    assert cli.main(["contacts", "erase", SAM, "--yes"]) == 0
    assert not path.exists()
    assert SAM not in capsys.readouterr().out
    assert journey.count(erased) > 0


def test_a_coordinator_sees_and_copies_what_is_held(journey, monkeypatch: pytest.MonkeyPatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    assert cli.main(["contacts", "show", "07700 900123"]) == 0
    assert "2 answers" in capsys.readouterr().out
    assert cli.main(["contacts", "report", SAM]) == 0
    assert CANARY in capsys.readouterr().out
    assert cli.main(["contacts", "show", "07700 900999"]) == 1
    assert "We hold nothing" in capsys.readouterr().err


def test_a_file_with_lines_of_people_is_deleted_when_its_time_is_over(journey, tmp_path, monkeypatch):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    path = tmp_path / "rows.csv"
    assert cli.main(["export", "visit", "--rows", "--out", str(path)]) == 0
    week = 8 * 24 * 3600 * 1_000_000
    now = int(path.stat().st_mtime) * 1_000_000
    assert expiry.delete_expired(journey.service.database, now) == 0
    assert expiry.delete_expired(journey.service.database, now + week) == 1
    assert not path.exists()


def test_a_file_on_another_machine_waits_for_that_machine_and_doctor_says_so(journey, tmp_path, monkeypatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    path, away = tmp_path / "rows.csv", tmp_path / "away.csv"
    with monkeypatch.context() as there:
        there.setattr(expiry, "machine", lambda: "laptop-7")
        assert cli.main(["export", "visit", "--rows", "--out", str(path)]) == 0
    assert "laptop-7" in capsys.readouterr().err
    path.rename(away)  # as the clock of another machine sees it
    with journey.service.database.reading() as db:
        (contact,) = db.execute(select(contacts.c.id)).scalars()
    erase(journey.service, contact, [f"sms:{SAM}"], "user:1")
    later = int(away.stat().st_mtime + 9 * 24 * 3600) * 1_000_000
    assert expiry.delete_expired(journey.service.database, later) == 0
    looked_at = datetime.fromtimestamp(later / 1_000_000, UTC)
    said = next(each for each in doctor.examine(journey.environ, looked_at) if each.what == "files")
    assert said.values == {"count": 1, "machine": "laptop-7"}
    away.rename(path)
    assert expiry.delete_expired(journey.service.database, later) == 1
    assert not path.exists()
    assert journey.count(export_files) == 0


def test_a_machine_that_is_gone_is_not_waited_for(journey, tmp_path, monkeypatch):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "rows.csv"
    journey.say("visit", "1", CANARY)
    assert cli.main(["export", "visit", "--rows", "--out", str(path)]) == 0
    journey.clock.pass_by(days=99)
    monkeypatch.setattr(expiry, "machine", lambda: "another")
    path.unlink()
    housekeeping.tidy(journey.service)
    assert journey.count(export_files) == 0


def test_a_file_that_took_the_place_of_an_export_is_not_deleted_with_it(journey, tmp_path, monkeypatch):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    refused, shared, theirs = (tmp_path / name for name in ("refused.csv", "shared.csv", "theirs.csv"))
    for path in (shared, theirs, theirs):
        assert cli.main(["export", "visit", "--rows", "--out", str(path)]) == 0
    assert journey.count(export_files) == 2
    assert cli.main(["export", "visit", "--out", str(shared)]) == 0
    for path in (refused, theirs):
        path.write_text("what somebody has made by hand\n")
    assert cli.main(["export", "nosuch", "--rows", "--out", str(refused)]) == 1
    later = int(theirs.stat().st_mtime + 9 * 24 * 3600) * 1_000_000
    expiry.delete_expired(journey.service.database, later)
    assert [path.exists() for path in (refused, shared, theirs)] == [True, True, True]


def test_who_comes_back_with_a_backup_is_erased_again(journey):
    journey.say("visit", "1", CANARY)
    with journey.service.database.reading() as db:
        (contact,) = db.execute(select(contacts.c.id)).scalars()
    receipt = erase(journey.service, contact, [f"sms:{SAM}"], "user:1")
    assert receipt.answers == 2
    with journey.service.database.reading() as db:
        assert erasure.come_back(db, journey.service.secrets) == []


# A process that is killed while it erases.


class KilledError(BaseException):
    """What `kill -9` is to the process: nothing behind it is done."""


def killed(*_: object, **__: object) -> None:
    raise KilledError


@pytest.fixture
def held(journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sam has answered, and stands in this file."""
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    path = tmp_path / "rows.csv"
    assert cli.main(["export", "visit", "--rows", "--free-text", "all", "--out", str(path)]) == 0
    return path


def is_all_gone(journey: Journey, path: Path) -> bool:
    listed = list(erased_list.read(journey.service.settings.data / erased_list.FILE))
    return not path.exists() and bool(listed) and CANARY not in everything(journey)


@pytest.mark.parametrize(
    "place", ["storage.community.phones.pick_up", "bot.conversations.rights.delete_files", "bot.people.erased_list.add"]
)
def test_an_erasure_that_is_killed_is_not_told_as_done_and_the_next_one_ends_it(journey, held, place, capsys):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(place, killed)
        with pytest.raises(KilledError):
            cli.main(["contacts", "erase", SAM, "--yes"])
    assert "Erased" not in capsys.readouterr().out
    assert journey.count(audits, action="erased") == 0
    assert journey.count(answers) == 2
    assert cli.main(["contacts", "erase", SAM, "--yes"]) == 0
    assert "Erased: 1 conversations, 2 answers" in capsys.readouterr().out
    assert is_all_gone(journey, held)
    assert journey.count(audits, action="erased") == 1


def test_an_erasure_that_is_killed_behind_its_commit_has_left_nothing(journey, held):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("storage.database.Database.checkpoint", killed)
        with pytest.raises(KilledError):
            cli.main(["contacts", "erase", SAM, "--yes"])
    assert is_all_gone(journey, held)


def test_forget_me_that_is_killed_is_asked_for_once_more_and_done(journey, held):
    journey.say("forget me")
    with pytest.MonkeyPatch.context() as patched:
        for kind in ("sqlite", "postgresql"):
            patched.setattr(f"storage.drivers.{kind}.Quick.commit", killed)
        with pytest.raises(KilledError):
            journey.twilio.text(SAM, "yes", MessageSid="SM" + "e" * 32)
    assert journey.count(answers) == 2
    assert "deleted" in journey.twilio.text(SAM, "yes", MessageSid="SM" + "e" * 32).reply
    assert is_all_gone(journey, held)
