from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.conversations.reminders import look_at_due_runs
from bot.conversations.turn import take_turn
from storage import messages
from storage.community import contacts
from storage.team import audit
from tests.workers.surroundings import inbound, say

NUMBER = "sms:+447700900001"


@pytest.fixture
def thread(service, bob) -> str:
    """Somebody has begun a conversation, and Bob has said why he looks at it."""
    say(service, "visit", "it was <b>awful</b>")
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash(NUMBER))
    path = f"/console/conversations/{contact_id}"
    bob.post(f"{path}/look", page=path, reason="quality")
    return path


def bodies(service, *statuses: str) -> list[str]:
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash(NUMBER))
        rows = messages.conversation(db, contact_id)
    return [row.body for row in rows if row.direction == "out" and row.status in statuses]


def test_a_conversation_opens_only_with_a_reason_that_the_audit_trail_keeps(service, bob):
    say(service, "visit", "my secret words")
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash(NUMBER))
    path = f"/console/conversations/{contact_id}"
    assert path in bob.get("/console/conversations").text
    assert "my secret words" not in bob.get("/console/conversations").text + bob.get(path).text
    assert bob.post(f"{path}/look", page=path, reason="because").status_code == 400
    bob.post(f"{path}/look", page=path, reason="asked")
    assert "my secret words" in bob.get(path).text
    with service.database.reading() as db:
        entry = audit.page(db, None, 1)[0]
    assert (entry.action, entry.reason) == ("looked at a conversation", "They asked to be contacted")


def test_a_reason_lasts_half_an_hour(service, bob, thread, clock):
    assert "awful" in bob.get(thread).text
    clock.later(minutes=29)
    bob.get("/console/")
    clock.later(minutes=2)
    assert "awful" not in bob.get(thread).text


def test_what_a_resident_writes_is_never_markup(bob, thread):
    page = bob.get(thread).text
    assert "&lt;b&gt;awful&lt;/b&gt;" in page
    assert "<b>awful" not in page


def test_nothing_can_be_done_to_a_conversation_without_a_reason(service, alice, thread):
    for action in ("take-over", "reply", "hand-back"):
        assert alice.post(f"{thread}/{action}", page=thread, text="hello").status_code == 403


def test_a_person_takes_over_and_the_flow_waits(service, bob, thread):
    bob.post(f"{thread}/take-over", page=thread)
    assert say(service, "1", "anybody there?") == ["", ""]
    bob.post(f"{thread}/reply", page=thread, text="Hello, this is Bob. How can I help?")
    assert bodies(service, "queued") == ["Hello, this is Bob. How can I help?"]
    bob.post(f"{thread}/hand-back", page=thread)
    assert "Overall, how was your experience" in bodies(service, "queued")[-1]
    assert "tell us why" in say(service, "1")[0]


def test_a_conversation_a_person_holds_is_neither_reminded_nor_ended(service, bob, thread, clock):
    bob.post(f"{thread}/take-over", page=thread)
    clock.later(days=8)
    look_at_due_runs(service)
    assert bodies(service, "queued") == []
    clock.later(hours=2)
    assert look_at_due_runs(service) == 1


def test_stop_is_heard_also_while_a_person_answers(service, bob, thread):
    bob.post(f"{thread}/take-over", page=thread)
    assert "no more texts" in say(service, "STOP")[0]
    bob.post(f"{thread}/reply", page="/console/account", text="Please come back")
    assert bodies(service, "queued") == []


@pytest.mark.parametrize("text", ["", "   ", "x" * 481])
def test_a_reply_that_is_empty_or_too_long_is_not_sent(service, bob, thread, text):
    bob.post(f"{thread}/take-over", page=thread)
    bob.post(f"{thread}/reply", page=thread, text=text)
    assert bodies(service, "queued") == []


def test_an_alert_waits_on_the_first_page_until_somebody_settles_it(service, bob):
    say(service, "visit")
    first = inbound(service, "1")

    take_turn(service, first)
    take_turn(service, replace(first, body="2"))
    page = bob.get("/console/").text
    assert "A text came twice under one id" in page

    path = re.search(r"/console/alerts/\d+/settle", page)[0]
    bob.post(path, page="/console/")
    assert "A text came twice" not in bob.get("/console/").text
    bob.post(path.replace("settle", "reopen"), page="/console/")
    assert "A text came twice" in bob.get("/console/").text
    assert bob.post("/console/alerts/1/settle", page="/console/").status_code == 404


def test_who_cries_for_help_again_before_it_is_settled_is_told_on_the_same_line_and_not_settled_unseen(
    service, bob, clock
):
    say(service, "my husband hits me")
    seen = bob.get("/console/").text
    path, times = re.search(r'(/console/alerts/\d+/settle).*?name="times" value="(\d+)"', seen, re.DOTALL).groups()
    clock.later(minutes=20)
    say(service, "my husband hits me")
    clock.later(minutes=3)
    assert "They have texted again meanwhile" in bob.get(bob.post(path, page="/console/", times=times).location).text
    page = bob.get("/console/").text
    assert "2 such texts, the last 3 minutes ago" in page
    assert page.count("/settle") == 1
    bob.post(path, page="/console/", times="2")
    assert "/settle" not in bob.get("/console/").text


def test_nobody_is_answered_by_two_people_nor_by_somebody_and_a_flow(service, alice, bob, thread):
    alice.post(f"{thread}/look", page=thread, reason="asked")
    bob.post(f"{thread}/take-over", page=thread)
    assert 'hx-trigger="every 10s"' in bob.get(thread).text
    alice.post(f"{thread}/take-over", page=thread)
    answer = bob.post(f"{thread}/reply", page=thread, text="Hello, this is Bob.")
    assert answer.status_code == 400
    assert "Somebody else on the team is answering." in answer.text
    assert "<bdi>Hello, this is Bob.</bdi>" in answer.text
    bob.post(f"{thread}/hand-back", page=thread)
    assert say(service, "1") == [""]
    alice.post(f"{thread}/hand-back", page=thread)
    assert "Overall, how was your experience" in bodies(service, "queued")[-1]
    assert "press “Answer yourself” first" in alice.post(f"{thread}/reply", page=thread, text="Hello again").text
    assert bodies(service, "queued")[:-1] == []


def test_a_second_click_sends_no_second_reply(service, bob, thread):
    bob.post(f"{thread}/take-over", page=thread)
    for _ in range(2):
        last = bob.post(f"{thread}/reply", page=thread, text="Hello, this is Bob.", act="send", once="the same page")
    assert bodies(service, "queued") == ["Hello, this is Bob."]
    assert "a second click sends nothing" in last.text


def test_a_reply_is_counted_before_it_is_sent_also_without_script(service, bob, thread):
    bob.post(f"{thread}/take-over", page=thread)
    page = bob.post(f"{thread}/reply", page=thread, text="x" * 161, act="count").text
    assert "2 SMS, about £" in page
    assert "x" * 161 in page
    assert bodies(service, "queued") == []


def test_a_reply_that_was_not_sent_stays_in_its_box(bob, thread):
    bob.post(f"{thread}/take-over", page=thread)
    answer = bob.post(f"{thread}/reply", page=thread, text="y" * 481, act="send")
    assert answer.status_code == 400
    assert "y" * 481 in answer.text
