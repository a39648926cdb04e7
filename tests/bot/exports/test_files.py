"""Files opened again with other programs, and what no file may hold."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pandas
import pyarrow.parquet
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.disclosure.tables import WHOLE
from bot.exports.cleaning import TRIGGERS, clean, guarded
from bot.exports.files import ExportFileError, whole_file
from bot.exports.formats import FORMATS, parquet, spss
from bot.exports.formats import xlsx as xlsx_format
from bot.exports.questions import questions_of
from bot.exports.results import results
from bot.exports.sheets import Column, Sheet, Sort
from flows.loader import load_text
from storage.counting.results import RunTally, Tally

RESTRICTED = ("--level", "restricted", "--for", "Ann Lee", "--purpose", "board paper", "--free-text", "all")
ANY = st.text(max_size=40) | st.text(st.sampled_from("=+-@\t\r\n\x00\u202e\u2028_x0041_'\ud800"), max_size=20)

BIG = st.integers(-(2**63), 2**63 - 1)


def written(form: str, texts: list[str]) -> bytes:
    file = io.BytesIO()
    FORMATS[form].write(file, Sheet("t", [Column("text", "A text")], [[text] for text in texts]))
    return file.getvalue()


@settings(max_examples=150)
@given(st.lists(ANY, max_size=4))
def test_every_text_comes_back_from_csv_in_its_clean_form_and_none_is_a_formula(texts):
    back = [row[0] for row in csv.reader(io.StringIO(written("csv", texts).decode(), newline=""))][1:]
    assert back == [guarded(clean(text)) for text in texts]
    assert not any(cell.startswith(tuple(TRIGGERS)) for cell in back)


@settings(max_examples=80)
@given(st.lists(ANY, max_size=4))
def test_every_text_comes_back_from_xlsx_in_its_clean_form_and_none_is_a_formula(texts):
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", texts))).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value or "").replace("_x005F_x", "_x") for cell in cells] == [clean(text) for text in texts]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}


@settings(max_examples=80)
@given(st.lists(ANY, max_size=4))
def test_every_text_comes_back_from_json_and_parquet_in_its_clean_form(texts):
    assert [row["text"] for row in json.loads(written("json", texts))["rows"]] == [clean(text) for text in texts]
    table = pyarrow.parquet.read_table(io.BytesIO(written("parquet", texts)))
    assert table.column("text").to_pylist() == [clean(text) for text in texts]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.none() | ANY, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.floats()), max_size=9
    )
)
def test_parquet_holds_numbers_texts_and_nothing_over_several_groups(rows):
    columns = [Column("text", "A text"), Column("n", "Count", Sort.WHOLE, {"1": "One"}), Column("x", "", Sort.NUMBER)]
    file = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "AT_ONCE", 4)
        FORMATS["parquet"].write(file, Sheet("t", columns, [*rows, ("*", "*", "*")], ["A note"]))
    table = pyarrow.parquet.read_table(file)
    texts = [None if text is None else clean(text) for text, _, _ in rows]
    assert table.column("text").to_pylist() == [*texts, "*"]
    assert table.column("n").to_pylist() == [*(n for _, n, _ in rows), None]
    assert repr(table.column("x").to_pylist()) == repr([*(x for _, _, x in rows), None])
    about = json.loads(table.schema.metadata[b"sayso"])
    assert about["columns"][1] == {"name": "n", "label": "Count", "type": "whole number", "labels": {"1": "One"}}
    assert about["notes"] == ["A note"]


def test_parquet_of_no_rows_can_be_read():
    assert pyarrow.parquet.read_table(io.BytesIO(written("parquet", []))).to_pydict() == {"text": []}


def test_a_text_too_long_for_a_cell_stands_whole_on_a_sheet_of_its_own():
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", ["a" * 40_000, "short"])))
    assert len(book["t"]["A2"].value) <= xlsx_format.MAX_CHARACTERS
    assert book["t"]["A3"].value == "short"
    parts = [row[2] for row in book["Long texts"].iter_rows(min_row=2, values_only=True)]
    assert "".join(parts) == "a" * 40_000
    assert "Long texts" in " ".join(row[0] for row in book["Notes"].iter_rows(values_only=True))


def test_rows_that_do_not_fit_a_sheet_go_on_in_the_next_with_a_note(monkeypatch):
    monkeypatch.setattr(xlsx_format, "MAX_ROWS", 4)
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", [f"line {n}" for n in range(8)])))
    assert book.sheetnames[:3] == ["t", "t 2", "t 3"]
    found = [row[0] for name in ("t", "t 2", "t 3") for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert found == [f"line {n}" for n in range(8)]


def test_every_format_holds_the_same_lines(many, export, tmp_path: Path):
    def path(form: str) -> Path:
        file = tmp_path / f"visit{FORMATS[form].ending}"
        export("visit", *RESTRICTED, "--format", form, "--out", str(file))
        return file

    asked = ["very_good"] * 20 + ["good"] * 11 + ["poor"] * 3
    assert sorted(pandas.read_csv(path("csv"))["rating"].dropna()) == sorted(asked)
    rows = list(openpyxl.load_workbook(path("xlsx"))["visit"].iter_rows(values_only=True))
    at = rows[0].index("rating")
    assert sorted(row[at] for row in rows[1:] if row[at]) == sorted(asked)
    parquet = pyarrow.parquet.read_table(path("parquet"))
    assert sorted(filter(None, parquet.column("rating").to_pylist())) == sorted(asked)
    frame, meta = pyreadstat.read_sav(path("sav"), apply_value_formats=True)
    assert sorted(frame["rating"].dropna()) == sorted(
        {"very_good": "Very good", "good": "Good", "poor": "Poor"}[each] for each in asked
    )
    assert meta.column_names_to_labels["rating"] == "Overall, how was your experience of our service?"
    with zipfile.ZipFile(path("flow-results")) as archive:
        package, data = json.loads(archive.read("datapackage.json")), json.loads(archive.read("data.json"))
    assert sorted(row[5] for row in data if row[4] == "rating") == sorted(asked)
    flow_results_is_valid(package, data)


def flow_results_is_valid(package, data) -> None:
    """The specification's own sentences, one after another."""
    assert package["profile"] == "flow-results-package"
    assert package["created"] == package["modified"]
    (resource,) = package["resources"]
    assert resource["access_method"] == "file"
    assert [field["name"] for field in resource["schema"]["fields"]] == [
        "timestamp", "row_id", "contact_id", "session_id", "question_id", "response", "response_metadata",
    ]  # fmt: skip
    questions = resource["schema"]["questions"]
    assert all({"type", "label", "type_options"} <= set(question) for question in questions.values())
    assert len({str(row[1]) for row in data}) == len(data)
    for row in data:
        assert len(row) == 7
        assert row[0].endswith("+00:00")
        if questions[row[4]]["type"] == "select_one":
            assert row[5] in questions[row[4]]["type_options"]["choices"]


