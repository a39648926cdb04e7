from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from bot import cli
from storage.community import groups
from tests.bot.exports.conftest import count_all, talk

EXACT = ("--level", "restricted", "--layout", "tables", "--for", "Ann Lee", "--purpose", "board paper")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def whole(text: str, question: str) -> dict[str, dict[str, str]]:
    return {row["choice"]: row for row in table(text) if row["question"] == question and row["by"] == "all"}


def test_a_shared_table_hides_small_counts_and_rounds_the_rest(many, export):
    rating = whole(export("visit"), "rating")
    assert [rating[key]["count"] for key in ("very_good", "good", "poor", "neither")] == ["20", "10", "*", "0"]
    assert (rating["good"]["started"], rating["good"]["asked"]) == ("40", "40")
    assert rating["poor"]["share"] == ""
    assert "too few people" in rating["poor"]["note"]


def test_one_group_alone_has_a_table_too(many, export):
    with many.database.transaction() as db:
        groups.add(db, "carers", "Carers", "carers", 1)
    for phone in range(50, 62):
        talk(many, phone, "carers", "visit", "1", "skip")
    count_all(many)
    rating = whole(export("visit", "--group", "carers"), "rating")
    assert (rating["very_good"]["count"], rating["very_good"]["answered"]) == ("10", "10")
    assert rating["very_good"]["share"] == "1.0"


def test_of_fewer_than_eight_people_nothing_is_shared_and_the_way_to_the_counts_is_told(few, capsys):
    assert cli.main(["export", "visit"]) == 0
    said = capsys.readouterr()
    assert {row["count"] for row in table(said.out)} == {"*"}
    assert "Fewer than 8 people" in said.err
    assert "--level restricted --layout tables" in said.err


def test_exact_counts_are_for_a_named_person_with_a_reason(few, export):
    assert "--for NAME" in export("visit", *EXACT[:4], code=1)
    rating = whole(export("visit", *EXACT), "rating")
    assert list(rating) == ["very_good", "good", "neither", "poor", "very_poor", "dont_know"]
    assert [row["count"] for row in rating.values()] == ["2", "0", "0", "1", "0", "0"]
    assert rating["very_good"]["share"] == "0.6667"
    left = ("started", "asked", "answered", "skipped", "unclear", "waiting", "not_reached")
    assert [rating["good"][name] for name in left] == ["5", "5", "3", "0", "1", "1", "0"]
    reason = whole(export("visit", *EXACT), "reason")[""]
    assert [reason[name] for name in left] == ["5", "4", "2", "1", "0", "1", "1"]


def test_channels_and_languages_stand_beside_the_whole(few, export):
    rows = [row for row in table(export("visit", *EXACT)) if row["choice"] == "poor"]
    assert {(row["by"], row["part"]): row["count"] for row in rows} == {
        ("all", "all"): "1", ("channel", "sms"): "0", ("channel", "whatsapp"): "1", ("language", "en"): "1",
    }  # fmt: skip


def test_any_other_breakdown_is_named_when_it_is_not_there(few, export):
    assert "There is no breakdown `moon`" in export("visit", *EXACT, "--by", "moon", code=1)
    assert {row["by"] for row in table(export("visit", *EXACT, "--by", "day"))} == {"all", "day"}


def test_a_narrowed_shared_table_has_no_breakdown_besides(many, export):
    assert {row["by"] for row in table(export("visit", "--channel", "sms"))} == {"all"}


@pytest.mark.parametrize(
    "narrowed",
    [
        ("--channel", "sms", "--only-language", "en"),
        ("--only-language", "en", "--by", "day"),
        ("--channel", "sms", "--by", "day"),
    ],
)
def test_a_shared_table_has_two_dimensions_at_most(few, export, narrowed):
    assert "takes one of --channel, --only-language and --group" in export("visit", *narrowed, code=1)
    export("visit", *EXACT, *narrowed)


@pytest.mark.parametrize(("asked", "given"), [((), "cy"), (("--language", "en"), "en")])
def test_labels_are_in_the_language_asked_for_or_the_services(few, export, monkeypatch, asked, given):
    monkeypatch.setenv("SAYSO_LANGUAGE", "cy")
    assert json.loads(export("visit", "--format", "json", *asked))["language"] == given


