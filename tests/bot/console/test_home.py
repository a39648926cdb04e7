"""The first page: how the service is, in plain words, and what to do first."""

from __future__ import annotations

import html

from bot.broadcasts import planning
from bot.broadcasts.composing import Wish, compose
from flows.run import microseconds
from storage.community import groups
from storage.sending.candidates import senders_of
from storage.tables import alerts, senders
from storage.upkeep import heartbeats


def beat(service, **details: str) -> None:
    for name, detail in details.items():
        heartbeats.beat(service.database, name, detail, microseconds(service.now()))


def test_store_queue_and_gateway_are_named_and_well(bob, service):
    beat(service, clock="ok", worker="ok", queue="ok")
    page = bob.get("/console/").text
    for name in ("Store", "Queue", "Gateway"):
        assert f">{name}</dt>" in page
    assert "look here" not in page


def test_a_queue_that_is_away_is_told_apart_from_its_workers(bob, service):
    beat(service, clock="ok", worker="ok", queue="unreachable")
    page = bob.get("/console/").text
    assert "It cannot be reached: residents are answered" in page
    assert "The clock runs." in page


def test_a_gateway_by_which_nothing_leaves_is_said_to_be_away_until_it_is_back(bob, service, clock):
    now = microseconds(service.now())
    with service.database.transaction() as db:
        senders_of(db, now, ["twilio sms"])
        db.execute(senders.update().values(blocked_until=now + 60_000_000))
    assert "It is away, busy or refuses us" in bob.get("/console/").text
    clock.later(minutes=2)
    assert "It is away, busy or refuses us" not in bob.get("/console/").text


def test_the_first_steps_stay_until_something_was_sent(bob, service):
    assert "Begin here" in bob.get("/console/").text
    with service.database.transaction() as db:
        groups.add(db, "carers", "Carers", "carers", 1)
    assert "Begin here" in bob.get("/console/").text
    with service.database.transaction() as db:
        planning.confirm(service, db, compose(service, Wish(text="hello", everybody=True)))
    assert "Begin here" not in bob.get("/console/").text


def test_what_waits_is_told_in_words_with_what_more_there_is_to_say(bob, service):
    with service.database.transaction() as db:
        for number, (kind, detail) in enumerate(
            {
                "notice": "visit: ring them",
                "daily spend reached": "2026-11-24",
                "sender refused": "+447700900001",
            }.items()
        ):
            db.execute(alerts.insert().values(id=number + 1, kind=kind, detail=detail, created_at=1))
    page = html.unescape(bob.get("/console/").text)
    told = (
        "A flow asks",
        "How was your visit? · ring them",
        "limit of spending",
        "24 November 2026",
        "refuses our number",
    )
    for words in told:
        assert words in page
