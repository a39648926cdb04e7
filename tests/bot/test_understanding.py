"""`sayso flows answers`: one reply a line in, one JSON object a line out."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Ask the command line what it makes of some bytes."""
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path))

    def asked(lines: bytes, *arguments: str) -> list[dict[str, Any]]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        assert main(["flows", "answers", *arguments, "--json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return asked


def test_each_line_is_answered_by_one_object_in_the_same_order(ask: Any):
    got = ask("1\n\n\u200b\n4 because\\nnobody listened\nstop\nvery godo\n".encode(), "visit", "rating")
    assert [(row["text"], row["outcome"], row["value"], row["rest"]) for row in got] == [
        ("1", "accepted", "very_good", ""),
        ("", "rejected", None, ""),
        ("\u200b", "rejected", None, ""),
        ("4 because\\nnobody listened", "accepted", "poor", "because\nnobody listened"),
        ("stop", "command", "stop", ""),
        ("very godo", "accepted", "very_good", ""),
    ]


def test_broken_and_endless_lines_are_lines_too(ask: Any):
    got = ask(b"\xff\xfe\xfd\n" + b"9" * 300_000 + b"\n\xe2\x80\xa8\r\n2\r\n\x00", "visit", "rating")
    assert [row["outcome"] for row in got] == ["rejected", "rejected", "rejected", "accepted", "rejected"]


def test_a_flow_may_be_a_file_and_its_own_labels_work_in_every_language(ask: Any, tmp_path: Path):
    path = tmp_path / "tea.yaml"
    path.write_text("title: Tea\nnodes:\n  drink:\n    ask: Tea or coffee?\n    choices: {t: Tea, c: Coffee}\n")
    got = ask(b"coffee\nstop\n", str(path), "drink", "--language", "pl")
    assert [row["value"] for row in got] == ["c", "stop"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["vist", "rating"], "There is no flow `vist`. Did you mean `visit`?"),
        (["visit", "ratin"], "asks nothing at `ratin` — did you mean `rating`?"),
        (["visit", "welcome"], "asks nothing at `welcome`"),
        (["visit", "rating", "--language", "xx"], "Sayso does not speak `xx`"),
        (["missing.yaml", "rating"], "There is no file missing.yaml"),
    ],
)
def test_what_does_not_exist_is_said_with_what_does(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["flows", "answers", *arguments]) == 1
    assert complaint in capsys.readouterr().err
