"""Why somebody is left out of a broadcast: a closed list, each with the words people read."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Exclusion(StrEnum):
    """The reasons, in the order they are looked at; a person is counted under the first that holds."""

    STOPPED = "stopped"
    NOT_AGREED = "not_agreed"
    UNREACHABLE = "unreachable"
    COUNTRY = "country"
    MUTED = "muted"
    ANSWERED = "answered"
    REMINDED = "reminded"
    ASKED = "asked"
    QUIET = "quiet"
    WINDOW = "window"
    CALLED_OFF = "called_off"

    @property
    def words(self) -> str:
        """As a champion reads it after a comma: `quiet hours 2`."""
        return _WORDS[self]


_WORDS = {
    Exclusion.STOPPED: "said stop",
    Exclusion.NOT_AGREED: "not said yes yet",
    Exclusion.UNREACHABLE: "cannot be reached",
    Exclusion.COUNTRY: "number abroad",
    Exclusion.MUTED: "sends automatic replies",
    Exclusion.ANSWERED: "have answered",
    Exclusion.REMINDED: "reminded twice",
    Exclusion.ASKED: "asked this month",
    Exclusion.QUIET: "quiet hours",
    Exclusion.WINDOW: "WhatsApp needs a template",
    Exclusion.CALLED_OFF: "called off",
}


def told(counts: Iterable[tuple[Exclusion, int]]) -> str:
    """`3 left out (quiet hours 2, asked this month 1)`; empty where nobody is."""
    present = sorted(((count, reason) for reason, count in counts if count), key=lambda pair: -pair[0])
    if not present:
        return ""
    total = sum(count for count, _ in present)
    return f"{total} left out ({', '.join(f'{reason.words} {count}' for count, reason in present)})"
