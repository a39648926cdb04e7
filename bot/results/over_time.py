"""How answers came in over time, by day, week or month: suppressed by the rules of every other table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.disclosure.rules import HIDDEN
from bot.exports.results import ANSWERED, Result
from bot.results.figures import shown_for_team
from bot.service import Service
from flows.definition import Flow
from storage.counting import results
from storage.counting.results import Whom
from storage.database import Connection

LONGEST = {"day": 31, "week": 26, "month": 24}
"""How many periods are shown, the present one too."""


@dataclass(frozen=True, slots=True)
class Period:
    """One day, week or month of a question: `counts` are of its choices, in order. A hidden count is `*`."""

    name: str
    answered: int | str
    counts: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """One question over time. No `periods`: they cannot be shown without telling what is hidden elsewhere."""

    node: str
    text: str
    labels: tuple[str, ...]
    periods: tuple[Period, ...]

    @property
    def highest(self) -> int:
        """The largest count shown, at least 1."""
        return max((each.answered for each in self.periods if isinstance(each.answered, int)), default=0) or 1


def courses(
    service: Service, db: Connection, flow: Flow, by: str, language: str, said: Callable[[str, Result], Result]
) -> list[Course]:
    """Every question of a flow over time, `by` one of `LONGEST`. Periods in which nobody answered are there as well.

    `said` puts what is not the flow's own words into a language.
    """
    today = service.local(service.now()).date()
    names = _names(by, today)
    since = f"{names[0]}-01" if by == "month" else names[0]
    found, shown = shown_for_team(service, db, flow, Whom(since=since), [by], language)
    first = min((part for view in shown for dimension, part in view.table.columns if dimension == by), default="")
    names = [name for name in names if name >= first]
    return [_course(said(language, result), view, by, names) for result, view in zip(found, shown, strict=True)]


def _course(result: Result, view: Any, by: str, names: Sequence[str]) -> Course:
    rows = [] if result.asked.personal else result.choices
    may_stand, there = set(view.columns), set(view.table.columns)

    def count(row: str, name: str) -> int | str:
        column = (by, name)
        if column in there and column not in may_stand:
            return HIDDEN
        value: int | str = view.text(row, column)
        return value

    periods = [Period(name, count(ANSWERED, name), tuple(count(row, name) for row in rows)) for name in names]
    labels = tuple(result.labels[row] for row in rows)
    return Course(result.asked.node, result.asked.text, labels, () if by in view.dropped else tuple(periods))


def _names(by: str, today: date) -> list[str]:
    """The periods up to today, the first first: days and the Mondays of weeks as YYYY-MM-DD, months as YYYY-MM."""
    back: Callable[[int], str]
    if by == "month":
        month = today.year * 12 + today.month - 1

        def back(count: int) -> str:
            return f"{(month - count) // 12:04d}-{(month - count) % 12 + 1:02d}"
    else:
        start = today if by == "day" else date.fromisoformat(results.week_of(today.isoformat()))
        step = timedelta(days=1 if by == "day" else 7)

        def back(count: int) -> str:
            return (start - count * step).isoformat()

    return [back(count) for count in reversed(range(LONGEST[by]))]