def test_a_table_that_would_uncover_a_few_is_refused_and_the_earlier_one_named(many, export):
    before = export("visit")
    talk(many, 70, "visit", "4", "skip")
    count_all(many)
    told = export("visit", code=1)
    assert "fewer than 8 people stand between it and the table made on" in told
    assert before
    for phone in range(71, 80):
        talk(many, phone, "visit", "1", "skip")
    count_all(many)
    assert whole(export("visit"), "rating")["very_good"]["count"] == "30"


def test_the_same_table_may_be_exported_again(many, export):
    assert export("visit") == export("visit")


def test_no_words_are_in_the_tables(many, export):
    assert "kind" not in export("visit") + export("visit", "--format", "json") + export("visit", *EXACT)


def test_json_says_how_it_was_made_and_what_is_hidden(many, export):
    document = json.loads(export("visit", "--format", "json"))
    assert (document["flow"], document["level"]) == ("visit", "shared")
    assert document["rows"][0]["count"] == 20
    assert "hidden" in document["notes"][0]


def test_a_flow_nobody_has_used_is_all_noughts(service, export):
    rows = table(export("matters"))
    assert rows
    assert {row["count"] for row in rows} == {"0"}


def test_a_file_is_written_whole(many, tmp_path: Path, export):
    path = tmp_path / "visit.csv"
    assert export("visit", "--out", str(path)) == ""
    assert path.read_bytes() == export("visit").encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name != "data"] == ["visit.csv"]


def test_excel_gets_the_mark_it_needs(many, tmp_path: Path, export):
    path = tmp_path / "visit.csv"
    export("visit", "--bom", "--out", str(path))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfquestion,")


def test_an_unknown_flow_is_a_sentence_with_the_near_one(service, export):
    assert export("vist", code=1).startswith("There is no flow `vist`. Did you mean `visit`?")


def test_a_file_that_cannot_be_written_is_a_sentence(many, export):
    assert "cannot be written" in export("visit", "--out", "/nowhere/at/all.csv", code=1)


def test_answers_that_are_not_counted_yet_are_told(service, capsys):
    talk(service, 1, "visit", "1")
    assert cli.main(["export", "visit"]) == 0
    assert "not counted yet" in capsys.readouterr().err


def test_a_flow_taken_off_the_shelf_can_still_be_exported(few, export, monkeypatch, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    library = Path(cli.__file__).parents[1] / "flows" / "library"
    (shelf / "matters.yaml").write_bytes((library / "matters.yaml").read_bytes())
    monkeypatch.setenv("FLOWS_DIR", str(shelf))
    assert whole(export("visit", *EXACT), "rating")["very_good"]["count"] == "2"


def test_a_span_that_ends_before_it_begins_and_a_language_nobody_knows_are_sentences(many, export, capsys):
    assert "No day is in it" in export("visit", "--since", "2026-12-01", "--until", "2026-11-01", code=1)
    with pytest.raises(SystemExit):
        export("visit", "--language", "klingon")
    assert "klingon" in capsys.readouterr().err


def test_labels_that_nobody_has_translated_are_told(many, monkeypatch, tmp_path, capsys):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    library = Path(cli.__file__).parents[1] / "flows" / "library"
    (shelf / "own.yaml").write_text((library / "visit.yaml").read_text("utf-8").replace("[visit", "[own"), "utf-8")
    monkeypatch.setenv("FLOWS_DIR", str(shelf))
    assert cli.main(["export", "own", "--language", "pl"]) == 0
    assert "not wholly translated into pl" in capsys.readouterr().err


def test_a_group_that_nobody_knows_is_a_sentence_and_no_file_of_noughts(many, export):
    with many.database.transaction() as db:
        groups.add(db, "carers", "Carers", "carers", 1)
    assert "There is no group `carer`. There is carers." in export("visit", "--group", "carer", code=1)
    assert {row["count"] for row in table(export("visit", "--group", "carers"))} == {"0"}
