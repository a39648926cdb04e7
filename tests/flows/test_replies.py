"""The labelled replies of nine languages of Europe, judged as the service judges them."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from bot.languages import words_of
from flows.commands import Command
from flows.judging import judge
from flows.loader import load
from flows.understood import Verdict

REPLIES = Path(__file__).resolve().parent / "replies"
QUESTIONS = load(REPLIES / "questions.yaml").nodes
TODAY = date(2026, 11, 24)


@cache
def rows() -> list[tuple[str, ...]]:
    """Question, language, what is expected, and the reply."""
    with (REPLIES / "europe.tsv").open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]


def outcome(question: str, language: str, reply: str) -> str:
    """`= value` where taken, `?` where asked back, `/command`, or `x`."""
    asked = QUESTIONS[question].question
    assert asked is not None
    judged = judge(asked, reply, words_of(language), TODAY)
    if isinstance(judged, Command):
        return f"/{judged}"
    if judged.outcome is Verdict.ACCEPTED:
        return f"= {str(judged.value).lower() if isinstance(judged.value, bool) else judged.value}"
    return "?" if judged.outcome is Verdict.UNSURE else "x"


@pytest.mark.parametrize("language", sorted({row[1] for row in rows()}))
def test_what_people_write_is_taken_or_asked_back_and_never_taken_for_something_else(language: str):
    judged = [
        (reply, expected, outcome(question, code, reply))
        for question, code, expected, reply in rows()
        if code == language
    ]
    assert [row for row in judged if row[2][0] in "=/" and row[2] != row[1]] == []
    missed = [row for row in judged if row[1][0] in "=/" and row[2] not in (row[1], "?")]
    assert len(missed) <= len(judged) // 50, missed
