"""How often a person may be asked, by anybody: the burden budget."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def month_before(day: date) -> date:
    """The same day of the month before; the last day of a month that is too short."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def budget_begins(now: datetime, zone: ZoneInfo) -> datetime:
    """Since when surveys count against the budget at `now`: the day after the same day of last month, at midnight.

    So a measure sent on the first of every month is never in its own way, however short February was.
    """
    first = month_before(now.astimezone(zone).date()) + timedelta(days=1)
    return datetime.combine(first, datetime.min.time(), zone)
