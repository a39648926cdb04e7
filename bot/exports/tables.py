"""Tables for everybody: a flow's counts as rows of a file, with small numbers hidden or, for those who may, exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.disclosure.kept import Release, as_given
from bot.disclosure.ledger import ANSWER
from bot.disclosure.rules import HIDDEN, Rules
from bot.disclosure.suppression import Reason, Shown, suppress, withheld
from bot.disclosure.tables import WHOLE, Table
from bot.exports.results import ANSWERED, ASKED, LEFT, NOT_REACHED, OTHERS, STARTED, Result, value_of
from bot.exports.sheets import Cell, Column, Sort

EVERY = "all"
LEFT_OUT = "left out whole"
"""Why every count of a breakdown is hidden."""
HIDDEN_NOTE = "too few people, or hidden to protect such a count"
IN_WORDS = "(in their own words)"
OUTCOMES = (STARTED, ASKED, ANSWERED, *LEFT, NOT_REACHED)

OF_DAYS = "empty where answers go by their days"

COLUMNS = (
    Column("question", "The question's name in the flow"),
    Column("text", "The question as it is asked"),
    Column("choice", "The answer's key; empty for a question answered in people's own words"),
    Column("label", "The answer in words"),
    Column("by", "What everybody is divided by: channel, language, group, or what people told of themselves"),
    Column("part", "Which part of everybody this line is about"),
    Column("count", "How many gave this answer", Sort.WHOLE),
    Column("share", "The part of those who answered that gave this answer, 0 to 1", Sort.NUMBER),
    Column("started", f"Conversations begun; {OF_DAYS}", Sort.WHOLE),
    Column("asked", f"Were asked this question; {OF_DAYS}", Sort.WHOLE),
    Column("answered", "Answered it", Sort.WHOLE),
    Column("skipped", "Chose not to answer", Sort.WHOLE),
    Column("unclear", "Wrote something we could not take for an answer", Sort.WHOLE),
    Column("waiting", f"Have not replied to it, or never will; {OF_DAYS}", Sort.WHOLE),
    Column("not_reached", f"Were not asked: the conversation ended earlier or went another way; {OF_DAYS}", Sort.WHOLE),
    Column("note", "Why a count on this line is not shown"),
)


@dataclass(frozen=True, slots=True)
class Openly:
    """A table with nothing hidden and nothing rounded, for a named person; it reads like `Shown`."""

    table: Table

    def text(self, row: str, column: tuple[str, str] = WHOLE) -> int | str:
        """The true count."""
        return self.table.count(row, column)

    def share(self, row: str, of: str, column: tuple[str, str] = WHOLE) -> float | None:
        """A row's part of another, 0 to 1."""
        whole = self.table.count(of, column)
        return round(self.table.count(row, column) / whole, 4) if whole else None

    @property
    def columns(self) -> Sequence[tuple[str, str]]:
        """Everybody, then each part."""
        return self.table.every_column


def shown_of(results: Sequence[Result], rules: Rules) -> list[Shown]:
    """What may be shown of each question to everybody. Of a question marked personal, nothing but who was asked."""
    return [suppress(each.table, rules) for each in results]


def given_again(result: Result, release: Release, rules: Rules) -> tuple[Result, Shown]:
    """A question as an earlier table told of it."""
    if result.asked.node not in release.looks:
        return not_yet(result, rules)
    view = as_given(result.asked.node, release, rules)
    choices = [row.key for row in view.table.rows if row.key.startswith(ANSWER) or row.key == OTHERS]
    labels = {row: result.labels.get(row, value_of(row)) for row in choices}
    return replace(result, table=view.table, labels=labels), view


def not_yet(result: Result, rules: Rules) -> tuple[Result, Shown]:
    """A question of which nothing may be told; the ranges that numbers are put in would tell of them, too."""
    asked = {row: label for row, label in result.labels.items() if value_of(row) in result.asked.labels}
    kept = [row for row in result.table.rows if row.key in asked or not row.key.startswith(ANSWER)]
    view = withheld(Table(result.asked.node, tuple(kept), ()), rules)
    return replace(result, table=view.table, labels=asked), view


def rows(results: Sequence[Result], views: Sequence[Shown | Openly]) -> Iterator[Sequence[Cell]]:
    """Each question's answers, whole and then part by part, in the order of `COLUMNS`."""
    for result, view in zip(results, views, strict=True):
        choices = [] if result.asked.personal and isinstance(view, Shown) else result.choices
        there = {row.key for row in result.table.rows}
        for column in view.columns:
            left = [view.text(outcome, column) if outcome in there else None for outcome in OUTCOMES]
            by, part = column if column != WHOLE else (EVERY, EVERY)
            for row in choices or [ANSWERED]:
                count = view.text(row, column)
                cells = [count, view.share(row, ANSWERED, column) if choices else None, *left]
                note = HIDDEN_NOTE if HIDDEN in cells else ""
                label = result.labels.get(row, IN_WORDS if result.asked.in_words else "")
                yield (result.asked.node, result.asked.text, value_of(row), label, by, part, *cells, note)


def log(results: Sequence[Result], views: Sequence[Shown]) -> Iterator[tuple[str, str, str, int]]:
    """The suppression log: how many counts of each question were hidden, for which reason, by which breakdown.

    It says how many and why, never which: that would tell a small count from one that protects it.
    """
    for result, view in zip(results, views, strict=True):
        by_reason: dict[tuple[str, Reason], int] = {}
        for (_, column), reason in view.hidden.items():
            key = (column[0] or EVERY, reason)
            by_reason[key] = by_reason.get(key, 0) + 1
        for (dimension, reason), count in sorted(by_reason.items()):
            yield result.asked.node, dimension, str(reason), count
        for dimension in view.dropped:
            yield (
                result.asked.node,
                dimension,
                LEFT_OUT,
                len([each for each in result.table.columns if each[0] == dimension]),
            )
