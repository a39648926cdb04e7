from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, update

from bot.app import create_app
from bot.channels import Inbound
from bot.conversations.backfill import catch_up
from bot.conversations.exchange import Reply
from bot.conversations.turn import take_turn
from bot.processes.housekeeping import hand_in_spooled
from bot.service import build
from bot.settings import Settings
from storage import messages
from storage.counting import tallies
from storage.database import Database, StoreUnavailableError
from storage.sending import claims, outbox
from storage.tables import addresses, answers, contacts, revisions, runs
from storage.tables import messages as table
from tests import tallying
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio.fake import ACCOUNT_SID, PUBLIC_URL, TOKEN
from tests.journeys.conftest import ALEX, SAM
from tests.journeys.test_delivery import post
from tests.journeys.test_exactly_once import inbound
from tests.stores import SECRETS


@pytest.fixture
def store_away():
    """The store is away inside a `with` block."""

    class Away:
        def __enter__(self) -> None:
            self.patch = pytest.MonkeyPatch()

            def away(*_: object, **__: object) -> None:
                raise StoreUnavailableError("away")

            for way in ("quick", "transaction", "reading"):
                self.patch.setattr(Database, way, away)

        def __exit__(self, *_: object) -> None:
            self.patch.undo()

    return Away()


def test_nobody_notices_that_the_queue_is_away(environ, journey, tmp_path):
    environ["REDIS_URL"] = f"unix://{tmp_path}/nobody.sock"
    service = build(Settings.read(environ), now=journey.clock)
    journey.twilio.point_at(create_app(service))
    assert journey.say("visit", "1", "kind")[-1].startswith("Thank you")
    assert tallies.waiting(service.database)
    service.close()


def test_a_text_that_comes_while_the_store_is_away_is_kept_and_handled_when_it_is_back(journey, store_away):
    journey.say("visit")
    with store_away:
        exchange = journey.twilio.text(SAM, "1")
        again = journey.twilio.replay(exchange)
        journey.twilio.text(ALEX, "visit")
    assert (exchange.status, exchange.messages, again.body) == (200, [], exchange.body)
    assert hand_in_spooled(journey.service) == 2
    assert hand_in_spooled(journey.service) == 0
    assert [row["value"] for row in journey.rows(answers)] == ["very_good"]
    waiting = [str(row["body"])[:15] for row in journey.rows(table) if row["status"] == "queued"]
    assert sorted(waiting) == ["Please tell us ", "Sayso would lik"]
    late = journey.twilio.replay(exchange)
    assert (late.status, late.messages) == (200, [])  # the outbox has the reply: here it would be the second
    assert journey.count(answers) == 1


def test_a_missed_call_that_comes_while_the_store_is_away_begins_the_conversation_when_it_is_back(journey, store_away):
    form = {"CallSid": "CA" + "1" * 32, "AccountSid": ACCOUNT_SID, "From": SAM, "To": journey.twilio.number}
    with store_away:
        assert b"<Reject" in post(journey.twilio, "/twilio/voice", form)
    assert hand_in_spooled(journey.service) == 1
    assert journey.count(table, direction="out", status="queued") == 1


def test_a_kept_text_shows_nobody_its_words_or_its_number(journey, store_away):
    with store_away:
        journey.twilio.text(SAM, "my very own words")
    (path,) = (Path(journey.environ["SAYSO_DATA"]) / "spool").iterdir()
    content = path.read_bytes()
    assert b"words" not in content
    assert SAM.encode() not in content
    assert SAM.lstrip("+") not in path.name
    assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0


def test_a_kept_text_that_cannot_be_opened_does_not_hold_up_the_others(journey, store_away):
    with store_away:
        journey.twilio.text(SAM, "visit")
    folder = Path(journey.environ["SAYSO_DATA"]) / "spool"
    (folder / "0000000000.000000-ff.text").write_bytes(b"sealed with another key")
    assert hand_in_spooled(journey.service) == 1
    assert [path.suffix for path in folder.iterdir()] == [".sealed"]


