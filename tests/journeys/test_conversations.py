from __future__ import annotations

import json

import pytest

from bot.app import create_app
from bot.conversations.reminders import look_at_due_runs
from bot.sending.outbox import Outbox
from bot.service import build
from bot.settings import Settings
from storage.tables import alerts, answers, consents, contacts, messages, runs
from tests.journeys.conftest import ALEX, SAM


def test_a_visit_from_the_poster_to_the_thanks(journey):
    first, second, third = journey.say("Visit", "very good thanks", "Everyone was kind.")
    assert "Overall, how was your experience of our service?\n1 Very good" in first
    assert second.startswith("Please tell us why")
    assert third.startswith("Thank you")
    (run,) = journey.rows(runs)
    assert (run["status"], run["waiting_node"], run["flow"]) == ("completed", None, "visit")
    found = [(row["node"], row["outcome"], row["value"]) for row in journey.rows(answers)]
    assert found == [("rating", "answered", "very_good"), ("reason", "answered", "Everyone was kind.")]
    assert [row["status"] for row in journey.rows(messages) if row["direction"] == "out"] == ["sent"] * 3


def test_an_unhappy_visitor_who_says_why_in_the_same_text(journey):
    _, last = journey.say("visit", "4 because nobody listened")
    assert last.startswith("We are sorry to hear that.")
    assert [row["value"] for row in journey.rows(answers)] == ["poor", "because nobody listened"]


def test_somebody_joins_and_is_known_by_name_and_consent(journey):
    last = journey.say("hello", "english pls", "Amina", "E13", "yes please")[-1]
    assert last.startswith("Thank you, Amina")
    (contact,) = journey.rows(contacts)
    attributes = json.loads(str(contact["attributes"]))
    assert (attributes["first_name"], attributes["area"], contact["language"]) == ("Amina", "E13", "en")
    (given,) = [row for row in journey.rows(consents) if row["scope"] == "contact"]
    assert (given["kind"], given["language"], given["channel"]) == ("given", "en", "sms")
    (run,) = journey.rows(runs)
    assert given["wording"] == json.loads(str(run["state"]))["revision"]


def test_a_no_to_the_consent_question_is_in_the_ledger_too(journey):
    journey.say("hello", "1", "Joe", "skip", "no ta")
    assert [row["kind"] for row in journey.rows(consents) if row["scope"] == "contact"] == ["refused"]


def test_whatsapp_with_a_number_and_with_none_are_people_of_their_own(journey):
    for sender in (f"whatsapp:{SAM}", "whatsapp:GB.1502576394655843", SAM):
        assert "how was your experience" in journey.say("visit", sender=sender)[0]
    assert journey.count(contacts) == 3
    assert sorted(str(row["channel"]) for row in journey.rows(runs)) == ["sms", "whatsapp", "whatsapp"]


def test_two_people_do_not_get_in_each_others_way(journey):
    journey.say("visit")
    journey.say("visit", sender=ALEX)
    journey.say("1")
    journey.say("5", sender=ALEX)
    assert [row["value"] for row in journey.rows(answers)] == ["very_good", "very_poor"]
    assert len({row["contact_id"] for row in journey.rows(answers)}) == 2


# Consent.


@pytest.mark.parametrize("words", ["Stop", "please stop texting me", "wrong number", "UNSUBSCRIBE", "ＳＴＯＰ"])
def test_stop_in_the_middle_ends_everything_at_once_and_is_remembered(journey, words):
    journey.say("visit")
    journey.say(words)
    assert journey.rows(runs)[0]["status"] == "stopped"
    assert journey.say("1", "visit") == ["", ""]
    assert journey.count(answers) == 0
    (stop,) = [row for row in journey.rows(consents) if row["kind"] == "stop"]
    assert (stop["scope"], stop["channel"], stop["language"]) == ("all", "sms", "en")
    assert len(str(stop["wording"])) == 16


def test_a_bare_stop_on_sms_is_confirmed_by_twilio_and_any_other_once_by_us(journey):
    assert journey.say("STOP") == [""]
    assert journey.say("stop texting me please", sender=ALEX)[0].startswith("You will get no more texts")
    assert journey.say("stop texting me please", sender=ALEX) == [""]
    assert journey.say("stop", sender=f"whatsapp:{SAM}")[0].startswith("You will get no more texts")


