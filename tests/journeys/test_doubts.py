"""Numbers that may have changed hands: whoever has one now is told nothing of whoever had it before. On both stores."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.broadcasts.draft import Draft, Kind
from bot.broadcasts.planning import confirm
from bot.conversations.doubts import SILENCE
from bot.conversations.manual import reply_by_hand, take_over
from bot.people.numbers import hashes_of
from flows.due import span
from flows.run import Run, microseconds
from storage.community import contacts as storage_contacts
from storage.community import groups, people
from storage.sending.audience import Audience
from storage.tables import answers, contacts, members, messages, runs
from tests.journeys.reaching import CHAMPION, Town, address, code_in, phones
from tests.journeys.test_sharing import rows

ANN = "07700 900123"
ASKED = (
    "Hello. We have not heard from this number for months. Have you had it all that time? "
    "Reply YES, or NO if it is new to you. STOP: no texts."
)


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    yield town
    town.service.close()


def silence(town):
    """Ann says something, joins the carers, and is not heard of for months."""
    town.group()
    town.text(ANN, "visit")
    town.text(ANN, "5")
    town.text(ANN, "The quicksilver teapot.")
    town.member(ANN)
    town.remember(ANN, first_name="Ann")
    town.later(days=91)


@pytest.mark.parametrize("words", ["MY DATA", "visit", "#AB", "GROUPS", "4", "FORGET ME", "FIX"])
def test_whatever_comes_after_months_of_silence_is_met_with_the_question(town, words):
    silence(town)
    assert town.text(ANN, words) == ASKED


def test_somebody_who_was_heard_of_lately_is_asked_nothing(town):
    silence(town)
    town.later(days=-2)
    assert "how was your experience" in town.text(ANN, "visit")


def test_a_yes_goes_on_with_what_they_wrote(town):
    silence(town)
    town.text(ANN, "MY DATA")
    assert "answers: 2" in town.text(ANN, "yes its me")
    assert "answers: 2" in town.text(ANN, "MY DATA")


def test_a_no_makes_a_newcomer_of_whom_nothing_is_known(town):
    silence(town)
    town.text(ANN, "visit")
    assert "how was your experience" in town.text(ANN, "no, new number")
    town.text(ANN, "1")
    town.text(ANN, "All fine.")
    assert "answers: 2" in town.text(ANN, "MY DATA")
    given = rows(town, answers)
    assert len({row["contact_id"] for row in given}) == 2
    newcomer = given[-1]["contact_id"]
    assert "Ann" not in rows(town, contacts, id=newcomer)[0]["attributes"]
    assert rows(town, members, contact_id=newcomer) == []
    with town.service.database.reading() as db:
        found = people.at(db, hashes_of(town.service.secrets, "+447700900123"))
    assert len(found) == 2  # a coordinator finds both, also to erase the one who had it before
    town.text(ANN, "#AB")
    town.text(ANN, "YES")
    assert "answers: 2" in town.text(ANN, "MY DATA")  # who shares the phone is the newcomer, never whoever was before


def test_a_champions_orders_are_not_the_newcomers(town):
    silence(town)
    town.text(CHAMPION, "GROUPS")
    assert "Then you are new to us" not in town.text(CHAMPION, "NO")
    assert "carers" not in town.text(CHAMPION, "GROUPS").lower()


def test_stop_is_heard_at_once_and_leaves_the_doubt(town):
    silence(town)
    assert "no more texts" in town.text(ANN, "wrong number")
    assert town.text(ANN, "START") == ASKED
    town.text(ANN, "no")
    assert "answers: 0" in town.text(ANN, "MY DATA")


def test_an_answering_machine_is_not_asked_for_ever(town):
    silence(town)
    heard = [town.text(ANN, "I am away until Monday.") for _ in range(5)]
    assert heard[:2] == [ASKED, ASKED]
    assert heard[-1] == ""


def test_a_missed_call_after_months_is_answered_once_it_is_known_whose_it_is(town):
    silence(town)
    assert town.text(ANN, "", missed_call=True) == ASKED
    assert town.text(ANN, "YES") not in ("", ASKED)


def send(town):
    town.text(CHAMPION, "hi")
    town.text(CHAMPION, "YES")
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()


def tell(town, text="The hall is shut on Monday."):
    """A coordinator texts the carers."""
    with town.service.database.transaction() as db:
        confirm(town.service, db, Draft(Kind.TEXT, Audience(groups=("carers",)), body=text))
    town.work()


@pytest.mark.parametrize("sends", [send, tell])
def test_what_is_sent_after_months_waits_for_the_answer_to_the_question(town, sends):
    silence(town)
    sends(town)
    before = town.heard(ANN)
    assert before[-1] == ASKED
    town.later(days=1)
    town.work()
    assert town.heard(ANN) == before
    assert town.text(ANN, "Yes") == "Thank you. It is good to hear from you again."
    town.work()
    assert len(town.heard(ANN)) == len(before) + 1
    assert town.heard(ANN)[-1] != ASKED


def test_whoever_has_the_number_now_gets_nothing_meant_for_the_other(town):
    silence(town)
    send(town)
    assert town.text(ANN, "NO").startswith("Thank you. Then you are new to us")
    town.work()
    town.later(days=1)
    town.work()
    assert town.heard(ANN) == []
    again = town.text(CHAMPION, "SEND visit TO carers")
    assert "cannot be reached 1" in again


def test_who_does_not_answer_is_asked_again_by_the_next_broadcast_and_not_before_a_week(town):
    silence(town)
    send(town)
    tell(town)
    assert town.heard(ANN).count(ASKED) == 1
    town.later(days=8)
    town.work()
    tell(town)
    assert town.heard(ANN).count(ASKED) == 2
    assert "The hall" not in "".join(town.heard(ANN))


def test_a_halted_broadcast_asks_nobody(town):
    silence(town)
    for phone in phones(2):
        town.member(phone)
    town.text(CHAMPION, "hi")
    town.text(CHAMPION, "YES")
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.text(CHAMPION, "HALT visit")
    town.work()
    assert town.heard(ANN) == []


def by_hand(town, words="Shall I ring you about the hip clinic?"):
    """A coordinator writes to Ann themselves."""
    with town.service.database.reading() as db:
        contact_id = storage_contacts.find(db, town.service.secrets.hash(address(ANN)))
    take_over(town.service, contact_id, "user:1")
    return reply_by_hand(town.service, contact_id, words, "user:1", words.encode())


@pytest.mark.parametrize(("answer", "texts"), [("YES", 1), ("NO", 0)])
def test_what_a_coordinator_writes_after_months_waits_for_the_answer_too(town, answer, texts):
    silence(town)
    assert by_hand(town)
    town.work()
    assert town.heard(ANN) == [ASKED]
    town.text(ANN, answer)
    town.work()
    town.later(days=8)
    town.work()
    with town.service.database.reading() as db:
        rows = db.execute(select(messages).where(messages.c.body.contains("hip clinic"))).all()
    assert [row.status for row in rows] == ["delivered" if texts else "cancelled"]


def test_what_a_coordinator_writes_to_somebody_who_was_heard_of_leaves_at_once_also_at_night(town):
    town.text(ANN, "visit")
    town.later(hours=11)
    assert not by_hand(town)
    town.work()
    assert town.heard(ANN) == ["Shall I ring you about the hip clinic?"]


def test_a_question_that_was_put_off_for_months_waits_for_the_answer(town):
    """The flow may wait longer than networks keep a number."""
    town.group()
    town.text(ANN, "visit")
    run = next(row for row in rows(town, runs) if row["status"] == "open")
    waiting = Run.from_json(run["state"])
    town.later(days=91)
    waiting.heard_at = microseconds(town.time) - 2 * 86_400_000_000
    with town.service.database.transaction() as db:
        db.execute(update(runs).values(state=waiting.to_json(), due_at=1))
    town.work()
    assert town.heard(ANN) == [ASKED]
    town.text(ANN, "YES")
    town.work()
    assert "how was your experience" in town.heard(ANN)[-1]


def test_a_champion_who_was_not_heard_of_for_months_is_told_of_nobody(town):
    silence(town)
    hashed = town.service.secrets.hash(address(CHAMPION))
    since = microseconds(town.time) - span(SILENCE)
    with town.service.database.reading() as db:
        assert groups.champion_at(db, hashed, since) is None
        assert groups.champions_of(db, ["carers"], since) == []
        assert groups.champion_at(db, hashed, since - span(SILENCE)) is not None


def test_who_greets_us_twice_before_they_say_that_the_number_is_theirs_is_no_machine(town):
    silence(town)
    for _ in range(2):
        assert "Have you had it all that time?" in town.text(ANN, "hi there")
    assert "To begin, text" in town.text(ANN, "yes")
    assert "To begin, text" in town.text(ANN, "blue sky")


def test_a_picture_after_months_is_no_missed_call(town):
    town.text(ANN, "visit")
    town.later(days=100)
    assert town.text(ANN, "", kinds=("photo",)) == ASKED
    assert town.text(ANN, "YES").startswith("Thank you. It is good to hear from you again.")
