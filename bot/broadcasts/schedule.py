"""When a broadcast goes out: now, at a time, or again and again. Times are wall-clock times where the service is."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.broadcasts.hours import at_local
from bot.mistakes import ToldError

_WHEN = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d{1,2}):(\d\d)")


class ScheduleError(ToldError):
    """A time that cannot be used; the message says what can."""


class Repeat(StrEnum):
    """How often a broadcast comes again."""

    NEVER = "never"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The first time, and how often again."""

    starts_at: datetime
    repeat: Repeat
    zone: ZoneInfo

    def after(self, moment: datetime) -> datetime | None:
        """The next time after `moment`, in UTC; None when there is none.

        The wall-clock time stays the same on both sides of a clock change, and each day has it once. A month without
        the day takes its last: what began on the 31st comes on 30 April.
        """
        if self.repeat is Repeat.NEVER:
            return self.starts_at if self.starts_at > moment else None
        local = self.starts_at.astimezone(self.zone)
        number = 0
        while True:
            found = at_local(self._day(local.date(), number), local.time(), self.zone)
            if found > moment:
                return found
            number += 1

    def _day(self, first: date, number: int) -> date:
        if self.repeat is Repeat.WEEKLY:
            return first + timedelta(weeks=number)
        months = first.month - 1 + number
        year, month = first.year + months // 12, months % 12 + 1
        return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def parse_when(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Read `2026-12-01 09:30` as a wall clock in a zone shows it.

    Raises:
        ScheduleError: it is no such time, or it is over.
    """
    match = _WHEN.fullmatch(text.strip())
    refusal = ScheduleError("`{text}` is no time; write it like 2026-12-01 09:30.", text=text[:30])
    if match is None:
        raise refusal
    year, month, day, hour, minute = map(int, match.groups())
    try:
        moment = at_local(date(year, month, day), time(hour, minute), zone)
    except ValueError:
        raise refusal from None
    if moment <= now:
        raise ScheduleError("{time} is over.", time=text)
    return moment
