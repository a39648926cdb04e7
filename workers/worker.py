"""The RQ worker of this service: one process, no fork, JSON only, back within seconds when Redis is."""

from __future__ import annotations

import signal
from datetime import timedelta
from types import FrameType

from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from bot.background import connect
from bot.logs import log
from bot.settings import Settings
from flows.run import microseconds
from storage.database import Database, StoreUnavailableError
from storage.moments import StoreTime
from storage.upkeep import heartbeats
from workers import jobs
from workers.clock import BEAT, Every

WORKER_TTL = 25
"""Seconds. RQ waits for a job for 15 less than this, so an idle worker beats every ten seconds, and a dead one is
noticed in less than a minute; RQ's own default is seven minutes."""
MAINTENANCE = 15
ANSWER_SECONDS = 5.0
AGAIN_SECONDS = 1.0


class Worker(SimpleWorker):
    """RQ's worker that also leaves a heartbeat in the store and stops its job early when asked to stop."""

    max_connection_wait_time = 2.0
    database: Database | None = None
    now: StoreTime | None = None
    every = Every(BEAT)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Tell Redis, and now and then the store, that this worker lives."""
        super().heartbeat(timeout, pipeline)
        if self.database is None or self.now is None:
            return
        now = self.now()
        if not self.every.due(now):
            return
        try:
            heartbeats.beat(self.database, "worker", "ok", microseconds(now))
        except StoreUnavailableError:
            log.warning("store unavailable", effect="no heartbeat")

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the present batch."""
        jobs.stopping.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # the library leaves it untyped


def run(settings: Settings, database: Database, queues: list[str]) -> None:
    """Serve these queues until asked to stop. A queue that is away is tried again every second."""
    complain, now = Every(timedelta(minutes=1)), StoreTime(database)
    while not jobs.stopping.is_set():
        # RQ takes the signals over while it works, and leaves them as they are when it ends or fails.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        try:
            _work(settings, database, now, queues)
        except RedisError as error:
            if complain.due(now()):
                log.warning("queue unreachable", error=type(error).__name__, effect="jobs wait")
        jobs.stopping.wait(AGAIN_SECONDS)


def _stop(_number: int, _frame: FrameType | None) -> None:
    jobs.stopping.set()


def _work(settings: Settings, database: Database, now: StoreTime, queues: list[str]) -> None:
    worker = Worker(
        queues,
        connection=connect(settings, ANSWER_SECONDS),
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE,
        log_job_description=False,
    )
    worker.database = database
    worker.now = now
    worker.work(logging_level="CRITICAL")
