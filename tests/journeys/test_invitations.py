"""Invitations: what counts as a yes to one, whose yes it is, and when one is over. On both stores."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversations.joining import Guest, Outcome
from bot.conversations.joining import invite as invite_guest
from bot.people import erased_list
from storage.community import groups
from storage.tables import consents, contacts, invitations, members, messages
from tests.journeys.reaching import CHAMPION, NOON, Town
from tests.journeys.test_sharing import rows

ANN = "07700 900123"
ADD = "ADD 07700 900123 Ann TO {}"
AGAIN = "You are invited to Youth. Reply YES to join, or STOP for no texts."


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    yield town
    town.service.close()


def invite(town: Town, group: str = "youth") -> None:
    town.group(group)
    town.text(CHAMPION, ADD.format(group))
    town.work()


def groups_of(town: Town) -> list[str]:
    return [row["group_name"] for row in rows(town, members)]


@pytest.mark.parametrize("words", ["YES 👍", "yeah ok", "Yes I'd like to join", "yes\nSent from my iPhone"])
def test_a_yes_in_other_words_joins(town, words):
    invite(town)
    assert "You are in Youth now" in town.text(ANN, words)
    assert groups_of(town) == ["youth"]


def test_a_yes_to_something_else_is_met_with_the_invitation_and_long_after_it_with_nothing(town):
    town.text(ANN, "visit")
    invite(town)
    for words in ("1", "skip", "ok"):
        heard = town.text(ANN, words)
    assert heard == AGAIN
    assert groups_of(town) == []
    assert "You are in Youth now" in town.text(ANN, "ok")
    town.group("carers")
    town.later(days=8)
    town.text(CHAMPION, ADD.format("carers"))
    town.work()
    town.later(days=25)
    for words in ("visit", "1", "skip", "ok"):
        heard = town.text(ANN, words)
    assert heard.startswith("Thank you for your text")
    assert groups_of(town) == ["youth"]


def test_a_stop_ends_an_invitation(town):
    invite(town)
    for words in ("STOP", "START", "ok"):
        town.text(ANN, words)
    assert groups_of(town) == []
    assert [row["state"] for row in rows(town, invitations)] == ["withdrawn"]


def test_a_yes_joins_the_group_it_answers_and_no_other_invitation_is_taken_for_answered(town):
    invite(town)
    town.later(days=8)
    invite(town, "carers")
    assert "You are in Carers now" in town.text(ANN, "yes")
    assert [row["state"] for row in rows(town, invitations)] == ["waiting", "accepted"]
    assert town.text(ANN, "youth").startswith("Thank you. You are in Youth now")
    assert [row["state"] for row in rows(town, invitations)] == ["accepted", "accepted"]
    assert town.text(CHAMPION, "GROUPS") == "carers: 1\nyouth: 1"


def test_start_from_somebody_invited_is_met_with_the_invitation(town):
    invite(town)
    assert town.text(ANN, "START") == AGAIN
    assert rows(town, contacts)[1]["agreed_at"] is None
    assert "You are in Youth now" in town.text(ANN, "yes")


def test_who_asks_who_we_are_is_told_and_invited_again(town):
    invite(town)
    assert town.text(ANN, "who is this?").endswith(AGAIN)
    assert "You are in Youth now" in town.text(ANN, "yes that's fine")


def test_what_another_person_writes_agrees_to_nothing(town):
    town.group("youth")
    town.text(ANN, "##AB")
    for words in ("youth", "yes", "START", "visit", "1"):
        town.text(ANN, words)
    assert groups_of(town) == ["youth"]
    assert [row["agreed_at"] is None for row in rows(town, contacts)] == [False, True]
    assert rows(town, consents) == []


@pytest.mark.parametrize("undone", ["removed", "joined", "dissolved"])
def test_an_invitation_that_waits_for_the_morning_leaves_only_while_it_stands(town, undone):
    town.group("youth")
    town.time = NOON + timedelta(hours=9)
    town.text(CHAMPION, ADD.format("youth"))
    if undone == "removed":
        town.text(CHAMPION, "REMOVE 07700 900123 FROM youth")
    elif undone == "joined":
        town.text(ANN, "youth")
    else:
        with town.service.database.transaction() as db:
            groups.remove(db, "youth")
    town.later(hours=12)
    town.work()
    assert town.heard(ANN) == []
    assert [row["status"] for row in rows(town, messages, kind="invitation")] == ["cancelled"]


@pytest.mark.parametrize("words", ["1", "START"])
def test_who_only_rang_is_asked_what_they_rang_for_and_has_agreed_to_no_more_until_they_text(town, words):
    town.text(ANN, "", missed_call=True)
    assert [row["agreed_at"] for row in rows(town, contacts)] == [None]
    town.later(days=1, hours=2)
    town.work()
    assert len(town.heard(ANN)) == 1  # reminded of the question they rang for
    town.text(ANN, words)
    assert rows(town, contacts)[0]["agreed_at"] is not None


def test_a_stop_outlives_who_said_it_and_ends_once_they_text_again(town):
    town.group("youth")
    for words in ("please stop texting me", "FORGET ME", "YES"):
        town.text(ANN, words)
    assert "stopped" in [each.kind for each in erased_list.read(town.service.settings.data / erased_list.FILE)]
    assert "We do not ask again" in town.text(CHAMPION, ADD.format("youth"))
    assert rows(town, invitations) == []
    for words in ("visit", "FORGET ME", "YES"):
        town.text(ANN, words)
    assert "We have invited Ann" in town.text(CHAMPION, ADD.format("youth"))


def test_nobody_new_is_invited_to_a_phone_on_which_somebody_said_stop(town):
    town.group("youth")
    town.text(ANN, "#AB")
    town.text(ANN, "STOP")
    with town.service.database.transaction() as db:
        group = groups.get(db, "youth")
        assert group is not None
        guest = Guest("sms:+447700900123", "simulator", initials="CD")
        assert invite_guest(town.service, db, guest, group) is Outcome.NOT_NOW
