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
    keys = _keys(service, what, target, per_target)
    with service.database.transaction() as db:
        counts = [throttles.count(db, key, now, WINDOW) <= most for key, most in keys]
    return all(counts)


def take_back(service: Service, what: str, target: str) -> None:
    """What `may_try` counted was no guess: whoever signs in rightly, however often, locks nobody out."""
    with service.database.transaction() as db:
        for key, _most in _keys(service, what, target, PER_TARGET):
            throttles.take_back(db, key)


def _keys(service: Service, what: str, target: str, per_target: int) -> list[tuple[bytes, int]]:
    """What a try is counted under, and the most tries of each."""
    return [
        (service.secrets.hash(f"{what} target {target}"), per_target),
        (service.secrets.hash(f"{what} source {_source(service)}"), PER_SOURCE),
    ]


def _source(service: Service) -> str:
    """Where this request comes from.

    On https a proxy stands between, which adds whom it saw as the last of `X-Forwarded-For`; what stands before that
    anybody may have written. By the proxy's own address thirty wrong tries of one stranger would lock everybody out.
    """
    seen = request.headers.get("X-Forwarded-For", "") if service.settings.is_https else ""
    return seen.rpartition(",")[2].strip() or request.remote_addr or ""
