"""How replies are understood: of those a careful person would accept, how many are accepted or asked back; and how many
are accepted wrongly. Over the labelled replies in `tests/flows/replies`; the held-out ones were never tuned on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.languages import words_of
from flows.loader import load
from flows.understanding.commands import Command
from flows.understanding.judging import judge
from flows.understanding.understood import Understood, Verdict

REPLIES = Path(__file__).resolve().parents[1] / "tests" / "flows" / "replies"
TODAY = date(2026, 11, 24)
NO_ANSWER = "x"
LOOK_ALIKES = "look_alikes"
"""Answers to a free question that sound like commands: they are in no share, only in the tests."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A reply, and what three careful people would take it for: `= value`, `/command`, or `x` for neither."""

    question: str
    language: str
    expected: str
    reply: str


def labelled(name: str) -> list[Labelled]:
    """The replies of one file."""
    with (REPLIES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [
            Labelled(question, language, expected, reply.replace("\\n", "\n"))
            for question, language, expected, reply in rows
        ]


def written(value: object) -> str:
    """A value as the files write it."""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def outcome_of(row: Labelled) -> str:
    """What we make of a reply: `= value`, `? value`, `/command` or `x`."""
    question = _QUESTIONS[row.question].question
    assert question is not None
    judged = judge(question, row.reply, words_of(row.language), TODAY)
    if isinstance(judged, Command):
        return f"/{judged}"
    return outcome(judged)


def outcome(judged: Understood) -> str:
    """The outcome of an answer."""
    match judged.outcome:
        case Verdict.ACCEPTED:
            return f"= {written(judged.value)}"
        case Verdict.UNSURE:
            return f"? {written(judged.value)}" if judged.value is not None else "?"
        case Verdict.REJECTED:
            return NO_ANSWER


_QUESTIONS = load(REPLIES / "questions.yaml").nodes


def is_missed(row: Labelled, got: str) -> bool:
    """Whether an answer or a command was neither taken nor asked back."""
    if row.expected.startswith("="):
        return got != row.expected and not got.startswith("?")
    return row.expected.startswith("/") and got != row.expected


def is_wrong(row: Labelled, got: str) -> bool:
    """Whether something was taken for what it is not."""
    return got[0] in "=/" and got != row.expected


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of labelled replies: answers taken or asked back, taken at once, commands heard; all taken wrongly."""

    replies: int
    answers: int
    commands: int
    taken: float
    at_once: float
    heard: float
    wrong: float


def score(rows: list[Labelled]) -> Score:
    """How well some replies are understood."""
    judged = [(row, outcome_of(row)) for row in rows]
    answers = [pair for pair in judged if pair[0].expected.startswith("=")]
    commands = [pair for pair in judged if pair[0].expected.startswith("/")]
    return Score(
        len(judged),
        len(answers),
        len(commands),
        taken=sum(not is_missed(*pair) for pair in answers) / max(len(answers), 1),
        at_once=sum(row.expected == got for row, got in answers) / max(len(answers), 1),
        heard=sum(row.expected == got for row, got in commands) / max(len(commands), 1),
        wrong=sum(is_wrong(*pair) for pair in judged) / max(len(judged), 1),
    )


def run() -> Iterator[str]:
    """The figures, a line each."""
    for name in sorted(path.stem for path in REPLIES.glob("*.tsv") if path.stem != LOOK_ALIKES):
        found = score(labelled(name))
        neither = found.replies - found.answers - found.commands
        yield (
            f"replies, {name}: {found.replies} ({found.answers} answers, {found.commands} commands, {neither} others): "
            f"{found.taken:.1%} of answers accepted or asked back ({found.at_once:.1%} at once), "
            f"{found.heard:.1%} of commands heard, {found.wrong:.2%} taken for what they are not"
        )
