"""A flow that is switched off begins in no way; on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.broadcasts import planning
from bot.broadcasts.composing import BroadcastsError, Wish, compose
from bot.broadcasts.draft import Draft, Kind
from bot.broadcasts.schedule import Repeat
from flows.run import microseconds
from storage.conversations import shelf_changes
from storage.sending.audience import Audience
from storage.tables import recipients, runs
from tests.journeys.reaching import CHAMPION, Town, code_in, shelf_in
from tests.journeys.test_sharing import rows

ANN = "07700 900123"
FLOWS = {
    "visit": """
title: A visit
keywords: [visit]
nodes:
  why: {ask: "How was it?", answer: text}
""",
    "more": """
title: More
keywords: [more]
nodes:
  what: {ask: "What is it about?", answer: text}
  on: {say: "Noted.", start: visit}
""",
}


@pytest.fixture
def town(store: str, tmp_path: Path) -> Iterator[Town]:
    town = Town(store, tmp_path / "data", FLOWS_DIR=shelf_in(tmp_path, FLOWS), SAYSO_MISSED_CALL="visit")
    town.group()
    town.member(ANN)
    yield town
    town.service.close()


def switch(town: Town, *, off: bool) -> None:
    with town.service.database.transaction() as db:
        shelf_changes.switch(db, "visit", off=off, now=microseconds(town.time))
    town.later(seconds=3)


def plan(town: Town, repeat: Repeat = Repeat.NEVER) -> None:
    shelf = town.service.shelf
    draft = Draft(Kind.SURVEY, Audience(("carers",)), "visit", shelf.current("visit", "en")[0], repeat=repeat)
    with town.service.database.transaction() as db:
        planning.confirm(town.service, db, draft)


def begun(town: Town) -> list[str]:
    return [run["flow"] for run in rows(town, runs)]


def test_it_begins_by_no_call_and_no_other_flow(town: Town):
    switch(town, off=True)
    assert town.text(ANN, "", missed_call=True) == ""
    town.text(ANN, "more")
    assert town.text(ANN, "buses") == "Noted."
    assert begun(town) == ["more"]


def test_a_missed_call_still_asks_what_waits_in_a_conversation_begun_before(town: Town):
    town.text(ANN, "visit")
    switch(town, off=True)
    assert town.text(ANN, "", missed_call=True) == "How was it?"


def test_a_champion_can_not_send_it_nor_what_they_had_been_shown_of_it(town: Town):
    code = code_in(town.text(CHAMPION, "SEND visit TO carers"))
    switch(town, off=True)
    assert town.text(CHAMPION, code) == "Nothing waits for a code."
    assert town.text(CHAMPION, "SEND visit TO carers") == "There is no visit. You can send: more."
    assert begun(town) == []


def test_a_coordinator_can_not_send_it_and_reminds_of_it_still(town: Town):
    switch(town, off=True)
    town.text(ANN, "hello")  # the web looks at the shelf
    with pytest.raises(BroadcastsError, match="switched off"):
        compose(town.service, Wish(flow="visit", to=("carers",)))
    assert compose(town.service, Wish(flow="visit", to=("carers",), remind=True)).kind is Kind.REMINDER


def test_what_waits_for_the_morning_does_not_leave_where_it_is_switched_off_overnight(town: Town):
    town.later(hours=9)
    plan(town)
    town.work()
    switch(town, off=True)
    town.later(hours=12)
    town.work()
    assert town.heard(ANN) == begun(town) == []
    (left_out,) = rows(town, recipients)
    assert (left_out["state"], left_out["reason"], left_out["counts"]) == ("left_out", "called_off", 0)


def test_what_was_planned_does_not_leave_and_what_repeats_comes_again_once_it_is_on(town: Town):
    plan(town)
    plan(town, Repeat.WEEKLY)
    switch(town, off=True)
    town.work()
    town.work()
    assert begun(town) == []
    assert town.heard(ANN) == []
    switch(town, off=False)
    town.later(days=7)
    town.work()
    assert begun(town) == ["visit"]
    assert len(town.heard(ANN)) == 1
