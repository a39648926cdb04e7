"""Who texts this process often: worth a look into the store, which every other text is spared."""

from __future__ import annotations

from dataclasses import dataclass, field

HOUR = 3_600_000_000
OFTEN = 10
"""Texts within an hour of the clock, to one process; below this the store cannot hold a flood."""


@dataclass(slots=True)
class Pace:
    """How many texts came from each phone in the present hour of the clock. Phones are known by a number that tells
    nothing of them; two that share one cost a look more, no answer."""

    _hour: int = 0
    _texts: dict[int, int] = field(default_factory=dict)

    def is_often(self, address: str, at: int) -> bool:
        """Count a text, of a time in microseconds; whether this phone texts often."""
        if at // HOUR != self._hour:
            self._hour, self._texts = at // HOUR, {}
        phone = hash(address)
        self._texts[phone] = count = self._texts.get(phone, 0) + 1
        return count > OFTEN
