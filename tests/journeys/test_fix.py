"""FIX by text: an answer is changed in its own place, counted once, whether the conversation is open or over."""

from __future__ import annotations

from bot import cli
from storage.counting import tallies
from storage.tables import answers, audits, contacts, marks, runs
from tests import tallying
from tests.journeys.conftest import SAM, Journey

CANARY = "quicksilver teapot on Tuesdays"


def counted(journey: Journey) -> dict[tuple[str, str], int]:
    while tallies.fold(journey.service.database, 100):
        pass
    stored = tallying.stored(journey.service.database)
    assert stored == tallying.recount(journey.service.database)
    return {(key[2], key[9]): count for key, count in stored.items() if key[6] == ""}


def test_the_last_answer_is_changed_after_the_conversation_and_counted_once(journey):
    journey.say("visit", "1", "all fine")
    assert counted(journey)["rating", "very_good"] == 1
    (listed,) = journey.say("fix")
    assert listed.splitlines()[1:] == ["1 all fine", "2 Very good"]
    (asked,) = journey.say("2")
    assert "Your answer was: Very good." in asked
    assert "4 Poor" in asked
    (changed,) = journey.say("4")
    assert changed == "Thank you. We have changed your answer to Poor."
    found = counted(journey)
    assert found.get(("rating", "very_good"), 0) == 0
    assert found["rating", "poor"] == 1
    assert {row["run_id"] for row in journey.rows(answers)} == {journey.rows(runs)[0]["id"]}


def test_within_a_conversation_the_waiting_question_is_asked_again(journey):
    journey.say("visit", "1")
    replies = journey.say("fix", "2")
    assert "Your answer was: Very good." in replies[0]
    assert replies[1].startswith("Thank you. We have changed your answer to Good.")
    assert "tell us why" in replies[1] or "why" in replies[1]
    journey.say(CANARY)
    assert {(row["node"], row["value"], row["withdrawn"]) for row in journey.rows(answers)} >= {
        ("reason", CANARY, False)
    }
    found = counted(journey)
    assert found["rating", "good"] == 1
    assert ("rating", "very_good") not in found


def test_what_is_no_answer_is_asked_again_and_a_no_leaves_everything(journey):
    journey.say("visit", "1", "all fine")
    assert "did not understand" in journey.say("fix", "2", "purple")[-1]
    assert "Good" in journey.say("2")[0]
    before = journey.rows(answers)
    journey.say("fix", "no")
    assert "To begin" in journey.say("5")[0]
    assert journey.rows(answers) == before


def test_stop_and_a_keyword_end_it(journey):
    journey.say("visit", "1", "all fine", "fix", "2")
    assert "experience" in journey.say("visit")[0]
    assert journey.count(answers) == 2
    journey.say("fix", "stop")
    assert journey.rows(contacts)[0]["stopped_at"] is not None


def test_old_answers_are_not_read_out(journey):
    journey.say("visit", "1", "all fine")
    journey.clock.pass_by(days=31)
    assert "no answer of yours" in journey.say("fix")[0]
    assert "no answer of yours" in journey.say("fix", sender="+447700900125")[0]


def test_a_breakdown_follows_the_changed_answer(journey):
    journey.say("equality", "1", "2")
    while "fix" not in journey.say("fix")[0] and not journey.rows(marks):
        break
    before = {(row["dimension"], row["part"]) for row in journey.rows(marks) if row["counted"] in (0, 1)}
    assert before
    (listed,) = journey.say("fix")
    if listed.splitlines()[0].startswith("Which"):
        journey.say(str(len(listed.splitlines()) - 1))
    journey.say("3")
    counted(journey)
    after = {(row["dimension"], row["part"]) for row in journey.rows(marks) if row["counted"] in (0, 1)}
    assert len(after) == len(before)
    assert after != before
    assert SAM not in repr(after)


def test_why_within_a_conversation_says_what_for_who_sees_it_and_how_long(journey):
    (reply,) = journey.say("visit", "why")[1:]
    assert "service improvement" in reply
    assert "nobody else sees your number" in reply
    assert "days" in reply
    assert reply.endswith("6 Don't know") or "Very good" in reply


def test_rights_are_heard_while_somebody_of_the_team_answers(journey):
    journey.say("visit", "1")
    with journey.service.database.transaction() as db:
        db.execute(contacts.update().values(held_by="user:1"))
    assert "answers" in journey.say("my data")[0]
    journey.say("forget me", "yes")
    assert journey.count(contacts) == 0


def test_a_coordinator_sorts_a_reply_under_another_choice_and_the_tallies_follow(journey, monkeypatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("visit", "1", "ring 07700 900 123")
    assert counted(journey)["rating", "very_good"] == 1
    assert cli.main(["answers", "visit"]) == 0
    number = capsys.readouterr().out.split()[0]
    assert cli.main(["answers", "sort", number, "Very Poor", "--why", "07700 900 123 rang"]) == 0
    assert "very_good" in capsys.readouterr().out
    found = counted(journey)
    assert found.get(("rating", "very_good"), 0) == 0
    assert found["rating", "very_poor"] == 1
    assert journey.rows(answers)[0]["raw"] == "1"
    assert cli.main(["answers", "sort", number, "unclear"]) == 0
    assert counted(journey)["rating", ""] == 1
    trail = [(row["action"], row["reason"]) for row in journey.rows(audits) if "sorted" in str(row["action"])]
    assert trail[1][0] == "sorted an answer anew: very_good -> very_poor"
    assert "900" not in trail[1][1]
    assert cli.main(["answers", "sort", number, "purple"]) == 1
    assert cli.main(["answers", "sort", "5", "poor"]) == 1
    assert "Something went wrong" not in capsys.readouterr().err


def test_an_answer_of_several_is_sorted_anew(journey, monkeypatch, capsys):
    for name, value in journey.environ.items():
        monkeypatch.setenv(name, value)
    journey.say("access", "1 2")
    before = counted(journey)
    number = str(journey.rows(answers)[0]["id"])
    first, second = str(journey.rows(answers)[0]["value"]).split()
    assert cli.main(["answers", "sort", number, first]) == 0
    after = counted(journey)
    assert before["barriers", second] == 1
    assert ("barriers", second) not in after
    assert after["barriers", first] == 1