LISTED = ("by", "dispositions.csv: disposition", "suppression-log.csv: by", "suppression-log.csv: why")
"""Columns of an evidence pack whose every value the codebook explains."""


@pytest.mark.parametrize("level", [(), RESTRICTED])
def test_an_evidence_pack_explains_itself_and_its_sums_are_right(many, export, tmp_path: Path, level):
    path = tmp_path / "visit.zip"
    export("visit", *level, "--format", "pack", "--out", str(path))
    with zipfile.ZipFile(path) as archive:
        for line in archive.read("SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        lines = list(csv.reader(io.StringIO(archive.read("codebook.csv").decode())))
        named, meanings = {row[0] for row in lines}, {(row[0], row[2]) for row in lines if row[3]}
        for name in (each for each in archive.namelist() if each.endswith(".csv") and each != "codebook.csv"):
            header, *rows = csv.reader(io.StringIO(archive.read(name).decode()))
            columns = header if name.startswith("data-") else [f"{name}: {column}" for column in header]
            assert set(columns) <= named
            for listed in (
                "by",
                "dispositions.csv: disposition",
                "suppression-log.csv: by",
                "suppression-log.csv: why",
            ):
                if listed in columns:
                    at = columns.index(listed)
                    assert {(listed, row[at]) for row in rows} <= meanings
        assert (("every count", "*") in meanings) == (not level)
        assert any(name.endswith(".yaml") for name in archive.namelist())


def test_an_spss_file_too_big_for_memory_is_refused_with_a_way_out(monkeypatch):
    monkeypatch.setattr(spss, "MOST_ROWS", 2)
    with pytest.raises(ExportFileError, match="--since"):
        written("sav", ["a", "b", "c"])
    assert written("sav", ["a", "b"])


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "visit.csv"
    path.write_text("old")

    def breaks_off() -> None:
        with whole_file(str(path)) as file:
            file.write(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["visit.csv"]


@pytest.mark.parametrize("place", ["no/x.csv", "file/x.csv", "folder"])
def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, place: str):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportFileError, match="cannot be written"), whole_file(str(tmp_path / place)):
        pass
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]


def test_a_device_or_a_pipe_keeps_its_place(tmp_path: Path):
    pipe = tmp_path / "null"
    os.mkfifo(pipe)
    with pytest.raises(ExportFileError, match="a device or a pipe"), whole_file(str(pipe)):
        pass
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


FLOW = """
title: T
keywords: [t]
language: en
purpose: tests
nodes:
  rating:
    ask: "How was it?"
    choices: {good: Good, fair: Fair}
    next: end
"""


def test_answers_to_questions_and_choices_that_were_taken_away_are_still_told():
    given = [Tally("rating", "answered", "splendid", WHOLE, 1), Tally("gone", "answered", "10", WHOLE, 1)]
    rating, gone = results(questions_of(load_text(FLOW, "t.yaml")), given, [RunTally("completed", "", WHOLE, 2)])
    assert list(rating.labels.values()) == ["Good", "Fair", "splendid"]
    assert gone.asked.node == "gone"
    assert gone.table.count("choice:10") == 1
