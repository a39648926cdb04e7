from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.broadcasts.hours import Hours, HoursError, at_local

LONDON = ZoneInfo("Europe/London")
DAY = Hours.parse("08:00-20:00", LONDON)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (utc(2026, 1, 10, 7, 59), False),
        (utc(2026, 1, 10, 8, 0), True),
        (utc(2026, 1, 10, 19, 59, 59), True),
        (utc(2026, 1, 10, 20, 0), False),
        (utc(2026, 7, 10, 7, 0), True),  # eight in London
        (utc(2026, 7, 10, 19, 0), False),
        (utc(2026, 3, 29, 7, 0), True),  # the day the clocks went forward
        (utc(2026, 10, 25, 7, 30), False),  # the day they went back
    ],
)
def test_texts_go_out_between_eight_and_eight_on_the_wall_in_london(moment, allowed):
    assert DAY.allow(moment) is allowed


def test_a_closed_hour_waits_for_the_next_opening_over_a_clock_change():
    assert DAY.next_allowed(utc(2026, 3, 28, 21)) == utc(2026, 3, 29, 7)
    assert DAY.next_allowed(utc(2026, 10, 24, 20)) == utc(2026, 10, 25, 8)
    assert DAY.next_allowed(utc(2026, 1, 10, 5)) == utc(2026, 1, 10, 8)


def test_hours_may_go_over_midnight():
    nights = Hours.parse("20 to 2", LONDON)
    assert [nights.allow(utc(2026, 1, 10, hour)) for hour in (1, 2, 12, 20, 23)] == [True, False, False, True, True]
    assert nights.next_allowed(utc(2026, 1, 10, 12)) == utc(2026, 1, 10, 20)


@pytest.mark.parametrize("text", ["", "8", "25:00-26:00", "08:75-20:00", "soon", "08:00-20:00-22:00"])
def test_hours_nobody_could_mean_are_refused_with_an_example(text):
    with pytest.raises(HoursError, match="08:00-20:00"):
        Hours.parse(text, LONDON)


def test_a_time_that_comes_twice_is_its_first_coming():
    assert at_local(date(2026, 10, 25), time(1, 30), LONDON) == utc(2026, 10, 25, 0, 30)


def test_a_time_that_never_comes_is_the_end_of_the_gap():
    assert at_local(date(2026, 3, 29), time(1, 30), LONDON) == utc(2026, 3, 29, 1, 0)
    assert at_local(date(2026, 3, 29), time(1, 0), LONDON) == utc(2026, 3, 29, 1, 0)


@given(
    seconds=st.integers(1_577_836_800, 1_956_528_000),
    opens=st.integers(0, 1439),
    closes=st.integers(0, 1439),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_the_next_allowed_moment_is_allowed_and_never_in_the_past(seconds, opens, closes, zone):
    moment = datetime.fromtimestamp(seconds, UTC)
    hours = Hours(opens, closes, ZoneInfo(zone))
    found = hours.next_allowed(moment)
    assert found >= moment
    # An hour that lies wholly in a gap opens where the gap ends, a little later than its own time.
    assert found - moment <= timedelta(days=2)
    if not (opens < closes and closes - opens < 60):
        assert hours.allow(found)
