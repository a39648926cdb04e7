"""The time that all machines share, the store's: one whose clock is wrong must not take another's lease for over."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from storage.database import Database, StoreUnavailableError

ASK_EVERY = 60.0
"""Seconds between two looks at the store's clock."""


class StoreTime:
    """The time now, aware and in UTC: on PostgreSQL its server's, on SQLite this machine's, which is the same.

    Between two looks the time goes on by the monotonic clock, which nobody sets; also while the store cannot be asked.
    Before the first look it is this machine's.

    Args:
        database: the store.
        ticks: seconds that only ever grow.
    """

    def __init__(self, database: Database, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._ticks = ticks
        self._ask_at = ticks()
        self._seen = (datetime.now(UTC), ticks())

    def __call__(self) -> datetime:
        """The time now. The first call, and one a minute, asks the store."""
        if not self._database.is_postgresql:
            return datetime.now(UTC)
        if self._ticks() >= self._ask_at:
            self._ask_at = self._ticks() + ASK_EVERY
            self._look()
        moment, ticked = self._seen
        return moment + timedelta(seconds=self._ticks() - ticked)

    def _look(self) -> None:
        try:
            with self._database.reading() as db:
                moment: datetime = db.execute(select(func.clock_timestamp())).scalar_one()
        except StoreUnavailableError:
            return
        self._seen = (moment.astimezone(UTC), self._ticks())
