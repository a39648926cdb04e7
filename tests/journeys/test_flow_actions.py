"""What flows bring about in the service besides answers, on both stores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.run import microseconds
from storage.tables import addresses, alerts, answer_labels, answers, contacts, members, messages, runs
from tests.journeys.reaching import CHAMPION, Town, address, shelf_in

FLOWS = {
    "call": """
title: A call
keywords: [callme]
nodes:
  why: {ask: "Why?", answer: text, label: urgent, notify: {coordinator: "Call back: {why}", champion: "Call: {why}"}}
  out: {say: "Noted.", leave: [carers], start: more}
""",
    "more": """
title: More
nodes:
  when: {ask: "When?", answer: text, run: inner}
  bye: {say: "Bye."}
""",
    "undo": """
title: Undo
keywords: [undo]
nodes:
  one: {ask: "One?", answer: text, set: {contact.wish: one}, join: [helpers], label: [first]}
  aside: {leave: [carers], set: {contact.old: today}}
  two: {ask: "Two?", answer: text}
  three: {ask: "Three?", answer: text}
""",
    "wanted": """
title: Wanted
keywords: [wanted]
nodes:
  who: {say: "We tell Cleo.", notify: champion}
""",
    "inner": """
title: Inner
nodes:
  sure: {ask: "Sure?", answer: yes_no}
""",
    "daily": """
title: Daily
keywords: [daily]
days: one question a day
nodes:
  one: {ask: "One?", answer: number}
  two: {ask: "Two?", answer: number}
""",
    "picture": """
title: Picture
keywords: [picture]
nodes:
  show: {ask: "Show us?", answer: media}
  where: {ask: "Where?", answer: location}
""",
}


@pytest.fixture
def town(store: str, tmp_path: Path) -> Iterator[Town]:
    town = Town(store, tmp_path / "data", FLOWS_DIR=shelf_in(tmp_path, FLOWS))
    yield town
    town.service.close()


def rows(town: Town, table: Any) -> list[Any]:
    with town.service.database.reading() as db:
        return list(db.execute(select(table).order_by(*table.primary_key)))


def test_a_flow_labels_tells_leaves_and_starts_another_in_one_reply(town: Town):
    town.group()
    town.member("07700 900200")
    assert town.text("07700 900200", "callme") == "Why?"
    assert town.text("07700 900200", "It hurts, ring me") == "Noted.\nWhen?"
    told = [(row.kind, row.detail) for row in rows(town, alerts)]
    assert {kind for kind, _ in told} == {"notice"}
    assert [row.label for row in rows(town, answer_labels)] == ["urgent"]
    assert ("notice", "call: Call back: {why}") in told
    assert not [detail for _, detail in told if "hurts" in detail]
    assert rows(town, members) == []
    town.work()
    assert town.heard("07700 900100")[-1] == "Call: It hurts, ring me"
    assert [(row.flow, row.status) for row in rows(town, runs)] == [("call", "completed"), ("more", "open")]


def test_back_undoes_what_was_set_joined_left_and_labelled_after_the_answer(town: Town):
    phone = "07700 900211"
    town.group()
    town.member(phone)
    for words in ("undo", "a bench", "more light"):
        town.text(phone, words)
    labelled = {(row.answer_id, row.label) for row in rows(town, answer_labels)}
    assert labelled == {(row.id, "first") for row in rows(town, answers)}  # also what was said after it
    assert [row.group_name for row in rows(town, members)] == ["helpers"]
    assert town.text(phone, "back") == "Two?"
    assert [row.group_name for row in rows(town, members)] == ["helpers"]
    assert town.text(phone, "go back") == "One?"
    assert [row.group_name for row in rows(town, members)] == ["carers"]
    known = {name for row in rows(town, contacts) for name in json.loads(row.attributes)}
    assert known.isdisjoint({"wish", "old"})
    assert rows(town, answer_labels) == []
    town.text(phone, "a tree")
    assert '"wish": "a tree"' in "".join(row.attributes for row in rows(town, contacts))


def test_somebody_whose_answers_carry_labels_is_forgotten_and_nobody_elses_label_goes(town: Town):
    for phone in ("07700 900214", "07700 900215"):
        town.text(phone, "callme")
        town.text(phone, "It hurts, ring me")
    left = rows(town, answers)[-1].id
    town.text("07700 900214", "forget me")
    assert "deleted" in town.text("07700 900214", "yes")
    assert [row.id for row in rows(town, answers)] == [left]
    assert [(row.answer_id, row.label) for row in rows(town, answer_labels)] == [(left, "urgent")]


def test_answers_inside_another_flow_are_counted_there_and_the_run_comes_back(town: Town):
    for words in ("callme", "x", "now"):
        said = town.text("07700 900201", words)
    assert said == "Sure?\nReply YES or NO."
    assert town.text("07700 900201", "yes") == "Bye."
    assert [(row.flow, row.node) for row in rows(town, answers)] == [
        ("call", "why"),
        ("more", "when"),
        ("inner", "sure"),
    ]
    assert {row.status for row in rows(town, runs)} == {"completed"}


def test_nobody_to_tell_means_the_coordinator_is_told(town: Town):
    town.text("07700 900202", "callme")
    town.text("07700 900202", "x")
    assert [row.detail for row in rows(town, alerts) if row.kind == "notice"] == [
        "call: Call back: {why}",
        "call: Call: {why}",
    ]


def test_a_champion_who_is_told_that_the_coordinator_knows_who_it_is_is_told_the_truth(town: Town):
    town.group()
    town.member("07700 900217")
    town.text("07700 900217", "wanted")
    town.work()
    assert "Your coordinator knows who." in town.heard(CHAMPION)[-1]
    assert [row.kind for row in rows(town, alerts)] == ["notice"]


def unreachable(town: Town) -> None:
    """The gateway has said that nobody can be reached at Cleo's number."""
    at = microseconds(town.time)
    with town.service.database.transaction() as db:
        db.execute(
            addresses.update()
            .where(addresses.c.hash == town.service.secrets.hash(address(CHAMPION)))
            .values(invalid_at=at)
        )


