"""What the clock deletes for its age: answers as long as their flow keeps them, words of texts, never the tallies."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from bot import cli
from bot.processes import housekeeping
from flows.run import microseconds
from storage.counting import tallies
from storage.tables import answers, contacts, messages, metadata, redactions, revisions, run_tallies, runs
from storage.tables import tallies as counts
from storage.upkeep import retention
from tests import tallying
from tests.journeys.conftest import ALEX, Journey

CANARY = "quicksilver teapot on Tuesdays"


def pass_time(journey: Journey, days: int) -> None:
    journey.clock.pass_by(days=days)
    while tallies.fold(journey.service.database, 100):
        pass
    housekeeping.delete_what_is_past_its_time(journey.service, microseconds(journey.clock()))


def everything(journey: Journey) -> str:
    with journey.service.database.reading() as db:
        return "\n".join(repr(tuple(row)) for table in metadata.sorted_tables for row in db.execute(select(table)))


def test_answers_and_words_stay_until_their_time_is_over_and_the_tallies_stay_on(journey):
    journey.say("visit", "1", CANARY)
    pass_time(journey, 729)
    assert journey.count(answers) == 2
    assert CANARY in everything(journey)
    counted = tallying.stored(journey.service.database)
    pass_time(journey, 2)
    assert journey.count(answers) == journey.count(runs) == 0
    assert CANARY not in everything(journey)
    assert journey.count(contacts) == 1
    assert tallying.stored(journey.service.database) == counted
    assert sum(counted.values()) == 2


def test_younger_answers_of_others_stay(journey, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    journey.say("visit", "1", CANARY)
    journey.say("visit", "2", "long gone", sender=ALEX)
    journey.clock.pass_by(days=400)
    journey.say("visit", "yes", "2", "still here", sender=ALEX)  # after so long we ask whose the number is
    pass_time(journey, 400)
    assert {row["raw"] for row in journey.rows(answers)} == {"2", "still here"}
    assert "still here" in everything(journey)
    assert "long gone" not in everything(journey)


def test_a_flow_keeps_its_answers_as_long_as_it_says(journey):
    visit = journey.service.shelf.flow("visit")
    assert visit is not None
    number = journey.service.shelf.revision_id("visit", visit.revision)
    journey.say("visit", "1", CANARY)
    pass_time(journey, 10)
    day = housekeeping.DAY
    now = microseconds(journey.clock())
    assert retention.delete_old_runs(journey.service.database, {number: 11 * day}, now) == 0
    assert retention.delete_old_runs(journey.service.database, {number: 9 * day, number + 1: 99 * day}, now) == 1
    assert journey.count(answers) == 0


def test_what_is_not_in_the_tallies_yet_waits_until_it_is(journey):
    journey.say("visit", "1", CANARY)
    journey.clock.pass_by(days=800)
    housekeeping.delete_what_is_past_its_time(journey.service, microseconds(journey.clock()))
    assert journey.count(answers) == 2
    pass_time(journey, 0)
    assert journey.count(answers) == 0


def test_a_text_past_its_time_is_not_handled_twice(journey):
    journey.say("visit", "1", CANARY)
    known = {row["provider_id"] for row in journey.rows(messages)}
    pass_time(journey, 731)
    assert {row["provider_id"] for row in journey.rows(messages)} == known
    assert {row["body"] for row in journey.rows(messages)} == {"[removed]"}


def test_counting_anew_keeps_what_only_the_tallies_know(journey, monkeypatch: pytest.MonkeyPatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    journey.say("visit", "1", "also long gone", sender=ALEX)
    pass_time(journey, 731)
    journey.say("visit", "yes", "1", "new", sender=ALEX)
    pass_time(journey, 0)
    counted = tallying.stored(journey.service.database)
    begun = journey.rows(run_tallies)
    assert sum(counted.values()) == 6
    assert tallying.recount(journey.service.database) == counted
    with journey.service.database.transaction() as db:
        db.execute(update(counts).values(count=counts.c.count + 7))
    assert cli.main(["tallies", "rebuild"]) == 1
    assert tallying.stored(journey.service.database) == counted
    assert journey.rows(run_tallies) == begun
    assert cli.main(["tallies", "rebuild"]) == 0
    assert "right before" in capsys.readouterr().out


def test_the_gateways_copies_of_old_texts_are_emptied_too(journey):
    journey.say("visit", "1", CANARY)
    known = {row["provider_id"] for row in journey.rows(messages) if row["provider_id"]}
    pass_time(journey, 731)
    assert {row["provider_id"] for row in journey.rows(redactions)} == known
    assert {(row["gateway"], row["channel"]) for row in journey.rows(redactions)} == {("twilio", "sms")}


def test_old_texts_are_looked_at_once_and_those_that_wait_to_be_sent_again(journey, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    journey.say("visit", "1", CANARY)
    database, now = journey.service.database, microseconds(journey.clock()) + 1
    with database.transaction() as db:
        waits = db.execute(select(messages.c.id).where(messages.c.direction == "out").limit(1)).scalar_one()
        db.execute(update(messages).where(messages.c.id == waits).values(status="queued"))
    count = journey.count(messages)
    blanked = sum(retention.blank_old_texts(database, now, now) for _ in range(4))
    assert blanked < count
    with database.transaction() as db:
        db.execute(update(messages).where(messages.c.id == waits).values(status="sent"))
    blanked += sum(retention.blank_old_texts(database, now, now) for _ in range(4))
    assert blanked == count
    assert retention.blank_old_texts(database, now, now) == 0
    assert CANARY not in repr(journey.rows(messages))


def test_a_revision_that_no_longer_loads_does_not_stop_the_others(journey):
    journey.say("visit", "1", CANARY)
    with journey.service.database.transaction() as db:
        db.execute(insert(revisions).values(id=5, flow="old", hash="x", source="no: flow", published_at=1))
    pass_time(journey, 731)
    assert journey.count(answers) == 0


def test_doctor_compares_a_sample_of_the_tallies_with_the_answers(journey, monkeypatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    pass_time(journey, 0)
    cli.main(["doctor"])
    assert "agree with the answers" in capsys.readouterr().out
    with journey.service.database.transaction() as db:
        db.execute(update(counts).values(count=counts.c.count + 1))
    assert cli.main(["doctor"]) == 1
    assert "sayso tallies rebuild" in capsys.readouterr().out
