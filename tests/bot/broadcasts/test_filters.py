"""Whom a condition of a broadcast means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.broadcasts.filters import FilterError, matches, parse_filter
from storage.sending.audience import Person

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def person(language: str, area: str) -> Person:
    return Person(1, language, {"area": area}, False, True, 0, 0, None, None, None, frozenset({"carers"}))


@pytest.mark.parametrize(
    ("condition", "means"),
    [
        ("contact.area == E13 and language in [bn, ur]", True),  # the example that the pages give
        ('contact.area == "E13" and language in [bn, ur]', True),
        ("language == bn", True),
        ('language == "bn"', True),
        ("language != bn", False),
        ("carers in groups", True),
        ("walkers in groups", False),
        ("contact.street == Green", False),
    ],
)
def test_a_condition_means_those_of_whom_it_is_true(condition, means):
    assert matches(parse_filter(condition), person("bn", "E13"), NOW) is means


def test_a_language_that_there_is_not_is_named():
    with pytest.raises(FilterError, match="bangla"):
        parse_filter("language == bangla")
