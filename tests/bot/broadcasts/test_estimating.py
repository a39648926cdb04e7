"""The preview of a very large broadcast: exact while that is quick, and honestly an estimate beyond."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.app import create_app
from bot.broadcasts import estimating
from bot.broadcasts.composing import Wish, compose
from bot.broadcasts.estimating import estimate
from bot.broadcasts.planning import preview
from bot.console.access import Role
from bot.service import Service, build
from bot.settings import Settings
from storage.community import phones
from tests.bot.console.cast import join
from tests.clients import Client
from tests.stores import KEY

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PEOPLE = 300


@pytest.fixture
def service(store: str, tmp_path) -> Iterator[Service]:
    environ = {"SAYSO_DATA": str(tmp_path), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex()}
    made = build(Settings.read(environ), now=lambda: NOON)
    with made.database.transaction() as db:
        for i in range(PEOPLE):  # every tenth reads Bengali, every fifth has not said yes
            number = f"sms:+4477009{i:05d}"
            phones.join(
                db, made.secrets.hash(number), made.secrets.seal(number.encode()), channel="sms",
                gateway="simulator", language="bn" if i % 10 == 1 else "en", initials="", now=1,
                agreed_at=1 if i % 5 else None,
            )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def small(monkeypatch) -> None:
    """What counts as very large is small enough for a test."""
    monkeypatch.setattr(estimating, "MOST_COUNTED", PEOPLE - 1)
    monkeypatch.setattr(estimating, "SAMPLE", 100)
    monkeypatch.setattr(estimating, "FEWEST_REACHED", 20)


def both(service: Service, **wish):
    draft = compose(service, Wish(text="Hello from {organisation}", everybody=True, **wish))
    with service.database.reading() as db:
        return estimate(service, db, draft), preview(service, db, draft)


def test_a_broadcast_that_is_not_very_large_is_counted_person_by_person(service):
    guessed, counted = both(service)
    assert guessed == counted
    assert guessed.people == 240


@pytest.mark.usefixtures("small")
def test_an_estimate_is_near_what_counting_everybody_says_and_says_that_it_is_one(service):
    guessed, counted = both(service)
    assert (guessed.reckoned_from, guessed.size) == (100, PEOPLE)
    assert abs(guessed.people - counted.people) <= 40
    assert abs(guessed.price - counted.price) <= 40 * counted.price // counted.people
    assert abs(guessed.languages["bn"] - counted.languages["bn"]) <= 20
    assert abs(guessed.left_out.total() - counted.left_out.total()) <= 40


@pytest.mark.usefixtures("small")
def test_where_few_are_reached_everybody_is_counted(service):
    guessed, counted = both(service, matching="language in [bn]")
    assert guessed == counted
    assert guessed.people == 30


@pytest.mark.usefixtures("small")
def test_the_page_says_that_its_numbers_are_an_estimate(service):
    bob = join(service, Client(create_app(service)), "Bob", Role.COORDINATOR)
    page = bob.post("/console/broadcasts/new", text="Hello", everybody="yes").text
    assert f"worked out from 100 of {PEOPLE} people" in page
    page = bob.post("/console/broadcasts/new", text="Hello", matching="language in [bn]").text
    assert "estimate" not in page
