"""Machines whose clocks differ: leases and signs of life go by the store's clock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from bot.conversations.exchange import QUEUED
from bot.conversations.turn import take_turn
from bot.service import Service
from bot.settings import socket_url
from flows.run import microseconds
from storage.database import Database, StoreUnavailableError
from storage.moments import ASK_EVERY, StoreTime
from storage.sending import claims
from storage.tables import messages
from storage.upkeep import heartbeats
from tests.servers import queue_server
from tests.stores import KEY, SECRETS
from tests.workers.surroundings import inbound
from workers import jobs

BEHIND = timedelta(minutes=10)
SLOW = timedelta(minutes=5)
"""More than any machine takes for a test, and less than the clocks differ by."""

OTHER_CLOCK = f"""
CREATE SCHEMA skewed;
CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT pg_catalog.clock_timestamp() - interval '{BEHIND.total_seconds()} seconds' $$;
"""


@pytest.fixture
def behind(postgresql_stores, tmp_path, monkeypatch) -> Iterator[str]:
    """A store whose clock is ten minutes behind this machine's."""
    with postgresql_stores.empty(tmp_path) as url:
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(OTHER_CLOCK)
            owner.execute(f'ALTER DATABASE "{owner.info.dbname}" SET search_path = skewed, pg_catalog, public')
        for name, value in (("SAYSO_DATA", str(tmp_path)), ("DATABASE_URL", url), ("SAYSO_SECRET_KEY", KEY.hex())):
            monkeypatch.setenv(name, value)
        yield url


@pytest.fixture
def service(behind) -> Iterator[Service]:
    """The service of the jobs in this process, on that store."""
    for made_once in (jobs.service, jobs.ways_out):
        made_once.cache_clear()
    yield jobs.service()
    jobs.service().close()
    for made_once in (jobs.service, jobs.ways_out):
        made_once.cache_clear()


def is_the_stores(moment: datetime) -> bool:
    return abs(datetime.now(UTC) - BEHIND - moment) < SLOW


def test_a_worker_whose_clock_is_ten_minutes_ahead_takes_no_text_of_another_for_abandoned(service):
    take_turn(service, inbound(service, "visit"), QUEUED)
    now = StoreTime(service.database)()
    with claims.claiming(service.database, microseconds(now), 1, 0, (), bulk=True) as claim:
        (row,) = claim.rows
        claim.take(row, "another worker", 60_000_000, None)
    jobs.send_replies()
    with service.database.reading() as db:
        sent = db.execute(select(messages.c.status, messages.c.token).where(messages.c.direction == "out")).one()
    assert tuple(sent) == ("sending", "another worker")


@pytest.mark.parametrize(("words", "beat"), [("clock", "clock"), ("tallies", "worker")])
def test_signs_of_life_are_left_by_the_stores_clock(behind, tmp_path, words, beat):
    database = Database(behind, SECRETS)
    found: dict[str, tuple[int, str]] = {}
    with queue_server() as queue:
        environ = {**os.environ, "REDIS_URL": socket_url(queue)}
        with subprocess.Popen([sys.executable, "-m", "workers", words], env=environ, cwd=tmp_path) as process:
            while beat not in found:
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(0.02)
                with database.reading() as db:
                    found = heartbeats.read(db)
            process.terminate()
    database.close()
    assert is_the_stores(datetime.fromtimestamp(found[beat][0] / 1_000_000, UTC))


class Ticks:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_between_two_looks_the_time_goes_on_by_a_clock_that_nobody_sets(behind, monkeypatch):
    database, ticks = Database(behind, SECRETS), Ticks()
    now = StoreTime(database, ticks)
    first = now()
    assert is_the_stores(first)
    ticks.seconds = ASK_EVERY - 1
    assert now() == first + timedelta(seconds=ASK_EVERY - 1)
    ticks.seconds = ASK_EVERY
    assert is_the_stores(now())
    assert now() < first + SLOW  # the store was asked again: its time goes by, not the ticks'

    def away(_database: Database) -> None:
        raise StoreUnavailableError("away")

    monkeypatch.setattr(Database, "reading", away)
    last = now()
    ticks.seconds += 2 * ASK_EVERY
    assert now() == last + timedelta(seconds=2 * ASK_EVERY)
    database.close()


def test_a_store_in_a_file_has_the_clock_of_its_machine(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db", SECRETS)
    before = datetime.now(UTC)
    assert before <= StoreTime(database)() <= datetime.now(UTC)
    database.close()
