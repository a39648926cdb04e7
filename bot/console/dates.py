"""Dates and times as people say them, where the contacts live."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta

from flows.run import moment


def period_in_words(name: str, by: str, language: str) -> str:
    """A day (YYYY-MM-DD), the Monday of a week, or a month (YYYY-MM) as people say it."""
    if by == "month":
        return format_skeleton("yMMM", date.fromisoformat(f"{name}-01"), locale=language)
    return format_date(date.fromisoformat(name), "d MMM", locale=language)


def day_in_words(day: str, language: str) -> str:
    """A day (YYYY-MM-DD) as `24 November 2026`."""
    return format_date(date.fromisoformat(day), "d MMMM y", locale=language)


class Calendar:
    """Says moments (microseconds since 1970-01-01 UTC) in a time zone and a language."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def day(self, at: int, language: str) -> str:
        """`24 November 2026`."""
        return format_date(self._local(at).date(), "d MMMM y", locale=language)

    def moment(self, at: int, language: str) -> str:
        """`24 November 2026, 14:05`."""
        return format_datetime(self._local(at), "d MMMM y, HH:mm", locale=language)

    def ago(self, at: int, now: int, language: str) -> str:
        """`5 minutes ago`; a moment that has not come is `in 5 minutes`."""
        return format_timedelta(timedelta(microseconds=at - now), add_direction=True, locale=language)

    def machine(self, at: int) -> str:
        """The same for `<time datetime=…>`."""
        return self._local(at).isoformat(timespec="seconds")

    def _local(self, at: int) -> datetime:
        return moment(at).astimezone(self._zone)
