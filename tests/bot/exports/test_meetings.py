from __future__ import annotations

from storage.community import championing, groups
from storage.ids import new_id
from tests.bot.exports.test_tables import EXACT, table


def meeting(service, group: str, **counts: int) -> None:
    with service.database.transaction() as db:
        groups.add(db, group, group.title(), group, 1)
        championing.note_meeting(db, new_id(), "visit", group, counts, 1, since=2, now=1)


def met(text: str) -> dict[str, str]:
    return {row["choice"]: row["count"] for row in table(text) if row["question"] == "at meetings"}


def test_what_was_counted_at_meetings_stands_apart_from_the_answers(many, export):
    meeting(many, "carers", very_good=21, poor=3)
    exact = table(export("visit", *EXACT))
    assert {row["choice"]: row["count"] for row in exact if row["question"] == "at meetings"}["very_good"] == "21"
    assert {row["choice"]: row["count"] for row in exact if row["question"] == "rating"}["very_good"] == "20"
    shared = met(export("visit"))
    assert (shared["very_good"], shared["poor"], shared["good"]) == ("20", "*", "0")


def test_a_word_of_the_champions_own_is_told_to_a_named_person_only(many, export):
    meeting(many, "carers", very_good=21, **{"mrs jones was cross": 9})
    assert met(export("visit", *EXACT))["mrs jones was cross"] == "9"
    assert "jones" not in export("visit")
    assert met(export("visit"))["other"] == "10"


def test_a_few_more_at_a_second_meeting_hold_up_no_file_and_are_told_later(many, export):
    meeting(many, "carers", very_good=21)
    export("visit")
    meeting(many, "youth", very_good=3)
    assert met(export("visit"))["very_good"] == "20"
    assert met(export("visit", *EXACT))["very_good"] == "24"
    meeting(many, "parents", very_good=9)
    assert met(export("visit"))["very_good"] == "35"


def test_of_one_group_or_of_everybody_but_not_by_day_which_nobody_counted(many, export):
    meeting(many, "carers", very_good=21)
    meeting(many, "youth", very_good=9)
    assert met(export("visit", *EXACT, "--group", "youth"))["very_good"] == "9"
    assert met(export("visit", *EXACT, "--since", "2020-01-01")) == {}
