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
from storage.community import contacts, groups, phones
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
        groups.add(db, "carers", "Carers", "carers", 1)
        for i in range(PEOPLE):  # every tenth reads Bengali, every fifth has not said yes
            number = f"sms:+4477009{i:05d}"
            found = phones.join(
                db, made.secrets.hash(number), made.secrets.seal(number.encode()), channel="sms",
                gateway="simulator", language="bn" if i % 10 == 1 else "en", initials="", now=1,
                agreed_at=1 if i % 5 else None,
            )  # fmt: skip
            known = {"area": "E13" if i % 10 == 3 else "E14", "age": i % 90, "carer": i % 20 == 7}
            contacts.set_attributes(db, found.contact_id, known if i % 2 else {})
            if i % 20 == 3:
                groups.join(db, found.contact_id, "carers", 1)
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
@pytest.mark.parametrize(
    ("condition", "reaches"),
    [
        ("language in [bn]", True),
        ("contact.area == E13", True),
        ("contact.area == E13 and carers in groups", True),
        ("contact.age >= 65 and not (contact.area == e13)", True),
        ("contact.carer == true", True),
        ("contact.shoe == 44", False),
    ],
)
def test_whoever_a_condition_means_is_counted_to_the_last_where_they_are_few(service, condition, reaches):
    guessed, counted = both(service, matching=condition)
    assert guessed == counted
    assert bool(guessed.people) is reaches


@pytest.mark.usefixtures("small")
def test_where_a_condition_means_very_many_the_estimate_is_of_these(service, monkeypatch):
    monkeypatch.setattr(estimating, "MOST_COUNTED", 150)
    guessed, counted = both(service, matching="language in [en]")
    assert (guessed.reckoned_from, guessed.size) == (100, 270)
    assert abs(guessed.people - counted.people) <= 40
    assert set(guessed.languages) == {"en"}


def test_where_few_are_reached_more_are_looked_at_and_never_everybody(service, monkeypatch):
    for name, value in (("MOST_COUNTED", 200), ("SAMPLE", 20), ("FEWEST_REACHED", 20)):
        monkeypatch.setattr(estimating, name, value)
    guessed, counted = both(service)
    assert guessed.reckoned_from == 200
    assert abs(guessed.people - counted.people) <= 40


def test_an_estimate_of_nobody_can_be_sent_all_the_same(service, monkeypatch):
    monkeypatch.setattr(estimating, "MOST_COUNTED", 2)
    monkeypatch.setattr(estimating, "SAMPLE", 2)
    with service.database.transaction() as db:
        db.exec_driver_sql("UPDATE contacts SET agreed_at = NULL")
    bob = join(service, Client(create_app(service)), "Bob", Role.COORDINATOR)
    page = bob.post("/console/broadcasts/new", text="Hello", everybody="yes").text
    assert "That may reach only a few, or nobody." in page
    assert "Send it" in page
    sent = bob.send(text="Hello", everybody="yes")
    assert "/console/broadcasts/" in sent.headers["Location"]


@pytest.mark.usefixtures("small")
def test_the_page_says_that_its_numbers_are_an_estimate(service):
    bob = join(service, Client(create_app(service)), "Bob", Role.COORDINATOR)
    page = bob.post("/console/broadcasts/new", text="Hello", everybody="yes").text
    assert f"worked out from 100 of {PEOPLE} people" in page
    page = bob.post("/console/broadcasts/new", text="Hello", matching="language in [bn]").text
    assert "estimate" not in page
