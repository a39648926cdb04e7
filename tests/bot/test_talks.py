"""`sayso flows test`: playing talks, and writing them anew after a reviewed change."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import cli
from bot.settings import LIBRARY

FLOW = """
title: A small talk
keywords: [small]
remind: [1 day]
expires: 3 days
nodes:
  glad: {ask: "Are you glad?", answer: yes_no}
  travel: {ask: "How do you travel?", answer: many, choices: {bus: Bus, foot: On foot}}
  bye: {say: "Goodbye.", next: end}
"""
TALKS = """
# What happens when somebody is slow.
- talk: a slow person
  lines:
    - me: small
    - bot: "Are you glad*"
    - 1 day later
    - bot: "Are you glad*"   # the reminder
    - me: "yes"
    - bot: >
        How do you go*

    - 1 week later
    - bot: ""
  answers: {glad: "no"}
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(FLOW)
    (tmp_path / "small.talks.yaml").write_text(TALKS)
    return path


def test_differences_are_told_with_file_and_line(flow: Path, capsys):
    assert cli.main(["flows", "test", str(flow)]) == 1
    said = capsys.readouterr().out
    assert f"{flow.with_name('small.talks.yaml')}:10: a slow person\n  expected  How do you go*" in said
    assert ":15: a slow person\n  expected  glad: no\n  got       glad: yes" in said
    assert said.endswith("1 talk: 1 went another way.\n")


def test_update_writes_the_new_words_and_keeps_comments_and_all_else(flow: Path, capsys):
    talks = flow.with_name("small.talks.yaml")
    assert cli.main(["flows", "test", "--update", str(talks)]) == 0
    assert capsys.readouterr().out == "1 talk: all went as written. 1 file was written anew.\n"
    changed = talks.read_text()
    hint = "How do you travel? 1 Bus 2 On foot Reply with all the numbers that fit, such as 1 3."
    assert f'    - bot: "{hint}"\n' in changed
    assert 'answers: {glad: "yes"}' in changed
    for kept in ("# What happens when somebody is slow.", "# the reminder", "    - 1 week later\n"):
        assert kept in changed
    assert cli.main(["flows", "test", str(flow.parent)]) == 0


def test_the_talks_of_the_shelf_go_as_written(capsys):
    assert cli.main(["flows", "test", str(LIBRARY)]) == 0
    assert "all went as written" in capsys.readouterr().out


def test_a_flow_of_the_shelf_is_tested_by_its_name(capsys):
    assert cli.main(["flows", "test", "visit"]) == 0
    assert "all went as written" in capsys.readouterr().out


def test_update_keeps_the_line_ends_of_windows(flow: Path):
    talks = flow.with_name("small.talks.yaml")
    talks.write_bytes(TALKS.replace("\n", "\r\n").encode())
    assert cli.main(["flows", "test", "--update", str(talks)]) == 0
    written = talks.read_bytes()
    assert b"How do you travel?" in written
    assert written.count(b"\n") == written.count(b"\r\n") > 10


def test_a_talk_in_a_language_that_is_none_is_refused(flow: Path, capsys):
    flow.with_name("small.talks.yaml").write_text(TALKS.replace("  lines:", "  language: de\n  lines:"))
    assert cli.main(["flows", "test", str(flow)]) == 1
    assert "small.talks.yaml:3:1: Sayso does not speak `de`" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["none.talks.yaml", "."])
def test_where_there_are_no_talks_a_sentence_says_so(path: str, tmp_path: Path, capsys):
    assert cli.main(["flows", "test", str(tmp_path / path)]) == 1
    assert "There are no talks in" in capsys.readouterr().err


def test_a_broken_talks_file_is_named_with_its_place(flow: Path, capsys):
    flow.with_name("small.talks.yaml").write_text("- talk: x\n  lines: [{mee: a}]")
    assert cli.main(["flows", "test", str(flow)]) == 1
    assert "small.talks.yaml:2:12: `mee` is not known" in capsys.readouterr().err