def test_start_comes_back_and_a_bare_yes_does_too(journey):
    for word in ("START", "yes"):
        journey.say("please stop texting me")
        assert journey.say(word)[0].startswith("Welcome back")
        assert "how was your experience" in journey.say("visit")[0]
    kinds = [row["kind"] for row in journey.rows(consents)]
    assert kinds == ["stop", "start", "stop", "start"]


def test_help_says_who_we_are_and_how_to_stop_and_the_question_stays_open(journey):
    journey.say("visit")
    said = journey.say("help", sender=f"whatsapp:{ALEX}")[0]
    assert "This is Sayso" in said
    assert "STOP" in said
    journey.say("HELP", "1")
    assert [row["value"] for row in journey.rows(answers)] == ["very_good"]


def test_nothing_is_sent_to_a_contact_who_stopped_after_the_reminder_was_written(journey):
    journey.say("visit")
    journey.clock.pass_by(days=1, minutes=1)
    look_at_due_runs(journey.service)
    assert journey.count(messages, status="queued") == 1
    journey.say("please stop texting me")

    class Never:
        def send(self, *_: object, **__: object) -> None:
            raise AssertionError("sent to somebody who has stopped")

    journey.clock.pass_by(hours=1)
    Outbox(journey.service, {"twilio": Never()}, bulk=True).drain(lambda: False)
    assert journey.count(messages, status="cancelled") == 1


# Time.


def test_somebody_who_goes_quiet_is_asked_again_once_and_then_left_alone(journey):
    journey.say("visit")
    journey.clock.pass_by(hours=23)
    assert look_at_due_runs(journey.service) == 0
    journey.clock.pass_by(hours=1)
    assert look_at_due_runs(journey.service) == 1
    (reminder,) = [row for row in journey.rows(messages) if row["status"] == "queued"]
    assert "how was your experience" in str(reminder["body"])
    for _ in range(5):
        journey.clock.pass_by(days=1)
        look_at_due_runs(journey.service)
    assert journey.count(messages, status="queued") == 1
    journey.clock.pass_by(days=2)
    look_at_due_runs(journey.service)
    assert journey.rows(runs)[0]["status"] == "expired"


def test_an_answer_given_days_later_goes_on_from_where_it_stopped(journey):
    journey.say("visit")
    journey.clock.pass_by(days=6)
    assert journey.say("2")[0].startswith("Please tell us why")


def test_an_answer_after_the_end_is_no_answer_and_never_an_error(journey):
    journey.say("visit")
    journey.clock.pass_by(days=8)
    assert "text" in journey.say("2")[0].lower()
    assert journey.count(answers) == 0


def test_a_reminder_that_crosses_the_answer_is_not_sent(journey):
    journey.say("visit")
    journey.clock.pass_by(days=1, seconds=1)
    journey.say("1")
    look_at_due_runs(journey.service)
    assert journey.count(messages, status="queued") == 0


# Revisions.


def test_an_open_run_keeps_the_flow_it_began_with_however_the_file_is_edited(journey, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    flow = "title: T\nkeywords: [poll]\nlanguage: en\npurpose: x\nnodes:\n  q: {ask: Old?, answer: yes_no}\n"
    flow += "  w: {ask: Why?, answer: text}\n  end_word: {say: Old thanks., next: end}\n"
    (shelf / "poll.yaml").write_text(flow)
    one = restarted(journey, shelf)
    assert one.say("poll")[0].startswith("Old?")
    (shelf / "poll.yaml").write_text(flow.replace("Old", "New").replace("  w: {ask: Why?, answer: text}\n", ""))
    two = restarted(journey, shelf)
    assert two.say("yes", "because") == ["Why?", "Old thanks."]
    assert two.say("poll", sender=ALEX)[0].startswith("New?")
    assert [row["node"] for row in two.rows(answers)] == ["q", "w"]
    one.service.close()
    two.service.close()


def restarted(journey, shelf):
    """The same store under a new process."""

    service = build(Settings.read({**journey.environ, "FLOWS_DIR": str(shelf)}), now=journey.clock)
    app = create_app(service)
    journey.twilio.point_at(app)
    return type(journey)(service, app, journey.twilio, journey.clock, journey.environ)


def test_a_service_never_raises_an_alert_about_an_ordinary_day(journey):
    journey.say("visit", "1", "kind")
    assert journey.count(alerts) == 0
