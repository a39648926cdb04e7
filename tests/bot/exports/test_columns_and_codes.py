"""No answer is lost, or stands under another's name, on its way into a file."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pyreadstat
import pytest

from bot import sentences
from bot.cli import INTERRUPTED
from bot.conversations import crisis_sentences
from bot.exports import expiry, pack
from bot.exports.formats import FORMATS, spss
from bot.exports.questions import Asked, questions_of
from bot.exports.restricted import Rows
from bot.exports.sheets import Column, Sheet, Sort
from bot.languages import saying
from flows.loader import load_text
from tests.bot.exports.conftest import talk
from tests.bot.exports.test_files import RESTRICTED

FLOW = """
title: T
keywords: [t]
nodes:
  rating: {{ask: "How was it?", choices: {{{choices}}}}}
"""


def flow(choices: str):
    return load_text(FLOW.format(choices=choices), "t.yaml")


def test_a_choice_that_only_an_older_revision_lists_keeps_its_label_and_its_place_in_every_format():
    asked = questions_of(flow("good: Good, poor: Poor"), [flow("good: Fine, fair: Fair")])["rating"]
    assert dict(asked.labels) == {"good": "Good", "poor": "Poor", "fair": "Fair"}
    assert not asked.gone


def test_spss_keeps_values_that_no_list_names_and_labels_numbers(tmp_path):
    columns = [
        Column("rating", "How was it?", labels={"good": "Good"}),
        Column("scale", "1 to 5", Sort.WHOLE, {"1": "1 bad", "5": "5 good"}),
    ]
    made = io.BytesIO()
    spss.write(made, Sheet("t", columns, iter([["good", 1], ["splendid", 5], [None, 2]])))
    path = tmp_path / "t.sav"
    path.write_bytes(made.getvalue())
    frame, meta = pyreadstat.read_sav(str(path))
    assert meta.variable_value_labels == {
        "rating": {1.0: "Good", 2.0: "splendid"},
        "scale": {1.0: "1 bad", 5.0: "5 good"},
    }
    assert frame["rating"].tolist()[:2] == [1.0, 2.0]
    assert frame["rating"].isna().tolist() == [False, False, True]


def test_no_two_columns_of_a_wide_file_have_one_name():
    names = ("run", "person", "status", "rating", "rating_outcome")
    asked = {name: Asked(name, name, "choice", {"a": "A"}) for name in names}
    parts = Rows(asked, lambda kind, number: f"{kind}{number}").wide_parts()
    found = [column.name for part in parts for column in part]
    assert len({*found}) == len(found)
    assert found[:2] == ["run", "person"]


@pytest.mark.parametrize("name", ["notes", "codebook", "a_name_far_longer_than_any_sheet_may_have"])
def test_no_two_sheets_of_a_workbook_have_one_name(name):
    made = io.BytesIO()
    FORMATS["xlsx"].write(made, Sheet(name, [Column("a", "A")], iter([["x"]])))
    names = openpyxl.load_workbook(made).sheetnames
    assert len({each.casefold() for each in names}) == len(names) == 3
    assert all(len(each) <= 31 for each in names)


def test_flow_results_has_keys_also_where_labels_are_asked_for(few, export, tmp_path):
    path = tmp_path / "v.zip"
    export("visit", *RESTRICTED, "--labels", "--format", "flow-results", "--out", str(path))
    with zipfile.ZipFile(path) as archive:
        given = {row[5] for row in json.loads(archive.read("data.json")) if row[4] == "rating"}
    assert given == {"very_good", "poor"}


@pytest.mark.parametrize("out", ["", ".", "/"])
def test_a_place_without_a_name_is_a_sentence(few, export, out):
    assert "choose a name" in export("visit", "--out", out, code=1)


def test_what_is_typed_in_another_code_is_written_and_a_file_is_not_named_so(few, export, tmp_path):
    assert '"' in export("visit", *RESTRICTED, "--purpose", "caf\udce9", "--format", "json")
    assert "not in UTF-8" in export("visit", "--out", str(tmp_path / "caf\udce9.csv"), code=1)


def test_a_restricted_file_is_noted_before_it_is_there(few, export, tmp_path: Path, monkeypatch):
    path = tmp_path / "v.csv"

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(expiry, "remember", dies)
    export("visit", *RESTRICTED, "--out", str(path), code=INTERRUPTED)
    assert [*tmp_path.glob("*v.csv*")] == []


def wordings(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("consent-wordings.csv").decode()


def test_a_shared_pack_tells_no_wording_or_group_of_few(few, export, tmp_path):
    talk(few, 1, "stop")
    export("visit", "--format", "pack", "--out", str(tmp_path / "shared.zip"))
    assert wordings(tmp_path / "shared.zip").count("\n") == 1
    export("visit", *RESTRICTED, "--format", "pack", "--out", str(tmp_path / "own.zip"))
    assert ",stop," in wordings(tmp_path / "own.zip")


@pytest.mark.parametrize("text", [sentences.STOPPED, crisis_sentences.UNDER_16])
def test_every_sentence_that_ends_texts_is_found_by_its_number(few, text):
    for said in (saying("cy").say(text), text):
        assert pack._sentence_of(few.wording(said), "cy") == said
    assert "phone company" in pack._sentence_of("carrier", "cy")
