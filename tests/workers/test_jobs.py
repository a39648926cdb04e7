from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from bot.background import Bell, Job, connect
from bot.conversations.exchange import QUEUED
from bot.conversations.turn import take_turn
from bot.service import Service
from bot.settings import Settings, socket_url
from storage import messages
from storage.community import contacts
from storage.counting import results, tallies
from storage.database import Database, StoreUnavailableError
from storage.upkeep import heartbeats
from tests.bot.test_phone import service_in
from tests.servers import queue_server
from tests.stores import SECRETS
from tests.workers.surroundings import inbound, say
from workers import jobs

PYTHON = (sys.executable, "-m", "workers")
MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with queue_server() as path:
        yield path


@pytest.fixture
def service(tmp_path, monkeypatch) -> Iterator[Service]:
    """The service of the jobs in this process."""
    service_in(tmp_path).close()
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path))
    jobs.service.cache_clear()
    jobs.ways_out.cache_clear()
    yield jobs.service()
    jobs.service().close()
    jobs.service.cache_clear()


def counted(service: Service) -> int:
    with service.database.reading() as db:
        return sum(row.count for row in results.answers_of(db, "visit", results.Whom(), ()))


def test_answers_are_counted_once_however_often_the_job_runs(service):
    say(service, "visit", "1", "kind people")
    for _ in range(3):
        jobs.fold_tallies()
    assert counted(service) == 2
    assert not tallies.waiting(service.database)


def test_a_reply_nobody_waits_for_leaves_through_the_outbox(service):
    take_turn(service, inbound(service, "visit"), QUEUED)
    jobs.send_replies()
    with service.database.reading() as db:
        contact = contacts.find(db, service.secrets.hash("sms:+447700900001"))
        rows = list(messages.conversation(db, contact))
    assert [row.status for row in rows if row.direction == "out"] == ["delivered"]


def test_a_rung_job_is_done_by_a_worker_and_leaves_nothing_in_the_queue(service, server, tmp_path):
    say(service, "visit", "1")
    redis = connect(Settings.read({"SAYSO_DATA": str(tmp_path), "REDIS_URL": socket_url(server)}), 5)
    redis.flushall()
    bell = Bell(redis)
    for job in Job:
        assert bell.ring(job, MOMENT)
    queues = [Queue(name, connection=redis, serializer=JSONSerializer) for name in sorted({job.queue for job in Job})]
    SimpleWorker(queues, connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="CRITICAL")
    assert counted(service) == 1
    assert [queue.count for queue in queues] == [0] * len(queues)
    assert list(redis.scan_iter("rq:job:*")) == []
    redis.close()


def test_what_goes_wrong_in_a_job_is_logged_without_its_words_and_the_rows_wait(service, monkeypatch, caplog):
    say(service, "visit", "1")
    for error in (StoreUnavailableError("away"), ValueError("my words")):

        def broken(*_: object, error: Exception = error) -> int:
            raise error

        with monkeypatch.context() as patched:
            patched.setattr("storage.counting.tallies.fold", broken)
            jobs.fold_tallies()
    assert [record.getMessage() for record in caplog.records] == [
        'store unavailable job=fold_tallies effect="its rows wait"',
        'job failed job=fold_tallies effect="its rows wait"',
    ]
    assert tallies.waiting(service.database)


def test_a_job_stops_when_its_time_is_over_and_when_the_process_is_asked_to():
    times = iter([0.0, 10.0, 20.0, 31.0])
    assert jobs.drain(lambda: 5, clock=lambda: next(times)) == 15
    jobs.stopping.set()
    try:
        assert jobs.drain(lambda: 5) == 0
    finally:
        jobs.stopping.clear()


@pytest.fixture
def environ(tmp_path, server) -> dict[str, str]:
    service_in(tmp_path).close()
    return {**os.environ, "SAYSO_DATA": str(tmp_path), "REDIS_URL": socket_url(server), "PYTHONUNBUFFERED": "1"}


def wait_for_beat(name: str, environ: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    """Until this process has left its heartbeat in the store."""
    database = Database(f"sqlite:///{environ['SAYSO_DATA']}/sayso.db", SECRETS)
    found: set[str] = set()
    while name not in found:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.02)  # it runs, and is left time to
        with database.reading() as db:
            found = set(heartbeats.read(db))
    database.close()


@pytest.mark.parametrize(("words", "beat"), [(["clock"], "clock"), (["replies", "tallies"], "worker")])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_leaves_a_heartbeat_and_ends_cleanly_when_asked(environ, words, beat, number, tmp_path):
    with subprocess.Popen([*PYTHON, *words], env=environ, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        wait_for_beat(beat, environ, process)
        process.send_signal(number)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0
    assert b"Traceback" not in said


@pytest.mark.parametrize("words", [[], ["clocks"], ["clock", "replies"], ["replies", "nosuch"]])
def test_a_process_nobody_knows_is_a_sentence(words, tmp_path):
    done = subprocess.run([*PYTHON, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: python -m workers clock")


def test_a_wrong_setting_is_a_sentence(tmp_path):
    environ = {**os.environ, "SAYSO_DATA": str(tmp_path), "PORT": "none"}
    command = [*PYTHON, "clock"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("PORT must be")


def test_a_worker_and_a_clock_outlive_a_queue_that_is_not_there_yet(environ, tmp_path):
    environ["REDIS_URL"] = f"unix://{tmp_path}/later.sock"
    for words in (["clock"], ["tallies"]):
        with subprocess.Popen([*PYTHON, *words], env=environ, cwd=tmp_path, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            while b"queue unreachable" not in process.stderr.readline():
                assert process.poll() is None
            process.terminate()
            _, said = process.communicate(timeout=120)
        assert process.returncode == 0
        assert b"Traceback" not in said


def test_a_worker_that_has_lost_its_queue_still_ends_when_asked(tmp_path):
    service = service_in(tmp_path)
    with queue_server() as socket:
        environ = {**os.environ, "SAYSO_DATA": str(tmp_path), "REDIS_URL": socket_url(socket), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen([*PYTHON, "tallies"], env=environ, cwd=tmp_path, stderr=subprocess.PIPE)
        wait_for_beat("worker", environ, process)
    with process:  # the server is gone now, and so is its folder
        process.terminate()
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0
    assert b"Traceback" not in said
    service.close()
