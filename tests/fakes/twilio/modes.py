"""How the API behaves for one call to create a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mode:
    """`accepted`: the message goes out whatever the caller hears."""

    name: str
    accepted: bool
    status: int = 201
    code: int | None = None


OK = Mode("ok", accepted=True)
HANG = Mode("hang", accepted=False)
ACCEPT_THEN_HANG = Mode("hang", accepted=True)
RESET = Mode("reset", accepted=False)
ACCEPT_THEN_RESET = Mode("reset", accepted=True)
EMPTY = Mode("empty", accepted=True)
GARBAGE = Mode("garbage", accepted=True)
"""A 201 with half of the JSON."""
HTML = Mode("html", accepted=True)
"""A 201 with a page, as a proxy in between would send."""
TOO_MANY = Mode("refuse", accepted=False, status=429, code=20429)


def refuse(code: int, status: int = 400) -> Mode:
    """An error with one of Twilio's codes."""
    return Mode("refuse", accepted=False, status=status, code=code)


def broken(status: int = 503, *, accepted: bool = False) -> Mode:
    """A 5xx, after or before the message was taken."""
    return Mode("broken", accepted=accepted, status=status)
