"""Days, weeks and clocks: whose midnight counts, and that only UTC is compared with what Twilio says."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.channels.twilio_api import TwilioChannel
from bot.conversations.backfill import catch_up
from bot.conversations.reminders import look_at_due_runs
from bot.results import over_time
from bot.results.over_time import LONGEST
from storage.counting import tallies
from storage.counting.results import week_of
from storage.tables import answers, messages, runs
from storage.tables import tallies as counts
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio.fake import ACCOUNT_SID, TOKEN
from tests.journeys.conftest import SAM

SUMMER, WINTER = datetime(2026, 6, 30, 23, 30, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"), [(SUMMER, "2026-07-01"), (SUMMER - timedelta(hours=1), "2026-06-30"), (WINTER, "2026-12-31")]
)
def test_an_answer_counts_for_the_day_on_the_wall_of_whoever_gave_it(journey, moment, day):
    journey.clock.moment = moment
    journey.say("visit", "1")
    while tallies.fold(journey.service.database, 100):
        pass
    assert {row["day"] for table in (runs, answers, counts) for row in journey.rows(table)} == {day}
    assert journey.service.midnight(moment) <= moment.timestamp() * 1_000_000


def test_a_question_asked_before_midnight_waits_behind_it(journey):
    journey.clock.moment = SUMMER - timedelta(minutes=32)  # London's midnight comes before the answer
    assert journey.say("visit", "1")[-1].startswith("Please tell us why")
    journey.clock.moment = SUMMER + timedelta(minutes=29)  # and that of UTC before the next
    journey.say("because")
    assert [row["status"] for row in journey.rows(runs)] == ["completed"]


@pytest.mark.parametrize("jumps", [(-1, 2), (1, -1), (1, -2)])
def test_a_clock_that_jumps_an_hour_doubles_no_reminder_and_ends_nothing(journey, jumps):
    journey.say("visit")
    journey.clock.pass_by(days=1, minutes=1)
    look_at_due_runs(journey.service)
    for hours in jumps:
        journey.clock.pass_by(hours=hours)
        look_at_due_runs(journey.service)
    assert journey.count(messages, kind="reminder") == 1
    assert [row["status"] for row in journey.rows(runs)] == ["open"]
    assert journey.say("1")[-1].startswith("Please tell us why")


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2027, 1, 1), date(2026, 12, 31), date(2028, 12, 31)])
@pytest.mark.parametrize("by", LONGEST)
def test_every_day_is_in_one_period_whatever_the_year_does(by, today):
    names = over_time._names(by, today)
    first = date.fromisoformat(f"{names[0]}-01"[:10])
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    of_day = {"day": str, "week": lambda day: week_of(str(day)), "month": lambda day: str(day)[:7]}[by]
    assert list(dict.fromkeys(of_day(day) for day in days)) == names
    assert len(names) == LONGEST[by]


# What Twilio says in GMT, and what it is asked in.


@pytest.fixture
def far_away(monkeypatch):
    """This machine stands in New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_away")
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5)), timezone(timedelta(hours=-8))])
def test_twilio_is_asked_in_utc_and_its_times_are_read_as_utc_whatever_zones_are_about(journey, zone):
    journey.clock.moment = heard = datetime(2026, 6, 30, 12, tzinfo=UTC)
    with FakeTwilio(now=lambda: journey.clock.moment) as twilio:
        twilio.account.hear("SM" + "a" * 32, SAM, "visit", 0)
        way = TwilioChannel(
            account_sid=ACCOUNT_SID, auth_token=TOKEN, sms_from=twilio.number, api_url=twilio.url, timeout=60
        )
        journey.clock.pass_by(minutes=30)
        just_after = (heard + timedelta(seconds=1)).astimezone(zone)
        assert catch_up(journey.service, {"twilio": way}, just_after) == 0
        assert catch_up(journey.service, {"twilio": way}, heard.astimezone(zone)) == 1
        asked = [parse_qs(urlsplit(call.path).query)["DateSent>"] for call in twilio.ledger.calls]
    assert asked == [["2026-06-30T12:00:01Z"], ["2026-06-30T12:00:00Z"]]
    (run,) = journey.rows(runs)
    assert run["started_at"] == heard.timestamp() * 1_000_000
