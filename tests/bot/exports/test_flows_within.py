"""A flow that another one runs in its course, and a postcode that is kept whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.community import contacts
from storage.community.erasure import erase
from tests.bot.exports.conftest import count_all, talk
from tests.bot.exports.test_restricted import WHO, table
from tests.bot.exports.test_tables import EXACT, whole
from tests.bot.test_phone import service_in

OUTER = """
title: Outer
about: runs another
keywords: [outer]
language: en
purpose: tests
nodes:
  home:
    ask: "Your postcode?"
    answer: postcode
    keep: full
  more:
    run: inner
  thanks:
    say: "Thank you."
    next: end
"""
INNER = """
title: Inner
about: a part
keywords: [inner]
language: en
purpose: tests
nodes:
  again:
    ask: "Would you come again?"
    answer: yes_no
    next: end
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch):
    (tmp_path / "flows").mkdir()
    for name, text in (("outer", OUTER), ("inner", INNER)):
        (tmp_path / "flows" / f"{name}.yaml").write_text(text)
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FLOWS_DIR", str(tmp_path / "flows"))
    made = service_in(tmp_path / "data", FLOWS_DIR=str(tmp_path / "flows"))
    talk(made, 1, "outer", "E13 8AB", "yes")
    talk(made, 2, "outer", "E13 9JJ")
    talk(made, 3, "inner", "no")
    count_all(made)
    yield made
    made.close()


def test_rows_of_a_flow_are_there_whichever_flow_asked(service, export):
    for layout, column in (("long", "value"), ("wide", "again")):
        rows = table(export("inner", *WHO, "--layout", layout))
        assert sorted(row[column] for row in rows) == ["no", "yes"]
    assert [row["value"] for row in table(export("outer", *WHO, "--layout", "long"))] == ["E13 8AB", "E13 9JJ"]


def test_a_question_that_waits_in_another_flow_is_no_question_of_this_one(service, export):
    assert {row["question"] for row in table(export("outer", *EXACT))} == {"home"}


def test_tables_tell_the_first_half_of_a_postcode_only(service, export):
    text = export("outer", *EXACT)
    assert whole(text, "home")["E13"]["count"] == "2"
    assert "8AB" not in text


def test_whoever_is_erased_takes_files_of_the_flow_within_with_them(service, export, tmp_path):
    path = tmp_path / "inner.csv"
    export("inner", *WHO, "--out", str(path))
    with service.database.transaction() as db:
        contact_id = contacts.find(db, service.secrets.hash("sms:+447700900001"))
        assert [file.path for file in erase(db, service.secrets, contact_id, 1).files] == [str(path)]
