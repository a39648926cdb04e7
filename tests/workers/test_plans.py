"""No look of the clock and no round of a worker reads through a table that grows with the community."""

from __future__ import annotations

import pytest

from bot.conversations.reminders import look_at_due_runs
from bot.sending import settling
from storage.conversations import given
from tests.journeys.reaching import Town
from tests.plans import grows, noted, plan
from workers.clock import Clock


class Bell:
    """Says of every job that it was rung for."""

    def ring(self, *_: object) -> bool:
        return True

    def reachable(self, _: object) -> bool:
        return True


@pytest.fixture
def town(sqlite_stores, tmp_path):
    with sqlite_stores.empty(tmp_path) as url:
        made = Town(url, tmp_path / "data")
        yield made
        made.service.close()


def test_what_one_person_said_last_is_found_by_their_runs(town):
    with noted() as asked, town.service.database.reading() as db:
        given.lately(db, 1, 0, 8)
    ((sql, values),) = [each for each in asked if "answers" in each[0]]
    with town.service.database.reading() as db:
        steps = plan(db, sql, values)
    assert not any(step.startswith("SCAN") for step in steps), steps
    assert any("contact_id=?" in step for step in steps)


def test_neither_the_clock_nor_a_worker_reads_through_what_grows(town):
    with noted(also_changes=True) as asked:
        Clock(town.service.database, Bell(), lambda: 0).tick(town.time)
        town.work()
        settling.settle_doubtful(town.service, town.ways)
        settling.ask_after(town.service, town.ways)
        look_at_due_runs(town.service)
    with town.service.database.reading() as db:
        plans = {sql: plan(db, sql, values) for sql, values in asked}
    assert {sql: steps for sql, steps in plans.items() if grows(sql, steps)} == {}
    assert any("ix_messages_outbox" in step for steps in plans.values() for step in steps)
