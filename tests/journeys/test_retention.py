"""What the clock deletes for its age: answers as long as their flow keeps them, words of texts, never the tallies."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import cli, housekeeping
from flows.run import microseconds
from storage import retention, tallies
from storage.tables import answers, contacts, messages, metadata, runs
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
    counted = tallies.stored(journey.service.database)
    pass_time(journey, 2)
    assert journey.count(answers) == journey.count(runs) == 0
    assert CANARY not in everything(journey)
    assert journey.count(contacts) == 1
    assert tallies.stored(journey.service.database) == counted
    assert sum(counted.values()) == 2


def test_younger_answers_of_others_stay(journey, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    journey.say("visit", "1", CANARY)
    journey.say("visit", "2", "long gone", sender=ALEX)
    journey.clock.pass_by(days=400)
    journey.say("visit", "2", "still here", sender=ALEX)
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
    assert retention.delete_old_runs(journey.service.database, {number: 11 * day}, day, now) == 0
    assert retention.delete_old_runs(journey.service.database, {number: 9 * day}, 99 * day, now) == 1
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


def test_counting_anew_refuses_to_lose_what_only_the_tallies_know(journey, monkeypatch: pytest.MonkeyPatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", CANARY)
    pass_time(journey, 731)
    counted = tallies.stored(journey.service.database)
    assert cli.main(["tallies", "rebuild"]) == 1
    assert "would lose them" in capsys.readouterr().err
    assert tallies.stored(journey.service.database) == counted
