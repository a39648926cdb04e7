"""Consent is to a wording: whoever is invited once more after it has changed is asked once more."""

from __future__ import annotations

from sqlalchemy import update

from bot import sentences
from bot.conversations.joining import Guest, Outcome, invite
from flows.run import microseconds
from storage.community import groups
from storage.messages import INVITATION, Status
from storage.tables import consents, members, messages
from tests.journeys.conftest import SAM, Journey

OTHER = "Hello. Will you join {group}? Reply YES or NO."


def invited(journey: Journey) -> Outcome:
    with journey.service.database.transaction() as db:
        groups.add(db, "carers", "Carers", "carers", microseconds(journey.service.now()))
        group = groups.get(db, "carers")
        assert group is not None
        outcome = invite(journey.service, db, Guest(f"sms:{SAM}", "simulator"), group)
        db.execute(update(messages).where(messages.c.kind == INVITATION).values(status=Status.SENT))
        return outcome


def test_a_member_is_asked_again_once_the_wording_is_another_and_may_say_no(journey, monkeypatch):
    assert invited(journey) is Outcome.INVITED
    assert "You are in Carers" in journey.say("yes")[-1]
    journey.clock.pass_by(days=8)
    assert invited(journey) is Outcome.MEMBER
    monkeypatch.setattr(sentences, "INVITATION", OTHER)
    assert invited(journey) is Outcome.INVITED
    assert journey.count(members) == 1
    journey.say("no")
    assert journey.count(members) == 0
    assert [row["kind"] for row in journey.rows(consents)] == ["given", "refused"]


def test_the_ledger_keeps_the_wording_that_was_answered(journey, monkeypatch):
    asked = journey.service.wording(sentences.INVITATION)
    invited(journey)
    monkeypatch.setattr(sentences, "INVITATION", OTHER)
    journey.say("yes")
    assert [row["wording"] for row in journey.rows(consents)] == [asked]
    journey.clock.pass_by(days=8)
    assert invited(journey) is Outcome.INVITED
    journey.say("yes")
    journey.clock.pass_by(days=8)
    assert invited(journey) is Outcome.MEMBER


def test_who_joined_by_the_word_on_a_poster_is_not_asked_again(journey, monkeypatch):
    invited(journey)
    journey.say("join carers")
    monkeypatch.setattr(sentences, "INVITATION", OTHER)
    journey.clock.pass_by(days=8)
    assert invited(journey) is Outcome.MEMBER
