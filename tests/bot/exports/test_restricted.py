from __future__ import annotations

import csv
import io
import json

from storage.team import audit
from tests.bot.exports.conftest import talk

WHO = ("--level", "restricted", "--for", "Ann Lee", "--purpose", "board paper")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_one_line_a_run_with_made_up_ids_and_nobodys_number(few, export):
    text = export("visit", *WHO)
    rows = table(text)
    assert len({row["run"] for row in rows}) == len(rows) == 5
    assert [row["status"] for row in rows].count("completed") == 3
    assert [row["rating"] for row in rows] == ["very_good", "poor", "very_good", "", ""]
    assert [row["rating_outcome"] for row in rows] == ["answered", "answered", "answered", "unclear", ""]
    assert "77009" not in text
    assert "kind" not in text


def test_rows_is_short_for_it(few, export):
    assert [row["rating"] for row in table(export("visit", "--rows"))] == ["very_good", "poor", "very_good", "", ""]


def test_no_two_exports_can_be_joined(few, export):
    first, second = table(export("visit", *WHO)), table(export("visit", *WHO))
    assert {row["person"] for row in first} & {row["person"] for row in second} == set()
    assert [row["rating"] for row in first] == [row["rating"] for row in second]


def test_the_same_person_has_the_same_id_within_a_file(few, export):
    talk(few, 1, "visit", "2", "skip")
    rows = table(export("visit", *WHO))
    assert rows[0]["person"] == rows[-1]["person"]
    assert rows[0]["run"] != rows[-1]["run"]


def test_free_text_is_there_on_request_and_masked(few, export):
    rows = table(export("visit", *WHO, "--free-text", "all"))
    assert rows[0]["reason"] == "'=SUM(A1) they were kind. Ring [phone number removed] or [e-mail removed]"
    assert rows[2]["reason_outcome"] == "skipped"


def test_free_text_that_nobody_has_read_stays_out_of_what_is_reviewed(few, export):
    assert table(export("visit", *WHO, "--free-text", "reviewed"))[0]["reason"].startswith(
        "(in their own words, not rev"
    )


def test_one_line_an_answer(few, export):
    rows = table(export("visit", *WHO, "--layout", "long"))
    assert len(rows) == 7
    assert [(row["question"], row["outcome"], row["label"]) for row in rows[:2]] == [
        ("rating", "answered", "Very good"),
        ("reason", "answered", ""),
    ]
    assert len({row["row"] for row in rows}) == 7


def test_labels_in_place_of_keys(few, export):
    assert table(export("visit", *WHO, "--labels"))[0]["rating"] == "Very good"


def test_personal_answers_are_left_out(service, export):
    talk(service, 6, "hello", "1", "Ada", "E17", "yes")
    for layout in ("wide", "long"):
        text = export("hello", *WHO, "--layout", layout, "--free-text", "all")
        assert len(table(text)) >= 1
        assert "Ada" not in text
        assert "E17" not in text


def test_one_run_a_line_as_json(few, export):
    document = json.loads(export("visit", *WHO, "--format", "json"))
    assert document["rows"][1]["channel"] == "whatsapp"
    assert document["rows"][1]["rating"] == "poor"
    assert {column["name"]: column for column in document["columns"]}["rating"]["labels"]["poor"] == "Poor"


def test_single_people_are_never_shared(few, export):
    assert "never shared" in export("visit", "--layout", "wide", "--level", "shared", code=1)


def test_who_got_it_and_why_is_in_the_audit_trail(few, export):
    export("visit", *WHO)
    with few.database.reading() as db:
        (entry,) = audit.page(db, None, 10)
    assert (entry.action, entry.target, entry.reason) == ("exported: wide for Ann Lee", "flow:visit", "board paper")
