from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.background import Job
from bot.processes import housekeeping
from flows.run import microseconds
from storage.database import StoreUnavailableError
from storage.tables import redactions
from storage.upkeep import heartbeats
from tests.bot.test_phone import service_in
from tests.workers.surroundings import say
from workers.clock import Clock, Every

MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)


class Bell:
    """Remembers what was rung for."""

    def __init__(self) -> None:
        self.rung: list[Job] = []
        self.there = True
        self.tries = 0

    def ring(self, job: Job, now: datetime) -> bool:
        self.tries += 1
        if self.there:
            self.rung.append(job)
        return self.there

    def reachable(self, now: datetime) -> bool:
        return self.there


@pytest.fixture
def service(tmp_path) -> Iterator:
    made = service_in(tmp_path)
    yield made
    made.close()


@pytest.fixture
def bell() -> Bell:
    return Bell()


def clock_over(service, bell, hand_in=lambda: 0) -> Clock:
    return Clock(service.database, bell, hand_in)


def test_nothing_waits_and_nothing_is_rung_but_the_hourly_tidying_and_the_looks_at_the_gateway(service, bell):
    clock = clock_over(service, bell)
    for minutes in range(0, 121, 5):
        clock.tick(MOMENT + timedelta(minutes=minutes))
    assert Counter(bell.rung) == {Job.TIDY: 3, Job.CATCH_UP: 13, Job.SETTLE: 25}


def test_an_uncounted_answer_is_rung_for_until_it_is_counted(service, bell):
    say(service, "visit", "1")
    clock = clock_over(service, bell)
    clock.tick(MOMENT)
    clock.tick(MOMENT + timedelta(seconds=0.5))
    assert bell.rung.count(Job.FOLD_TALLIES) == 2


def test_a_queue_that_is_slow_costs_a_tick_one_try_however_much_waits(service, bell):
    say(service, "visit", "1")
    bell.there = False
    clock_over(service, bell).tick(MOMENT)
    assert bell.tries == 1


def test_a_run_whose_time_has_come_is_rung_for(service, bell):
    say(service, "visit")
    clock = clock_over(service, bell)
    clock.tick(MOMENT + timedelta(hours=23))
    assert Job.LOOK_AT_DUE_RUNS not in bell.rung
    clock.tick(MOMENT + timedelta(hours=24, seconds=1))
    assert Job.LOOK_AT_DUE_RUNS in bell.rung


def test_copies_at_the_gateway_are_rung_for_until_the_last_is_emptied(service, bell):
    due_at = microseconds(MOMENT)
    copies = [{"provider_id": f"SM{n}", "channel": "sms", "gateway": "twilio", "due_at": due_at} for n in range(50)]
    with service.database.transaction() as db:
        db.execute(insert(redactions), copies)
    clock = clock_over(service, bell)
    clock.tick(MOMENT)
    assert bell.rung.count(Job.EMPTY_COPIES) == 1

    class Gateway:
        def redact(self, _provider_id: str) -> None:
            pass

    while housekeeping.empty_copies(service, {"twilio": Gateway()}, due_at):
        pass
    clock.tick(MOMENT + timedelta(seconds=2))
    assert bell.rung.count(Job.EMPTY_COPIES) == 1


def test_what_the_clock_sees_of_the_queue_is_left_in_the_store(service, bell):
    clock = clock_over(service, bell)
    clock.tick(MOMENT)
    bell.there = False
    clock.tick(MOMENT + timedelta(seconds=2))
    assert beats(service)["queue"] == (microseconds(MOMENT), "ok")
    clock.tick(MOMENT + timedelta(seconds=5))
    assert beats(service)["queue"] == (microseconds(MOMENT + timedelta(seconds=5)), "unreachable")
    assert "clock" in beats(service)


def beats(service):
    with service.database.reading() as db:
        return heartbeats.read(db)


def test_texts_kept_on_disk_are_handed_in_also_while_the_queue_is_away(service, bell):
    bell.there = False
    handed: list[int] = []

    def hand_in() -> int:
        handed.append(1)
        return 1

    clock = clock_over(service, bell, hand_in)
    clock.tick(MOMENT)
    assert handed == [1]


def test_a_store_that_is_away_is_logged_once_a_minute_and_looked_at_again(service, bell, caplog, monkeypatch):
    def away(*_: object) -> bool:
        raise StoreUnavailableError("away")

    clock = clock_over(service, bell)
    with monkeypatch.context() as patched:
        patched.setattr("storage.sending.outbox.waiting", away)
        for second in range(0, 90, 5):
            clock.tick(MOMENT + timedelta(seconds=second))
    assert [record.getMessage().split(" effect")[0] for record in caplog.records] == ["store unavailable"] * 2
    say(service, "visit", "1")
    clock.tick(MOMENT + timedelta(seconds=95))
    assert Job.FOLD_TALLIES in bell.rung


def test_something_unforeseen_does_not_stop_the_clock(service, bell, caplog):
    def broken() -> int:
        raise ValueError("a resident's words")

    clock = clock_over(service, bell, broken)
    clock.tick(MOMENT)
    clock.tick(MOMENT + timedelta(seconds=5))
    assert len([record for record in caplog.records if record.getMessage() == "clock failed"]) == 1


def test_a_span_begins_again_when_the_machine_is_set_back():
    every = Every(timedelta(hours=1))
    assert every.due(MOMENT)
    assert not every.due(MOMENT + timedelta(minutes=59))
    assert every.due(MOMENT - timedelta(days=1))
