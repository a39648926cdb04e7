"""Text that runs from right to left, with marks that join letters: whole in what is sent, shown and handed on."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from bot.channels.twiml import twiml
from bot.exports.formats import FORMATS
from bot.exports.sheets import Column, Sheet
from flows.text import clean
from tests.fakes.twilio.replies import read

TEXTS = (
    "انتظرت 3 ساعات في (GP)، ثم قالوا: ‘لا’!",
    "میں\u200cنے 3 گھنٹے انتظار کیا؛ شکریہ — NHS 111؟",
    "لَا أَعْرِفُ ١٢٣",
)


@pytest.mark.parametrize("text", TEXTS)
def test_it_reaches_the_gateway_letter_by_letter(text: str):
    [said] = read(200, "text/xml", twiml(text)).said
    assert said.text == text


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_kept_as_it_was_written(text: str):
    assert clean(text) == text


@pytest.mark.parametrize("form", ["csv", "json"])
def test_it_comes_back_from_files(form: str):
    file = io.BytesIO()
    FORMATS[form].write(file, Sheet("t", [Column("text", "A text")], [[text] for text in TEXTS]))
    said = file.getvalue().decode("utf-8-sig")
    if form == "csv":
        assert [row[0] for row in csv.reader(io.StringIO(said, newline=""))][1:] == list(TEXTS)
    assert all(text in said for text in TEXTS)


@pytest.mark.parametrize(("language", "turned"), [("ur", True), ("ar", True), ("cy", False)])
def test_a_workbook_begins_on_the_side_its_labels_are_read_from(language: str, turned: bool):
    file = io.BytesIO()
    sheet = Sheet("t", [Column("text", "A text")], [[text] for text in TEXTS], about={"language": language})
    FORMATS["xlsx"].write(file, sheet)
    book = openpyxl.load_workbook(file)
    assert [bool(each.sheet_view.rightToLeft) for each in book.worksheets] == [turned] * len(book.worksheets)
    assert [row[0].value for row in book["t"].iter_rows(min_row=2)] == list(TEXTS)
