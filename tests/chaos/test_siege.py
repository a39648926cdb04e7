"""The siege itself, and that none of its checks is asleep: each planted fault is reported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from bot.app import create_app
from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind
from bot.sending import gateways
from bot.sending.outbox import Outbox
from bot.service import Service, build
from bot.settings import Settings
from flows.run import microseconds
from storage.community import contacts, groups
from storage.counting import tallies as counting
from storage.sending.audience import Audience
from storage.tables import answers, messages, tallies
from storage.tables import contacts as people
from storage.tables import uncounted as waits
from tests.chaos import siege
from tests.chaos.driver import Plan
from tests.chaos.invariants import broken
from tests.chaos.people import ENOUGH, QUESTION, RATING, REASON, Person
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio.fake import ACCOUNT_SID, PUBLIC_URL, TOKEN
from tests.stores import KEY

SEEDS = range(2, 6)
"""Of the cycles on each store, in which processes are killed fifty times in all; `make chaos` runs as many as are asked
for."""


def test_whatever_is_killed_every_text_is_handled_once_and_leaves_once(store, tmp_path: Path):
    with siege(store, tmp_path) as service:
        for seed in SEEDS:
            service.cycle(seed)


def test_processes_are_killed_fifty_times_on_the_two_stores():
    assert 2 * sum(len(Plan.of(seed).kills) for seed in SEEDS) >= 50


def test_a_seed_makes_the_same_plan_again():
    assert Plan.of(7) == Plan.of(7)
    assert Plan.of(7) != Plan.of(8)


@dataclass
class Calm:
    """A cycle in which nothing was killed, with one person in it."""

    service: Service
    twilio: FakeTwilio
    person: Person

    def found(self) -> str:
        return "; ".join(broken(self.service, self.twilio, [self.person]))

    def change(self, statement: object) -> None:
        with self.service.database.transaction() as db:
            db.execute(statement)

    def leave(self, body: str) -> None:
        """A text leaves that nobody knows of."""
        self.twilio.account.accept(self.person.number, body, "outbound-api", callback=f"{PUBLIC_URL}/twilio/status?m=1")

    def contact_id(self) -> int | None:
        with self.service.database.reading() as db:
            return contacts.find(db, self.service.secrets.hash(f"sms:{self.person.number}"))


@pytest.fixture
def calm(sqlite_stores, tmp_path: Path) -> Iterator[Calm]:
    with FakeTwilio() as twilio, sqlite_stores.empty(tmp_path) as store:
        environ = {
            "SAYSO_DATA": str(tmp_path), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex(),
            "PUBLIC_URL": PUBLIC_URL, "TWILIO_API_URL": twilio.url, "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SMS_FROM": twilio.number, "SAYSO_QUIET_HOURS": "00:00-24:00",
        }  # fmt: skip
        service = build(Settings.read(environ))
        twilio.point_at(create_app(service))
        person = Person(twilio, service, "+447700900123")
        with service.database.transaction() as db:
            groups.add(db, "carers", "Carers", "carers", microseconds(service.now()))
        twilio.text(person.number, "carers")
        revision_id, _ = service.shelf.current("visit", "en")
        with service.database.transaction() as db:
            planning.confirm(service, db, Draft(Kind.SURVEY, Audience(("carers",)), "visit", revision_id))
        planning.plan_waiting(service)
        Outbox(service, gateways.gateways(service.settings), bulk=True).drain(lambda: False)
        for words in (RATING, REASON):
            person.said[words] = twilio.text(person.number, words)
        while counting.fold(service.database, 100):
            pass
        yield Calm(service, twilio, person)
        service.close()


def lost(calm: Calm) -> None:
    calm.twilio.account.hear("SM" + "f" * 32, calm.person.number, "are you there?", 0)


def doubled(calm: Calm) -> None:
    calm.leave(next(text for text in calm.twilio.handset(calm.person.number) if QUESTION in text))


def after_stop(calm: Calm) -> None:
    calm.person.said[ENOUGH] = calm.person._text(ENOUGH)
    calm.leave("One more thing")


def stop_forgotten(calm: Calm) -> None:
    calm.person.said[ENOUGH] = calm.twilio.text(calm.person.number, ENOUGH)
    calm.change(update(people).values(stopped_at=None))


def unknown(calm: Calm) -> None:
    calm.leave("Nobody knows of this")


def left_doubtful(calm: Calm) -> None:
    calm.change(update(messages).where(messages.c.direction == "out").values(status="ambiguous"))


def never_left(calm: Calm) -> None:
    row = {
        "id": 1, "contact_id": calm.contact_id(), "direction": "out", "channel": "sms", "body": "Lost on the way",
        "status": "sent", "created_at": 1,
    }  # fmt: skip
    calm.change(insert(messages).values(row))


def answer_lost(calm: Calm) -> None:
    calm.change(delete(answers).where(answers.c.node == "rating"))


def counted_twice(calm: Calm) -> None:
    calm.change(update(tallies).values(count=tallies.c.count + 1))


def uncounted(calm: Calm) -> None:
    calm.change(insert(waits).from_select(["answer_id", "withdrawn"], select(answers.c.id, answers.c.withdrawn)))


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (lost, "is in the store 0 times"),
        (doubled, "2 times: "),
        (after_stop, "after the STOP came 'One more thing'"),
        (stop_forgotten, "their STOP was acknowledged and is not remembered"),
        (unknown, "texts left that the store does not know"),
        (left_doubtful, "a text is left ambiguous"),
        (never_left, "the store takes it for sent, and it never left: 'Lost on the way'"),
        (answer_lost, "an acknowledged answer is lost"),
        (counted_twice, "the tallies are not what the answers add up to"),
        (uncounted, "answers are still uncounted"),
    ],
)
def test_what_is_planted_is_reported(calm, plant, words):
    assert calm.found() == ""
    plant(calm)
    assert words in calm.found()
