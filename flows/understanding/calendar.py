"""Days of which only a part is said: the year nobody wrote, the century behind two figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = 62
"""In which every day of the month comes at least once."""

_YEARS = 9
"""In which the 29th of February comes."""

_AHEAD = 10
"""Years ahead that two figures may mean, where a day ahead is asked for."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Seen from one day, back from it, or ahead where a day that is to come is asked for."""

    today: date
    ahead: bool

    def nearest(self, day: int, month: int) -> date | None:
        """The latest such day that is not in the future, or the next one."""
        step = 1 if self.ahead else -1
        days = (day_of(self.today.year + step * years, month, day) for years in range(_YEARS))
        return next((each for each in days if each is not None and self._is_reached(each)), None)

    def nearest_of_month(self, day: int) -> date | None:
        """The latest such day of a month that is not in the future, or the next one."""
        step = 1 if self.ahead else -1
        days = (self.today + timedelta(step * days) for days in range(_DAYS))
        return next((each for each in days if each.day == day), None)

    def century(self, year: int) -> int:
        """Two figures of a year: this century's, unless that lies ahead."""
        return 2000 + year if 2000 + year <= self.today.year + (_AHEAD if self.ahead else 0) else 1900 + year

    def _is_reached(self, day: date) -> bool:
        return day >= self.today if self.ahead else day <= self.today


def day_of(year: int, month: int, day: int) -> date | None:
    """A day; None where there is none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
