"""Somebody has said that they are under 16: whoever settles the alert says what becomes of what they wrote."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.exports.questions import questions_of
from storage.community import contacts
from storage.counting import results
from storage.counting.results import Whom
from storage.errors import StoreUnavailableError
from storage.tables import answers
from tests.bot.exports.conftest import count_all
from tests.workers.surroundings import say

NUMBER = "sms:+447700900001"


@pytest.fixture
def alert(service, bob) -> str:
    """The path that settles it. A child has answered one question before they said how old they are."""
    say(service, "visit", "1", "I'm 13 years old")
    count_all(service)
    return re.search(r"/console/alerts/\d+/settle", bob.get("/console/").text)[0]


def counted(service) -> int:
    count_all(service)
    with service.database.reading() as db:
        found = results.answers_of(db, "visit", Whom(), ())
        return sum(each.count for each in found if each.node in questions_of(service.shelf.flow("visit")))


def is_known(service) -> bool:
    with service.database.reading() as db:
        return contacts.find(db, service.secrets.hash(NUMBER)) is not None


def test_it_is_not_settled_without_a_decision(service, bob, alert):
    assert bob.post(alert, page="/console/").status_code == 400
    assert alert in bob.get("/console/").text


def test_all_that_is_held_of_a_child_can_be_deleted(service, bob, alert):
    bob.post(alert, page="/console/", words="deleted")
    assert not is_known(service)
    assert counted(service) == 0
    assert alert not in bob.get("/console/").text


def test_or_kept_out_of_every_count_and_file(service, bob, alert):
    assert counted(service) == 1
    bob.post(alert, page="/console/", words="withheld")
    assert is_known(service)
    assert counted(service) == 0
    with service.database.reading() as db:
        assert db.execute(select(answers.c.withdrawn)).scalars().all() == [True]


def test_or_left_as_it_is_where_it_was_not_a_child(service, bob, alert):
    bob.post(alert, page="/console/", words="kept")
    assert counted(service) == 1


UNDO = "it still needs somebody"


def test_what_was_deleted_or_withheld_cannot_be_undone_by_a_click(service, bob, alert):
    assert UNDO not in bob.get(bob.post(alert, page="/console/", words="withheld").headers["Location"]).text


def test_what_was_kept_can(service, bob, alert):
    assert UNDO in bob.get(bob.post(alert, page="/console/", words="kept").headers["Location"]).text


def test_where_deleting_fails_the_alert_still_waits(service, bob, alert, monkeypatch):
    def fails(*_: object) -> None:
        raise StoreUnavailableError("The store is away.")

    monkeypatch.setattr("bot.conversations.rights.erasure.erase", fails)
    assert bob.post(alert, page="/console/", words="deleted").status_code == 503
    assert is_known(service)
    assert alert in bob.get("/console/").text


def test_nobody_else_is_erased_with_their_alert(service, bob):
    say(service, "visit", "my husband hits me")
    other = re.search(r"/console/alerts/\d+/settle", bob.get("/console/").text)[0]
    bob.post(other, page="/console/", words="deleted")
    assert is_known(service)
    assert other not in bob.get("/console/").text
