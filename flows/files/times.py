"""Readers for time spans and days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.files.problems import Problems
from flows.files.schema import Schema, list_or_one, reader, text
from flows.files.yaml import Sequence, Tree

_DURATION = re.compile(r"([0-9]{1,4}) ?(minute|hour|day|week)s?")
_LONG_DURATION = re.compile(r"([0-9]{1,4}) ?(day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_DURATION_SCHEMA: Schema = {"type": "string", "pattern": f"^\\s*{_DURATION.pattern}\\s*$"}


def span_of(words: str) -> timedelta | None:
    """A time span of a minute to a year, as `12 hours`; None where it is none."""
    match = _DURATION.fullmatch(words)
    span = timedelta(**{f"{match.group(2)}s": int(match.group(1))}) if match is not None else timedelta()
    return span if timedelta(minutes=1) <= span <= timedelta(days=366) else None


@reader(_DURATION_SCHEMA)
def duration(problems: Problems, tree: Tree, key: str) -> timedelta | None:
    """A time span: `30 minutes`, `12 hours`, `1 day`, `2 weeks`; at most a year."""
    found = text(problems, tree, key)
    span = span_of(found) if found is not None else None
    if found is not None and span is None:
        problems.add(
            tree.place, "`{key}` must be a time such as `30 minutes`, `12 hours`, `1 day` or `2 weeks`.", key=key
        )
    return span


@reader(list_or_one(_DURATION_SCHEMA, 2))
def durations(problems: Problems, tree: Tree, key: str) -> tuple[timedelta, ...] | None:
    """At most two time spans, each longer than the one before."""
    items = tree.items if isinstance(tree, Sequence) else [tree]
    if len(items) > 2:
        problems.add(
            tree.place,
            "`{key}` has {count} reminders; the most is 2 — more does not bring more answers.",
            key=key,
            count=len(items),
        )
        return None
    spans = tuple(span for item in items if (span := duration(problems, item, key)) is not None)
    if len(spans) == 2 and spans[0] >= spans[1]:
        problems.add(
            tree.place,
            "`{key}` counts from the contact's last text — the second must be later than the first.",
            key=key,
        )
    return spans


@reader({"type": "string", "pattern": f"^\\s*{_LONG_DURATION.pattern}\\s*$"})
def long_duration(problems: Problems, tree: Tree, key: str) -> timedelta | None:
    """A time span in days, weeks, months of 30 days or years of 365; at most 20 years."""
    found = text(problems, tree, key)
    match = _LONG_DURATION.fullmatch(found) if found is not None else None
    if match is not None:
        span = timedelta(days=int(match.group(1)) * _DAYS[match.group(2)])
        if timedelta(days=1) <= span <= timedelta(days=20 * 365):
            return span
    if found is not None:
        problems.add(tree.place, "`{key}` must be a time such as `90 days`, `6 months` or `2 years`.", key=key)
    return None


@reader({"type": "string", "pattern": f"^\\s*{_DATE.pattern}\\s*$"})
def day(problems: Problems, tree: Tree, key: str) -> date | None:
    """A day as `2026-01-31`."""
    found = text(problems, tree, key)
    if found is None:
        return None
    try:
        return date.fromisoformat(found if _DATE.fullmatch(found) else "")
    except ValueError:
        problems.add(tree.place, "`{key}` must be a day written as `2026-01-31`, the year first.", key=key)
        return None
