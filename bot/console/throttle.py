"""Limits on guessing: by what is guessed at and by where it comes from, counted in the store for all processes."""

from __future__ import annotations

from flask import request

from bot.service import Service
from flows.run import microseconds
from storage.team import throttles

WINDOW = 15 * 60 * 1_000_000
"""Microseconds: fifteen minutes."""
PER_TARGET = 5
PER_SOURCE = 30
"""Whole offices and mobile networks share one address, so it may try more."""


def may_try(service: Service, what: str, target: str, per_target: int = PER_TARGET) -> bool:
    """Count one try, and say whether it is within the limits. What is counted is kept only as a keyed hash."""
    now = microseconds(service.now())
    source = request.remote_addr or ""
    keys = [
        (service.secrets.hash(f"{what} target {target}"), per_target),
        (service.secrets.hash(f"{what} source {source}"), PER_SOURCE),
    ]
    with service.database.transaction() as db:
        counts = [throttles.count(db, key, now, WINDOW) <= most for key, most in keys]
    return all(counts)
