"""What waits while nothing can leave, and what is given back for it: money, runs, places. On both stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.broadcasts import planning
from bot.channels import FailureKind, SendError, SendFailure, Sent
from bot.channels.simulator import SimulatorChannel
from bot.conversations.reminders import look_at_due_runs
from bot.sending.outbox import Outbox
from flows.run import microseconds
from storage.sending import outbox
from storage.tables import alerts, messages, recipients, runs, senders, spending
from tests.journeys.reaching import CHAMPION, Town, address, code_in, phones

ANN, BOB = "07700 900123", "07700 900124"
AWAY = SendFailure(FailureKind.RETRY_LATER, None, "unreached", charged=False)
REFUSED = SendFailure(FailureKind.SENDER_BROKEN, 20003, "refused", charged=False)


class Gateway(SimulatorChannel):
    """A gateway that fails as long as the test says so."""

    failure: SendFailure | None = None

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, address: str, body: str, *more: Any) -> Sent:
        if self.failure is not None:
            raise SendError(self.failure)
        self.sent.append((address, body))
        return super().send(address, body, *more)

    def to(self, phone: str) -> list[str]:
        return [body for whom, body in self.sent if whom == address(phone)]


@pytest.fixture
def gateway():
    return Gateway()


@contextmanager
def town_with(store: str, folder: Path, gateway: Gateway) -> Iterator[Town]:
    """A town that is texted by this gateway, whose rate holds nothing back."""
    town = Town(store, folder, {"twilio": gateway}, **TWILIO)
    town.gateway = "twilio"
    town.group()
    yield town
    town.service.close()


@pytest.fixture
def town(store, tmp_path, gateway):
    with town_with(store, tmp_path, gateway) as town:
        yield town


TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "TWILIO_SMS_FROM": "+447700900999",
    "PUBLIC_URL": "https://sayso.example.org",
    "SAYSO_SMS_RATE": "1000",
}


def send(town: Town, command: str = "SEND visit TO carers") -> None:
    town.text(CHAMPION, code_in(town.text(CHAMPION, command)))
    planning.plan_waiting(town.service)


def try_once(town: Town) -> None:
    """One worker claims once, and records what becomes of it."""
    tries = iter((False,))
    Outbox(town.service, town.ways, bulk=True).drain(lambda: next(tries, True))


def all_of(town: Town, *columns: Any) -> list[Any]:
    with town.service.database.reading() as db:
        rows = db.execute(select(*columns).order_by(*columns)).all()
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


def test_an_outage_costs_nothing_is_told_after_five_minutes_and_everybody_is_asked_after_it(town, gateway):
    for phone in phones(3):
        town.member(phone)
    send(town)
    gateway.failure = AWAY
    town.later(seconds=5)  # what was answered so far is counted by then
    try_once(town)
    answered = all_of(town, spending.c.spent)
    for _ in range(5):
        town.later(minutes=1)
        try_once(town)
    assert all_of(town, alerts.c.kind) == []
    town.later(minutes=1)
    try_once(town)
    assert all_of(town, alerts.c.kind, alerts.c.detail) == [("gateway away", "twilio sms")]
    assert all_of(town, spending.c.spent) == answered
    gateway.failure = None
    town.later(seconds=5)
    town.work()
    assert [len(gateway.to(phone)) for phone in phones(3)] == [1, 1, 1]
    assert all_of(town, senders.c.failing_since) == [0, 0]


def test_a_question_that_never_left_is_not_answered_and_leaves_once_the_gateway_takes_it(town, gateway):
    town.member(ANN)
    send(town)
    gateway.failure = REFUSED
    try_once(town)
    town.count()  # the run may be in the tallies by the time the gateway answers
    town.later(minutes=6)
    try_once(town)
    assert all_of(town, runs.c.id) == []
    assert all_of(town, recipients.c.state) == ["waiting"]
    assert "why" not in town.text(ANN, "1")
    assert town.text(CHAMPION, "WHO visit").startswith("visit has not been sent")
    gateway.failure = None
    town.later(minutes=6)
    town.work()
    assert len(gateway.to(ANN)) == 1
    assert "why" in town.text(ANN, "1")
    town.count()
    assert town.text(CHAMPION, "WHO visit") == "0 not yet."


def test_whoever_answers_before_the_failure_is_written_keeps_their_answer(town, gateway, monkeypatch):
    town.member(ANN)
    send(town)

    def answered(*_what: Any) -> Sent:
        assert "why" in town.text(ANN, "1")
        raise SendError(REFUSED)

    monkeypatch.setattr(gateway, "send", answered)
    try_once(town)
    assert all_of(town, runs.c.status) == ["open"]
    assert "Thank you" in town.text(ANN, "they were kind")


def test_a_text_that_cannot_be_read_waits_alone_and_the_team_is_told_once(town, gateway):
    for phone in phones(3):
        town.member(phone)
    send(town)
    with town.service.database.transaction() as db:
        poisoned = select(recipients.c.run_id).limit(1).scalar_subquery()
        db.execute(update(recipients).where(recipients.c.run_id == poisoned).values(run_state='{"version": 99}'))
    town.work()
    town.later(hours=1, minutes=1)
    town.work()
    assert sorted(len(gateway.to(phone)) for phone in phones(3)) == [0, 1, 1]
    assert all_of(town, alerts.c.kind, alerts.c.detail) == [("text held", "visit: 2026-11-24")]
    assert len(all_of(town, messages.c.id, messages.c.status)) == len(set(all_of(town, messages.c.id)))


def test_a_run_that_cannot_be_read_keeps_nobody_behind_it_from_being_reminded(town, gateway):
    for phone in (ANN, BOB):
        town.text(phone, "visit")
    with town.service.database.transaction() as db:
        first = select(runs.c.id).order_by(runs.c.due_at, runs.c.id).limit(1).scalar_subquery()
        db.execute(update(runs).where(runs.c.id == first).values(state='{"version": 99}', due_at=1))
    town.later(days=2)
    assert look_at_due_runs(town.service) == 2
    assert look_at_due_runs(town.service) == 0
    town.work()
    assert sorted(len(gateway.to(phone)) for phone in (ANN, BOB)) == [0, 1]
    assert all_of(town, alerts.c.kind) == ["text held"]


def test_one_send_that_cannot_be_written_down_costs_the_others_nothing(town, gateway, monkeypatch):
    for phone in (ANN, BOB):
        town.member(phone)
    send(town)
    taken = gateway.send

    def opted_out(whom: str, *what: Any) -> Sent:
        if whom == address(ANN):
            raise SendError(SendFailure(FailureKind.OPTED_OUT, 21610, "said STOP"))
        return taken(whom, *what)

    def busy(*_what: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(gateway, "send", opted_out)
    monkeypatch.setattr("bot.sending.handing.stop_by_carrier", busy)
    Outbox(town.service, town.ways, bulk=True).drain(lambda: False, pause=lambda _: town.later(seconds=1))
    assert all_of(town, messages.c.kind, messages.c.status)[-2:] == [("survey", "delivered"), ("survey", "sending")]


def test_a_clock_that_is_put_back_holds_nothing_for_longer_than_a_minute(town, gateway):
    town.member(ANN)
    send(town)
    with town.service.database.transaction() as db:
        ahead = microseconds(town.time + timedelta(hours=1))
        outbox.senders_of(db, ahead, ["twilio sms"])
        db.execute(update(senders).values(free_at=ahead, blocked_until=ahead))
    try_once(town)
    town.later(seconds=61)
    town.work()
    assert len(gateway.to(ANN)) == 1


def test_a_sender_that_is_refused_stays_shut_and_is_told_whatever_else_fails(town):
    database, now = town.service.database, microseconds(town.time)
    outbox.shut(database, "twilio sms", now, now + 2_000_000, refused=False)
    outbox.shut(database, "twilio sms", now, now + 300_000_000, refused=True)
    outbox.shut(database, "twilio sms", now, now + 1_000_000, refused=False)
    assert all_of(town, senders.c.blocked_until) == [now + 300_000_000]
    assert all_of(town, alerts.c.kind) == ["sender refused"]


def test_a_planner_whose_time_is_over_leaves_the_rest_to_the_next(town, gateway, monkeypatch):
    monkeypatch.setattr(planning, "BATCH", 1)
    for phone in (ANN, BOB):
        town.member(phone)
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    assert planning.plan_waiting(town.service, lambda: True) == 1
    town.later(seconds=1)
    assert planning.plan_waiting(town.service) == 1
    assert len(all_of(town, recipients.c.contact_id)) == 2


def test_a_second_sending_that_was_halted_leaves_the_results_of_the_first(town, gateway):
    town.member(ANN)
    send(town)
    town.work()
    town.later(days=40)
    send(town)
    town.text(CHAMPION, "HALT visit")
    assert town.text(CHAMPION, "WHO visit") == "1 not yet."
