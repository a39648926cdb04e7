"""The queue: which jobs there are, and the bell that wakes a worker for one.

The rows in the store are the truth; a job carries nothing but its name. A bell that is lost, doubled or late does no
harm: the clock rings again while rows wait. Only the clock, the workers and the command line import this module; the
web never talks to Redis.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from bot.logs import log
from bot.settings import Settings

RING_SECONDS = 0.2
"""The longest a bell may hold up the clock."""
JOB_SECONDS = 90
"""The longest one job may run; a job stops by itself after `workers.jobs.DRAIN`, well before."""
WAITING_SECONDS = 60
"""A bell nobody answered for this long is dropped: a newer one has been rung."""
FAILED_SECONDS = 3600
COMPLAIN_EVERY = timedelta(minutes=1)

REPLIES, BULK, TALLIES, HOUSEKEEPING = QUEUES = ("replies", "bulk", "tallies", "housekeeping")
"""In the order a worker serves them: somebody waits for a reply."""


class Job(StrEnum):
    """The jobs there are. Each is a function without arguments in `workers.jobs`, which `bot` knows by name only."""

    SEND_REPLIES = "send_replies"
    SEND_BULK = "send_bulk"
    PLAN_BROADCASTS = "plan_broadcasts"
    SETTLE = "settle"
    CATCH_UP = "catch_up"
    FOLD_TALLIES = "fold_tallies"
    LOOK_AT_DUE_RUNS = "look_at_due_runs"
    TIDY = "tidy"
    EMPTY_COPIES = "empty_copies"

    @property
    def queue(self) -> str:
        """The queue it waits in."""
        return _QUEUE_OF[self]

    @property
    def function(self) -> str:
        """The dotted name of the function that does it."""
        return f"workers.jobs.{self.value}"


_QUEUE_OF = {
    Job.SEND_REPLIES: REPLIES,
    Job.SEND_BULK: BULK,
    Job.PLAN_BROADCASTS: BULK,
    Job.SETTLE: BULK,
    Job.CATCH_UP: HOUSEKEEPING,
    Job.FOLD_TALLIES: TALLIES,
    Job.LOOK_AT_DUE_RUNS: REPLIES,
    Job.TIDY: HOUSEKEEPING,
    Job.EMPTY_COPIES: HOUSEKEEPING,
}


def connect(settings: Settings, seconds: float = RING_SECONDS) -> Redis:
    """A connection that gives up after `seconds` and never tries again by itself; it is made at its first use."""
    return Redis.from_url(
        settings.redis_url,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )


class Bell:
    """Rings for jobs, and survives a queue that is away. A quiet one leaves the log alone."""

    def __init__(self, connection: Redis, *, quiet: bool = False) -> None:
        self._connection = connection
        self._quiet = quiet
        self._complained_at: datetime | None = None

    def ring(self, job: Job, now: datetime) -> bool:
        """Wake a worker for this job, at most once a second; returns whether the queue could be reached.

        An unreachable queue is logged once a minute and never raised.
        """
        queue = Queue(job.queue, connection=self._connection, serializer=JSONSerializer)
        try:
            queue.enqueue(
                job.function,
                job_id=f"{job.value}-{int(now.timestamp())}",
                unique=True,
                job_timeout=JOB_SECONDS,
                ttl=WAITING_SECONDS,
                result_ttl=0,
                failure_ttl=FAILED_SECONDS,
                description=job.value,
            )
        except DuplicateJobError:
            return True
        except RedisError as error:
            self._complain(error, now)
            return False
        return True

    def reachable(self, now: datetime) -> bool:
        """Whether the queue answers."""
        try:
            return bool(self._connection.ping())
        except RedisError as error:
            self._complain(error, now)
            return False

    def _complain(self, error: RedisError, now: datetime) -> None:
        if self._quiet:
            return
        if self._complained_at is None or now - self._complained_at >= COMPLAIN_EVERY:
            self._complained_at = now
            log.warning("queue unreachable", error=type(error).__name__, effect="counts and reminders wait")