@pytest.mark.parametrize("way", ["spool", "list"])
def test_one_text_that_breaks_something_holds_up_no_other(journey, store_away, monkeypatch, way):
    if way == "spool":
        with store_away:
            journey.twilio.text(SAM, "visit")
            journey.twilio.text(ALEX, "visit")
    heard = [each for _, each in journey.service.spool.waiting()]
    if way == "list":
        heard = [inbound(journey, f"SM{number}", "visit", who) for number, who in enumerate((SAM, ALEX))]

    class Listed:
        def heard(self, since: object) -> list[Inbound]:
            return heard

    def breaks(service: object, text: Inbound, status: str) -> Reply:
        if text.provider_id == heard[0].provider_id:
            raise ZeroDivisionError
        return take_turn(service, text, status)

    monkeypatch.setattr("bot.conversations.backfill.take_turn", breaks)
    done = hand_in_spooled(journey.service) if way == "spool" else catch_up(journey.service, {"twilio": Listed()})
    assert done == 1
    assert journey.count(table, direction="in") == 1
    monkeypatch.undo()
    if way == "spool":
        assert hand_in_spooled(journey.service) == 1


def test_twilio_is_asked_to_try_again_when_neither_store_nor_disk_takes_the_text(journey, store_away, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with store_away, monkeypatch.context() as patched:
        patched.setattr(type(journey.service.spool), "keep", full)
        exchange = journey.twilio.text(SAM, "visit")
    assert exchange.status == 503
    assert journey.twilio.replay(exchange).reply.startswith("Sayso would like to hear")


def test_a_process_that_dies_in_the_middle_of_a_turn_leaves_nothing_and_the_text_can_come_again(journey, monkeypatch):
    journey.say("visit")

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        for kind in ("sqlite", "postgresql"):
            patched.setattr(f"storage.drivers.{kind}.Quick.commit", killed)
        with pytest.raises(Killed):
            journey.twilio.text(SAM, "1", MessageSid="SM" + "c" * 32)
    assert journey.count(answers) == 0
    assert journey.twilio.text(SAM, "1", MessageSid="SM" + "c" * 32).reply.startswith("Please tell us why")
    assert journey.count(answers) == 1


def test_postgresql_that_restarts_in_the_middle_of_a_turn_costs_nobody_an_answer(postgresql_stores, tmp_path):
    with postgresql_stores.empty(tmp_path) as url:
        environ = {
            "SAYSO_DATA": str(tmp_path),
            "DATABASE_URL": url,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "PUBLIC_URL": PUBLIC_URL,
        }
        service = build(Settings.read(environ))
        twilio = FakeTwilio(target=create_app(service))
        twilio.text(SAM, "visit")
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert twilio.text(SAM, "1").reply.startswith("Please tell us why")
        service.close()


# A process that is killed.

ANSWER_AND_DIE = """
import os, signal, sys
from datetime import datetime
from bot import webhooks
from bot.app import create_app
from bot.service import build
from bot.settings import Settings
from tests.fakes.twilio import FakeTwilio
sender, sid, moment = sys.argv[1:]
def die(document):
    os.kill(os.getpid(), signal.SIGKILL)
webhooks._twiml = die  # the turn is committed, and nobody has heard of it
service = build(Settings.read(os.environ), now=lambda: datetime.fromisoformat(moment))
FakeTwilio(target=create_app(service)).text(sender, "1", MessageSid=sid)
"""


def test_a_web_killed_between_its_commit_and_its_answer_gives_that_answer_when_twilio_asks_again(journey):
    journey.say("visit")
    sid = "SM" + "e" * 32
    command = [sys.executable, "-c", ANSWER_AND_DIE, SAM, sid, journey.clock().isoformat()]
    environ = {**os.environ, **journey.environ}
    died = subprocess.run(command, cwd=Path(__file__).parents[2], env=environ, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    before = (journey.rows(table), journey.rows(answers))
    assert len(before[1]) == 1
    again = journey.twilio.text(SAM, "1", MessageSid=sid)
    assert again.reply.startswith("Please tell us why")
    assert journey.twilio.text(SAM, "1", MessageSid=sid).body == again.body
    assert (journey.rows(table), journey.rows(answers)) == before


FOLD_AND_DIE = """
import os, signal, sys
from storage.counting import tallies
from storage.database import Database
from storage.secrets import Secrets
database = Database(sys.argv[1], Secrets(bytes(range(32))))
tallies.fold(database, 7)
print("one batch", flush=True)
def die(db, limit):
    os.kill(os.getpid(), signal.SIGKILL)
tallies._fold_runs = die  # the answers of this batch are in the tallies and marked, and nothing is committed
tallies.fold(database, 7)
"""


def test_a_worker_killed_in_the_middle_of_counting_loses_and_doubles_nothing(journey, store):
    for number in range(12):
        journey.say("visit", "1", "because", sender=f"+4477009{number + 100:05d}")
    for _ in range(3):
        command = [sys.executable, "-c", FOLD_AND_DIE, store]
        died = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=False)
        assert died.returncode == -signal.SIGKILL, died.stderr
    database = journey.service.database
    assert sum(tallying.stored(database).values()) == 21
    while tallies.fold(database, 7):
        pass
    assert tallying.stored(database) == tallying.recount(database)
    assert sum(tallying.stored(database).values()) == 24


# The outbox.


@pytest.fixture
def waiting(journey) -> int:
    """A reply that waits in the outbox; its id."""
    with journey.service.database.transaction() as db:
        db.execute(insert(contacts), {"id": 1, "language": "en", "created_at": 1, "agreed_at": 1})
        db.execute(
            insert(addresses),
            {
                "id": 1, "contact_id": 1, "channel": "sms", "gateway": "twilio", "created_at": 1,
                "hash": SECRETS.hash(f"sms:{SAM}"), "encrypted": SECRETS.seal(f"sms:{SAM}".encode()),
            },
        )  # fmt: skip
        db.execute(
            insert(table),
            {
                "id": 7, "contact_id": 1, "direction": "out", "channel": "sms", "body": "Hello", "status": "queued",
                "created_at": 1, "due_at": 1,
            },
        )  # fmt: skip
    return 7


def status(journey) -> object:
    return journey.rows(table)[0]["status"]


def at(journey) -> int:
    return int(journey.clock().timestamp() * 1_000_000)


def claim(journey, token: str) -> list[int]:
    """What a worker with this token takes."""
    lease = 60_000_000
    with claims.claiming(journey.service.database, at(journey), 10, 0, (), bulk=True) as taken:
        for row in taken.rows:
            taken.take(row, token, lease, None)
        return [row.id for row in taken.rows]


def test_two_workers_never_claim_the_same_text(journey, waiting):
    assert (claim(journey, "one"), claim(journey, "two")) == ([waiting], [])


def test_a_text_whose_worker_died_while_it_sent_is_never_blindly_sent_again(journey, waiting):
    claim(journey, "dead")
    journey.clock.pass_by(seconds=61)
    assert (claim(journey, "other"), status(journey)) == ([], "ambiguous")
    database = journey.service.database
    assert messages.apply_status(database, waiting, "SMlate", "delivered", None, at(journey)) == "applied"
    assert status(journey) == "delivered"


@pytest.mark.parametrize(("priority", "rings"), [(0, (True, False)), (1, (False, True))])
def test_a_worker_is_rung_for_texts_whose_worker_died_also_where_nothing_else_waits(journey, waiting, priority, rings):
    with journey.service.database.transaction() as db:
        db.execute(update(table).values(priority=priority))
    claim(journey, "dead")
    assert outbox.waiting(journey.service.database, at(journey)) == (False, False)
    journey.clock.pass_by(seconds=61)
    assert outbox.waiting(journey.service.database, at(journey)) == rings


def test_a_report_that_comes_before_the_answer_of_the_gateway_is_not_undone(journey, waiting):
    claim(journey, "one")
    database = journey.service.database
    messages.apply_status(database, waiting, "SMearly", "delivered", None, at(journey))
    outbox.record(database, [outbox.Outcome(waiting, "one", messages.Status.SENT, "SMearly")], at(journey))
    assert status(journey) == "delivered"


def test_a_worker_that_lives_on_after_its_lease_records_nothing(journey, waiting):
    claim(journey, "slow")
    journey.clock.pass_by(seconds=61)
    claim(journey, "quick")
    database = journey.service.database
    outbox.record(database, [outbox.Outcome(waiting, "slow", messages.Status.FAILED, error_code=30008)], at(journey))
    assert status(journey) == "ambiguous"


def test_nothing_is_in_the_store_that_tells_a_number(journey, store, tmp_path):
    journey.say("visit", "1")
    if store.startswith("sqlite"):
        journey.service.close()
        content = b"".join(path.read_bytes() for path in tmp_path.glob("sayso.db*"))
    else:
        content = repr([journey.rows(each) for each in (contacts, runs, revisions, table, answers)]).encode()
    assert SAM.encode() not in content
    assert SAM[1:].encode() not in content
