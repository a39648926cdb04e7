from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import cli
from bot.channels import Inbound
from bot.conversation import take_turn
from bot.service import Service
from storage import tallies
from storage.ids import new_id
from tests.bot.test_phone import service_in

SECRET_WORDS = "=SUM(A1) they cut my leg, ring 07700 900 999"


@pytest.fixture
def service(tmp_path, monkeypatch) -> Iterator[Service]:
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path / "data"))
    made = service_in(tmp_path / "data")
    yield made
    made.close()


def talk(service: Service, phone: int, *texts: str, channel: str = "sms") -> None:
    for text in texts:
        take_turn(
            service,
            Inbound(
                f"t{new_id()}",
                f"{channel}:+4477009{phone:05d}",
                channel,
                "simulator",
                text,
                None,
                0,
                None,
                service.now(),
            ),
        )


@pytest.fixture
def told(service) -> Service:
    """Five people: two answer all, one by WhatsApp; one skips the reason, one is unclear, one never answers."""
    talk(service, 1, "visit", "1", SECRET_WORDS)
    talk(service, 2, "visit", "4", "long wait", channel="whatsapp")
    talk(service, 3, "visit", "1", "skip")
    talk(service, 4, "visit", "qwerty", "asdfgh", "zxcvbn")
    talk(service, 5, "visit")
    while tallies.fold(service.database, 1000):
        pass
    return service


def export(capsys, *arguments: str) -> str:
    assert cli.main(["export", *arguments]) == 0
    return str(capsys.readouterr().out)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_counts_and_shares_by_question_and_choice(told, capsys):
    rows = [row for row in table(export(capsys, "visit")) if row["channel"] == row["language"] == "all"]
    rating = {row["choice"]: row for row in rows if row["question"] == "rating"}
    assert list(rating) == ["very_good", "good", "neither", "poor", "very_poor", "dont_know"]
    assert [row["count"] for row in rating.values()] == ["2", "0", "0", "1", "0", "0"]
    assert rating["very_good"]["share"] == "0.6667"
    left = ("asked", "answered", "skipped", "unclear", "waiting")
    assert [rating["good"][name] for name in left] == ["5", "3", "0", "1", "1"]
    (reason,) = [row for row in rows if row["question"] == "reason"]
    assert [reason[name] for name in left] == ["4", "2", "1", "0", "1"]


def test_channels_and_languages_have_totals_of_their_own(told, capsys):
    rows = table(export(capsys, "visit"))
    whatsapp = [row for row in rows if row["channel"] == "whatsapp" and row["choice"] == "poor"]
    assert [(row["count"], row["share"], row["asked"]) for row in whatsapp] == [("1", "1.0", "1")]
    totals = {(row["channel"], row["language"]): row["asked"] for row in rows if row["question"] == "all"}
    assert totals == {("all", "all"): "9", ("sms", "all"): "7", ("whatsapp", "all"): "2", ("all", "en"): "9"}


def test_the_same_as_json(told, capsys):
    document = json.loads(export(capsys, "visit", "--format", "json"))
    rating, reason = document["questions"]
    assert rating["text"] == "Overall, how was your experience of our service?"
    assert rating["choices"][0] == {"choice": "very_good", "label": "Very good", "count": 2, "share": 0.6667}
    assert rating["by_channel"]["whatsapp"]["answered"] == 1
    assert (reason["asked"], reason["skipped"]) == (4, 1)
    assert document["totals"]["by_language"]["en"]["asked"] == 9


def test_no_words_are_in_the_counts(told, capsys):
    assert "leg" not in export(capsys, "visit") + export(capsys, "visit", "--format", "json")


def test_one_line_a_run_with_made_up_ids_and_nobodys_number(told, capsys):
    text = export(capsys, "visit", "--rows")
    rows = table(text)
    assert len(rows) == 5
    assert len({row["run"] for row in rows}) == 5
    assert [row["status"] for row in rows].count("completed") == 3
    assert (rows[0]["rating"], rows[0]["reason"]) == ("very_good", "'=SUM(A1) they cut my leg, ring [number removed]")
    assert rows[2]["reason"] == "(skipped)"
    assert rows[3]["rating"] == "(unclear)"
    assert rows[4]["rating"] == ""
    assert "77009" not in text
    assert "900 999" not in text


def test_one_run_a_line_as_json(told, capsys):
    rows = json.loads(export(capsys, "visit", "--rows", "--format", "json"))
    assert rows[1]["channel"] == "whatsapp"
    assert rows[1]["answers"]["rating"] == {"outcome": "answered", "value": "poor"}
    assert rows[4]["answers"] == {}


def test_made_up_ids_stay_the_same_from_one_export_to_the_next(told, capsys):
    assert export(capsys, "visit", "--rows") == export(capsys, "visit", "--rows")


def test_personal_answers_are_left_out(service, capsys):
    talk(service, 6, "hello", "1", "Ada", "E17", "yes")
    text = export(capsys, "hello", "--rows")
    assert len(table(text)) == 1
    assert "Ada" not in text
    assert "E17" not in text


def test_a_flow_nobody_has_used_is_all_noughts(service, capsys):
    rows = table(export(capsys, "matters"))
    assert rows
    assert {row["count"] for row in rows} == {"0"}
    assert json.loads(export(capsys, "matters", "--rows", "--format", "json")) == []


def test_a_file_is_written_whole(told, tmp_path, capsys):
    path = tmp_path / "visit.csv"
    assert export(capsys, "visit", "--out", str(path)) == ""
    assert path.read_bytes() == export(capsys, "visit").encode()


def test_an_unknown_flow_is_a_sentence_with_the_near_one(service, capsys):
    assert cli.main(["export", "vist"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("There is no flow `vist`. Did you mean `visit`? There is access, ")
    assert said.out == ""


def test_a_file_that_cannot_be_written_is_a_sentence(told, capsys):
    assert cli.main(["export", "visit", "--out", "/nowhere/at/all.csv"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_answers_that_are_not_counted_yet_are_told(service, capsys):
    talk(service, 1, "visit", "1")
    assert cli.main(["export", "visit"]) == 0
    assert "not counted yet" in capsys.readouterr().err


def test_a_flow_taken_off_the_shelf_can_still_be_exported(told, capsys, monkeypatch, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    library = Path(cli.__file__).parents[1] / "flows" / "library"
    (shelf / "matters.yaml").write_bytes((library / "matters.yaml").read_bytes())
    monkeypatch.setenv("FLOWS_DIR", str(shelf))
    rows = table(export(capsys, "visit"))
    assert [row["count"] for row in rows if row["choice"] == "very_good" and row["channel"] == "all"] == ["2", "2"]
