"""Limits on guessing: by what is guessed at and by where it comes from, counted in the store for all processes."""

from __future__ import annotations

from flask import request

from bot.service import Service
from flows.run import microseconds
from storage.team import throttles

WINDOW = 15 * 60 * 1_000_000
"""Microseconds: fifteen minutes."""
PER_TARGET = 5
EVERYWHERE = 10
"""How many times as often a name may be tried from all sources together; the second lock stands behind it."""
PER_SOURCE = 30
"""Whole offices and mobile networks share one address, so it may try more."""


def may_try(service: Service, what: str, target: str, per_target: int = PER_TARGET) -> bool:
    """Count one try, and say whether it is within the limits. What is counted is kept only as a keyed hash."""
    return _count(service, _keys(service, what, target, per_target))


def may_try_password(service: Service, name: str) -> bool:
    """The same for a password, counted by the name and where the try comes from: a stranger's wrong passwords lock out
    the stranger, and not whose name it is. From everywhere together a name may be tried ten times as often."""
    return _count(service, _password_keys(service, name))


def take_back(service: Service, what: str, target: str) -> None:
    """What `may_try` counted was no guess: whoever signs in rightly, however often, locks nobody out."""
    _take_back(service, _keys(service, what, target, PER_TARGET))


def take_back_password(service: Service, name: str) -> None:
    """The same of `may_try_password`."""
    _take_back(service, _password_keys(service, name))


_Keys = list[tuple[bytes, int]]
"""What a try is counted under, and the most tries of each."""


def _count(service: Service, keys: _Keys) -> bool:
    now = microseconds(service.now())
    with service.database.transaction() as db:
        counts = [throttles.count(db, key, now, WINDOW) <= most for key, most in keys]
    return all(counts)


def _take_back(service: Service, keys: _Keys) -> None:
    with service.database.transaction() as db:
        for key, _most in keys:
            throttles.take_back(db, key)


def _keys(service: Service, what: str, target: str, per_target: int) -> _Keys:
    return [
        (service.secrets.hash(f"{what} target {target}"), per_target),
        (service.secrets.hash(f"{what} source {_source(service)}"), PER_SOURCE),
    ]


def _password_keys(service: Service, name: str) -> _Keys:
    folded = name.casefold()
    here = service.secrets.hash(f"password target {folded} from {_source(service)}")
    return [(here, PER_TARGET), *_keys(service, "password", folded, EVERYWHERE * PER_TARGET)]


def _source(service: Service) -> str:
    """Where this request comes from.

    On https a proxy stands between, which adds whom it saw as the last of `X-Forwarded-For`; what stands before that
    anybody may have written. By the proxy's own address thirty wrong tries of one stranger would lock everybody out.
    """
    seen = request.headers.get("X-Forwarded-For", "") if service.settings.is_https else ""
    return seen.rpartition(",")[2].strip() or request.remote_addr or ""
