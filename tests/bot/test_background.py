from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from bot.background import QUEUES, RING_SECONDS, Bell, Job, connect
from bot.processes.queue_server import QueueServerError, command, make_room
from bot.settings import Settings, socket_url
from tests.servers import queue_server

MOMENT = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with queue_server() as path:
        yield path


def settings(folder: Path, url: str) -> Settings:
    return Settings.read({"SAYSO_DATA": str(folder), "REDIS_URL": url})


@pytest.fixture
def redis(server, tmp_path) -> Iterator[Redis]:
    connection = connect(settings(tmp_path, socket_url(server)))
    connection.flushall()
    yield connection
    connection.close()


@pytest.fixture
def away(tmp_path) -> Iterator[Redis]:
    connection = connect(settings(tmp_path, socket_url(tmp_path / "nobody.sock")))
    yield connection
    connection.close()


def waiting(redis: Redis, name: str) -> list[str]:
    return Queue(name, connection=redis, serializer=JSONSerializer).job_ids


def test_every_job_is_a_function_and_waits_in_a_queue_that_is_served():
    for job in Job:
        module, _, name = job.function.rpartition(".")
        assert callable(getattr(import_module(module), name))
        assert job.queue in QUEUES


def test_a_bell_is_one_job_however_often_it_is_rung_within_a_second(redis):
    bell = Bell(redis)
    for tenth in range(10):
        assert bell.ring(Job.FOLD_TALLIES, MOMENT + timedelta(milliseconds=100 * tenth))
    assert len(waiting(redis, "tallies")) == 1
    assert bell.ring(Job.FOLD_TALLIES, MOMENT + timedelta(seconds=1))
    assert len(waiting(redis, "tallies")) == 2


def test_a_job_carries_its_name_and_nothing_else(redis):
    Bell(redis).ring(Job.SEND_REPLIES, MOMENT)
    queue = Queue("replies", connection=redis, serializer=JSONSerializer)
    (job,) = queue.jobs
    assert (job.func_name, list(job.args), job.kwargs) == ("workers.jobs.send_replies", [], {})
    assert 0 < redis.ttl(job.key) <= 60


def test_a_queue_that_is_away_is_no_error_and_is_logged_once_a_minute(away, caplog):
    bell = Bell(away)
    for second in range(0, 90, 10):
        assert bell.ring(Job.TIDY, MOMENT + timedelta(seconds=second)) is False
    assert bell.reachable(MOMENT) is False
    assert [record.getMessage().split(" error")[0] for record in caplog.records] == ["queue unreachable"] * 2


def test_a_queue_with_no_memory_left_is_no_error_and_takes_jobs_again_once_there_is_some(redis, caplog):
    bell = Bell(redis)
    redis.config_set("maxmemory", "1")
    try:
        assert bell.ring(Job.FOLD_TALLIES, MOMENT) is False
        assert bell.ring(Job.FOLD_TALLIES, MOMENT) is False
    finally:
        redis.config_set("maxmemory", "0")
    assert [record.getMessage().split(" error")[0] for record in caplog.records] == ["queue unreachable"]
    assert bell.ring(Job.FOLD_TALLIES, MOMENT) is True
    assert len(waiting(redis, "tallies")) == 1


def test_a_queue_that_takes_its_time_is_given_up_after_a_fifth_of_a_second_and_tried_once(tmp_path):
    slow = socket.socket(socket.AF_UNIX)
    slow.bind(str(tmp_path / "slow.sock"))
    slow.listen()  # whoever knocks is let in and never answered
    slow.setblocking(False)
    connection = connect(settings(tmp_path, socket_url(tmp_path / "slow.sock")))
    assert connection.get_connection_kwargs()["socket_timeout"] == RING_SECONDS <= 0.2
    rung = []
    bell = threading.Thread(target=lambda: rung.append(Bell(connection).ring(Job.TIDY, MOMENT)), daemon=True)
    bell.start()
    bell.join(60)  # patient: without a limit it would hang for ever
    assert rung == [False]
    slow.accept()[0].close()
    with pytest.raises(BlockingIOError):
        slow.accept()
    slow.close()
    connection.close()


def test_a_queue_that_answers_is_reachable(redis):
    assert Bell(redis).reachable(MOMENT)


def test_the_server_listens_on_its_socket_only(server):
    assert command(server, server.parent)[1:3] == ["--port", "0"]
    assert server.stat().st_mode & 0o077 == 0


def test_a_socket_that_another_server_keeps_is_a_sentence(server, monkeypatch):
    monkeypatch.setattr("bot.processes.queue_server.WAIT_FOR_OLD", 0)
    with pytest.raises(QueueServerError, match="still listens"):
        make_room(server, server.parent / "queue")


def test_a_socket_is_not_put_where_others_can_write(tmp_path):
    tmp_path.chmod(0o777)
    with pytest.raises(QueueServerError, match="written by others"):
        make_room(tmp_path / "queue.sock", tmp_path / "queue")
