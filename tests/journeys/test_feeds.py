"""An address for a spreadsheet: the shared table, until it ends, and never a table that tells too much."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bot import cli
from bot.results import feeds
from storage.counting import tallies
from storage.tables import feeds as rows_of_feeds
from storage.tables import releases
from tests.clients import Client
from tests.journeys.conftest import SAM, Journey


def crowd(journey: Journey, first: int, count: int) -> None:
    for number in range(first, first + count):
        journey.say("visit", "1", "all fine", sender=f"+4477009002{number:02d}")
    while tallies.fold(journey.service.database, 1000):
        pass


def made(journey: Journey, **how: int) -> str:
    _, address = feeds.make(journey.service, "visit", (), timedelta(days=how.get("days", 30)), "command line")
    return urlsplit(address).path


def test_the_address_gives_the_shared_table_and_holds_nothing_about_anybody(journey):
    crowd(journey, 0, 20)
    path = made(journey)
    assert "visit" not in path
    answer = Client(journey.app).get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "very_good,Very good,all,,20," in answer.text.replace("all,all", "all,")
    assert SAM not in answer.text
    assert journey.count(releases) == 1


def test_a_table_that_differs_by_a_few_people_is_not_given_and_a_later_one_is(journey):
    crowd(journey, 0, 20)
    path = made(journey)
    client = Client(journey.app)
    first = client.get(path).text
    crowd(journey, 20, 3)
    journey.clock.pass_by(hours=2)
    assert client.get(path).text == first
    crowd(journey, 23, 17)
    assert client.get(path).text == first
    journey.clock.pass_by(hours=2)
    assert client.get(path).text != first
    assert journey.count(releases) == 2


def test_it_ends_by_itself_or_when_somebody_says_so(journey, monkeypatch: pytest.MonkeyPatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    crowd(journey, 0, 20)
    path, other = made(journey, days=1), made(journey)
    client = Client(journey.app)
    journey.clock.pass_by(days=2)
    assert client.get(path).status_code == 410
    assert client.get(other).status_code == 200
    number = str(journey.rows(rows_of_feeds)[1]["id"])
    assert cli.main(["feeds", "list"]) == 0
    assert number in capsys.readouterr().out
    assert cli.main(["feeds", "revoke", number]) == 0
    assert client.get(other).status_code == 410
    assert cli.main(["feeds", "revoke", number]) == 1
    assert cli.main(["feeds", "make", "vist"]) == 1
    assert cli.main(["feeds", "make", "visit", "--days", "0"]) == 1
    assert cli.main(["feeds", "make", "visit", "--by", "shoe size"]) == 1
    assert "Something went wrong" not in capsys.readouterr().err


def test_an_address_somebody_made_up_is_not_found(journey):
    crowd(journey, 0, 20)
    path = made(journey)
    client = Client(journey.app)
    for wrong in (path[:-6] + "AA.csv", "/refresh/x.csv", "/refresh/é.csv", path.replace("/refresh/", "/refresh/A")):
        assert client.get(wrong).status_code == 404
