from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_counts import summarise
from bot.export_files import TRIGGERS, ExportFileError, csv_lines, guarded, write_out
from bot.export_rows import without_numbers
from flows.loader import load_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@given(st.sampled_from(["", " ", "\n", "  "]), st.sampled_from(list(TRIGGERS)), TEXTS)
def test_no_cell_can_be_taken_for_a_formula(before, trigger, text):
    (header, line) = csv_lines(["name"], [[before + trigger + text]])
    ((cell,),) = csv.reader(io.StringIO(line, newline=""))
    assert cell.startswith("'")
    assert header == "name\r\n"


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_as_it_was_but_for_the_guard(rows):
    text = "".join(csv_lines(["a", "b"], rows))
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert back[1:] == [[guarded(cell) for cell in row] for row in rows]


def test_our_own_numbers_stay_numbers_and_nothing_is_an_empty_cell():
    assert "".join(csv_lines(["n", "share", "none"], [[-3, 0.25, None]])) == "n,share,none\r\n-3,0.25,\r\n"


def test_a_file_appears_whole_with_the_rights_of_its_owner_only(tmp_path):
    path = tmp_path / "visit.csv"
    write_out(str(path), ["é\r\n", "second\r\n"])
    assert path.read_bytes() == "é\r\nsecond\r\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["visit.csv"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "visit.csv"
    path.write_text("old")

    def pieces():
        yield "new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_out(str(path), pieces())
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["visit.csv"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(ExportFileError, match="cannot be written"):
        write_out(str(tmp_path / "no" / "such" / "folder.csv"), ["x"])


def test_lone_surrogates_do_not_stop_an_export(tmp_path):
    write_out(str(tmp_path / "x.csv"), ["a\ud800b"])
    assert (tmp_path / "x.csv").read_bytes() == b"a?b"


@pytest.mark.parametrize(
    "text",
    [
        "call me on 07700 900123", "+447700900123", "+44 (0) 7700 900 123", "ring 0044-7700-900-123 please",
        "my number is 07700.900.123.", "(07700) 900123", "tel:07700900123x",
    ],
)  # fmt: skip
def test_a_number_somebody_wrote_into_an_answer_is_taken_out(text):
    assert "900" not in without_numbers(text)
    assert "[number removed]" in without_numbers(text)


@pytest.mark.parametrize("text", ["waited 45 minutes", "in 2026", "from 9 to 5", "room 12-14", "1 2 3"])
def test_other_figures_stay(text):
    assert without_numbers(text) == text


class Row:
    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


def counted(node: str, outcome: str, value: str, count: int, channel: str = "sms") -> Row:
    return Row(node=node, outcome=outcome, value=value, count=count, channel=channel, language="en")


FLOW = load_text(
    """
title: T
keywords: [t]
language: en
purpose: tests
nodes:
  rating:
    ask: "How was it?"
    choices: {good: Good, fair: Fair, poor: Poor}
  why:
    ask: "Why?"
    answer: text
    optional: true
  score:
    ask: "How much?"
    answer: scale
    from: 1
    to: 3
    next: end
""",
    "t.yaml",
)


def test_choices_nobody_gave_are_listed_and_shares_are_of_those_who_answered():
    summary = summarise(
        "t",
        FLOW,
        [
            counted("rating", "answered", "good", 3),
            counted("rating", "answered", "poor", 1, "whatsapp"),
            counted("rating", "unclear", "", 1),
            counted("why", "skipped", "", 2),
        ],
        [Row(waiting_node="rating", channel="sms", language="en", count=5)],
    )
    rating, why, score = summary.questions
    assert [choice for choice, _ in rating.choices()] == ["good", "fair", "poor"]
    whole = rating.counts.whole
    assert (whole.asked, whole.answered, whole.skipped, whole.unclear, whole.waiting) == (10, 4, 0, 1, 5)
    assert [whole.share(choice) for choice in ("good", "fair", "poor")] == [0.75, 0.0, 0.25]
    assert rating.counts.by_channel["whatsapp"].share("poor") == 1.0
    assert why.counts.whole.skipped == 2
    assert why.counts.whole.share("") is None
    assert [choice for choice, _ in score.choices()] == ["1", "2", "3"]
    assert summary.totals.by_language["en"].asked == 12


def test_answers_to_questions_and_choices_that_were_taken_away_are_still_told():
    summary = summarise(
        "t", FLOW, [counted("rating", "answered", "splendid", 1), counted("gone", "answered", "10", 1)], []
    )
    assert summary.questions[0].choices()[-1] == ("splendid", "splendid")
    assert summary.questions[-1].node == "gone"


def test_numbers_are_told_in_their_order():
    rows = [counted("gone", "answered", value, 1) for value in ("10", "9", "-1", "2.5")]
    assert [value for value, _ in summarise("t", FLOW, rows, []).questions[-1].choices()] == ["-1", "2.5", "9", "10"]
