"""When a person may be texted: their own hours, in their own zone, right on the days the clocks change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOURS = re.compile(r"\s*(\d{1,2})(?::(\d\d))?\s*(?:-|–|to)\s*(\d{1,2})(?::(\d\d))?\s*")
MINUTES_OF_A_DAY = 24 * 60


class HoursError(ValueError):
    """Hours that cannot be read; the message says how to write them."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The part of each day in which texts may go out: from `opens` up to, but not at, `closes`.

    Both are minutes after midnight. `closes` may be before `opens`: somebody who works nights may choose 20:00 to
    02:00. The same for both means any time.
    """

    opens: int
    closes: int
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> Hours:
        """Read `08:00-20:00` or `8 to 20`.

        Raises:
            HoursError: these are no hours of a day.
        """
        match = _HOURS.fullmatch(text)
        if match is None:
            raise HoursError(f"`{text[:20]}` are no hours; write them like 08:00-20:00.")
        first, last = (int(match[at]) * 60 + int(match[at + 1] or 0) for at in (1, 3))
        if max(first, last) > MINUTES_OF_A_DAY or int(match[2] or 0) > 59 or int(match[4] or 0) > 59:
            raise HoursError(f"`{text[:20]}` are no hours of a day; write them like 08:00-20:00.")
        return cls(first % MINUTES_OF_A_DAY, last % MINUTES_OF_A_DAY, zone)

    def allow(self, moment: datetime) -> bool:
        """Whether a text may go out at this moment (aware)."""
        if self.opens == self.closes:
            return True
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes

    def next_allowed(self, moment: datetime) -> datetime:
        """This moment where it is allowed, else the next opening, in UTC."""
        if self.allow(moment):
            return moment.astimezone(UTC)
        day = moment.astimezone(self.zone).date()
        for after in range(3):
            opening = at_local(day + timedelta(days=after), clock_time(self.opens), self.zone)
            if opening > moment:
                return opening
        raise AssertionError("every day has an opening")


def clock_time(minutes: int) -> time:
    """Minutes after midnight as a time of day."""
    return time(minutes // 60, minutes % 60)


def at_local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The one moment, in UTC, that a wall clock in a zone calls this day and time.

    A time that comes twice, when the clocks go back, is its first coming. A time that never comes, when they go
    forward, is the first moment after the gap: 01:30 in London on the last Sunday of March is 02:00.
    """
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before = local.utcoffset()
    after = local.replace(fold=1).utcoffset()
    assert before is not None  # noqa: S101 -- for the type checker; the zone is set
    assert after is not None  # noqa: S101 -- for the type checker; the zone is set
    # In a gap, fold 0 has the offset from before it, and fold 1 that from after it.
    return _end_of_gap(moment - abs(after - before), moment, zone)


def _end_of_gap(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The moment between two at which a zone's offset changes, to the second."""
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late
