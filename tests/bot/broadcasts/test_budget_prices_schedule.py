from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.broadcasts.budget import budget_begins
from bot.broadcasts.exclusions import Exclusion
from bot.broadcasts.prices import PriceError, PriceList, pounds
from bot.broadcasts.schedule import Repeat, Schedule, ScheduleError, parse_when
from bot.broadcasts.telling import left_out

LONDON = ZoneInfo("Europe/London")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "now", "counts"),
    [
        (utc(2026, 2, 1, 9), utc(2026, 3, 1, 9), 0),  # the first of every month
        (utc(2026, 2, 1, 9), utc(2026, 2, 28, 9), 1),
        (utc(2026, 1, 31, 9), utc(2026, 2, 28, 9), 1),  # the 28th of January is the day that counts
        (utc(2026, 12, 5, 9), utc(2027, 1, 4, 9), 1),
        (utc(2026, 12, 5, 9), utc(2027, 1, 5, 0), 0),
        (utc(2026, 6, 1, 23, 30), utc(2026, 7, 2, 0), 0),  # 2 June in London, a month ago to the day
        (utc(2026, 6, 1, 22, 30), utc(2026, 7, 1, 20), 0),
    ],
)
def test_one_survey_a_month_counts_by_days_of_the_month(asked, now, counts):
    assert (asked >= budget_begins(now, LONDON)) == bool(counts)


def test_prices_are_by_segment_and_country_and_whatsapp_by_message():
    prices = PriceList.parse("sms:GB=4.1 sms:*=9, whatsapp=3.5")
    assert prices.of("sms", "GB", "x" * 160) == (1, 4100)
    assert prices.of("sms", "GB", "x" * 161) == (2, 8200)
    assert prices.of("sms", "FR", "ŵ" * 71) == (2, 18000)
    assert prices.of("whatsapp", "", "x" * 1000) == (1, 3500)


@pytest.mark.parametrize("text", ["sms=", "sms:gb=4", "whatsapp:GB=4", "4.1", "sms:GB=-1", "sms:GB=4;DROP"])
def test_a_price_that_cannot_be_read_is_refused_with_an_example(text):
    with pytest.raises(PriceError, match="write it like"):
        PriceList.parse(text)


def test_pounds_are_rounded_half_up():
    assert [pounds(units) for units in (0, 499, 500, 189_500, 1_234_567)] == [
        "£0.00",
        "£0.00",
        "£0.01",
        "£1.90",
        "£12.35",
    ]


def test_who_is_left_out_is_told_most_first():
    assert left_out({Exclusion.ASKED: 1, Exclusion.STOPPED: 0, Exclusion.QUIET: 2}) == (
        "3 left out (quiet hours 2, asked this month 1)"
    )
    assert left_out({}) == ""


def test_every_reason_has_words():
    assert all(reason.words for reason in Exclusion)


def test_a_weekly_broadcast_keeps_its_wall_clock_time_over_a_clock_change():
    weekly = Schedule(utc(2026, 3, 23, 9, 30), Repeat.WEEKLY, LONDON)
    assert weekly.after(utc(2026, 3, 23, 9, 30)) == utc(2026, 3, 30, 8, 30)


def test_a_broadcast_in_the_hour_that_comes_twice_goes_out_once():
    weekly = Schedule(utc(2026, 10, 18, 0, 30), Repeat.WEEKLY, LONDON)  # 01:30 in London
    first = weekly.after(utc(2026, 10, 18, 0, 30))
    assert first == utc(2026, 10, 25, 0, 30)
    assert weekly.after(first) == utc(2026, 11, 1, 1, 30)


def test_a_broadcast_in_the_hour_that_never_comes_goes_out_after_it_once():
    weekly = Schedule(utc(2026, 3, 22, 1, 30), Repeat.WEEKLY, LONDON)
    first = weekly.after(utc(2026, 3, 22, 1, 30))
    assert first == utc(2026, 3, 29, 1, 0)
    assert weekly.after(first) == utc(2026, 4, 5, 0, 30)


def test_a_month_without_the_day_takes_its_last():
    monthly = Schedule(utc(2026, 1, 31, 10), Repeat.MONTHLY, LONDON)
    assert monthly.after(utc(2026, 1, 31, 10)) == utc(2026, 2, 28, 10)
    assert monthly.after(utc(2026, 2, 28, 10)) == utc(2026, 3, 31, 9)


def test_once_is_once():
    once = Schedule(utc(2026, 1, 31, 10), Repeat.NEVER, LONDON)
    assert once.after(utc(2026, 1, 1)) == utc(2026, 1, 31, 10)
    assert once.after(utc(2026, 1, 31, 10)) is None


def test_a_time_is_read_as_the_wall_clock_shows_it():
    assert parse_when("2026-07-01 9:30", LONDON, utc(2026, 6, 1)) == utc(2026, 7, 1, 8, 30)


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30 09:00", "2026-07-01 25:00", "2020-01-01 09:00"])
def test_a_time_that_cannot_be_used_is_refused(text):
    with pytest.raises(ScheduleError):
        parse_when(text, LONDON, utc(2026, 6, 1))