@pytest.mark.parametrize(
    "goes",
    [
        lambda town: town.text(CHAMPION, "STOP"),
        unreachable,
        lambda town: town.later(days=91),
        lambda town: (town.later(days=91), town.text(CHAMPION, "HELP")),
    ],
    ids=["stopped", "unreachable", "silent", "asked whether it is theirs"],
)
def test_a_champion_whom_no_text_would_reach_is_not_taken_for_told(town: Town, goes: Callable[[Town], object]):
    town.group()
    goes(town)
    for words in ("carers", "callme", "x"):
        town.text("07700 900218", words)
    assert [row.detail for row in rows(town, alerts) if row.kind == "notice"][-1] == "call: Call: {why}"
    assert [row.body for row in rows(town, messages) if row.kind == "notice"] == []


def test_the_next_days_question_comes_by_itself(town: Town):
    town.text("07700 900203", "daily")
    assert town.text("07700 900203", "1") == "Thank you. The next question comes tomorrow."
    town.work()
    assert town.heard("07700 900203") == []
    town.later(days=1)
    town.work()
    assert town.heard("07700 900203") == ["Two?"]
    assert town.text("07700 900203", "2") == "Thank you. That is all we wanted to ask."


def test_the_next_days_question_is_no_reminder_however_often_they_were_reminded(town: Town):
    for said in ("daily", "1"):
        town.text("07700 900203", said)
    state = {**json.loads(rows(town, runs)[0].state), "reminders": 3, "reminded_at": 2 * microseconds(town.time)}
    with town.service.database.transaction() as db:
        db.execute(runs.update().values(state=json.dumps(state)))
    town.later(days=1)
    town.work()
    assert town.heard("07700 900203") == ["Two?"]


@pytest.mark.parametrize("words", ["pause", "I want to kill myself"])
def test_the_next_days_question_waits_until_who_asked_for_a_pause_or_cried_for_help_writes_again(
    town: Town, words: str
):
    phone = "07700 900216"
    for said in ("daily", "1", words):
        town.text(phone, said)
    town.later(days=1, minutes=1)
    town.work()
    assert town.heard(phone) == []
    assert town.text(phone, "hello again").endswith("Two?")


def test_back_takes_an_answer_back_and_pause_keeps_the_place(town: Town):
    town.text("07700 900204", "daily")
    town.text("07700 900204", "1")
    assert town.text("07700 900204", "back") == "One?"
    assert town.text("07700 900204", "pause").startswith("That is fine, we will wait.")
    town.later(days=1)
    assert town.text("07700 900204", "5").endswith("Two?")
    state = json.loads(rows(town, runs)[0].state)
    assert state["answers"] == {"one": 5}


def test_a_picture_and_a_place_are_taken_and_the_place_is_kept_coarsened_only(town: Town):
    phone = "07700 900205"
    town.text(phone, "picture", "whatsapp")
    assert town.text(phone, "", "whatsapp", kinds=("photo",)) == "Where?"
    town.text(phone, "", "whatsapp", location=(51.52771, 0.03489))
    assert [row.value for row in rows(town, answers)] == ["photo", "51.53,0.03"]
    assert "52771" not in str([list(row) for table in (answers, runs) for row in rows(town, table)])
