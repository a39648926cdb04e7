"""A flow's tallies put in order: a table a question, whole and by each breakdown, every way of leaving it counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.disclosure.tables import WHOLE, Cell, Column, Row, Table, table
from bot.exports.bands import bands
from bot.exports.questions import Asked

STARTED, ASKED, ANSWERED = "started", "asked", "answered"
LEFT = ("skipped", "unclear", "waiting")
NOT_REACHED = "not_reached"
PICKED = "picked"
"""The outcome that counts one choice of a `many` answer; the people are counted once more, as answered."""
CHOICE = "choice:"
"""How the rows of answers begin."""

MEANINGS = {
    STARTED: "conversations begun",
    ASKED: "were asked this question",
    ANSWERED: "answered it",
    "skipped": "chose not to answer",
    "unclear": "wrote something we could not take for an answer",
    "waiting": "have not replied to it, or never will",
    NOT_REACHED: "were not asked: the conversation ended earlier or went another way",
}


class Counted(Protocol):
    """So many answers of this kind at this question, in one breakdown's part of everybody."""

    @property
    def node(self) -> str:
        """The question."""

    @property
    def outcome(self) -> str:
        """How it was left."""

    @property
    def value(self) -> str:
        """The choice's key, the number, or nothing for words."""

    @property
    def column(self) -> Column:
        """The breakdown and its value; two empty words for everybody."""

    @property
    def count(self) -> int:
        """How many."""


class RunsCounted(Protocol):
    """So many runs that stand like this, in one breakdown's part of everybody."""

    @property
    def status(self) -> str:
        """How they stand."""

    @property
    def waiting_node(self) -> str:
        """The question they wait at, or stopped at; nothing where there is none."""

    @property
    def column(self) -> Column:
        """The breakdown and its value; two empty words for everybody."""

    @property
    def count(self) -> int:
        """How many."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question and its counts. `labels` gives each choice row of the table its words."""

    asked: Asked
    table: Table
    labels: Mapping[str, str]

    @property
    def choices(self) -> list[str]:
        """The rows that are answers."""
        return list(self.labels)


def value_of(row: str) -> str:
    """The answer a row counts; nothing for a row that is none."""
    return row.removeprefix(CHOICE) if row.startswith(CHOICE) else ""


def results(
    questions: Mapping[str, Asked],
    tallies: Iterable[Counted],
    runs: Iterable[RunsCounted],
    people: Mapping[Column, int] | None = None,
) -> list[Result]:
    """A table for each question, in the order of the flow; questions that nobody knows any more come last."""
    given: dict[str, list[Counted]] = {node: [] for node in questions}
    for tally in tallies:
        given.setdefault(tally.node, []).append(tally)
    begun: dict[Column, int] = {}
    waiting: dict[str, dict[Column, int]] = {}
    for each in runs:
        begun[each.column] = begun.get(each.column, 0) + each.count
        if each.waiting_node:
            at = waiting.setdefault(each.waiting_node, {})
            at[each.column] = at.get(each.column, 0) + each.count
    return [
        _result(questions.get(node, Asked(node, "", "", gone=True)), tallied, begun, waiting.get(node, {}), people)
        for node, tallied in given.items()
    ]


def _result(
    asked: Asked,
    tallied: list[Counted],
    begun: Mapping[Column, int],
    waiting: Mapping[Column, int],
    people: Mapping[Column, int] | None,
) -> Result:
    many = asked.kind == "many"
    chosen = PICKED if many else ANSWERED
    values = {each.value for each in tallied if each.outcome == chosen} - {""}
    band = _together(asked, values)
    labels = {value: asked.labels.get(value, value) for value in asked.in_order({*asked.labels, *values})}
    if band:
        labels = {name: name for name in dict.fromkeys(band[value] for value in asked.in_order(values))}
    lowest: dict[Cell, int] = {}

    def count(row: str, column: Column, by: int) -> None:
        lowest[row, column] = lowest.get((row, column), 0) + by

    inside = bool(labels) and not many
    for each in tallied:
        if each.outcome == chosen and each.value:
            count(CHOICE + band.get(each.value, each.value), each.column, each.count)
        elif each.outcome == ANSWERED:
            count("words" if inside else ANSWERED, each.column, each.count)
        elif each.outcome in LEFT:
            count(each.outcome, each.column, each.count)
    for column, waits in waiting.items():
        count("waiting", column, waits)
    _not_reached(lowest, begun, many=many)
    rows = [Row(STARTED), Row(ASKED, STARTED), Row(ANSWERED, ASKED)]
    rows += [Row(CHOICE + value, aside=ANSWERED) if many else Row(CHOICE + value, ANSWERED) for value in labels]
    if ("words", WHOLE) in lowest:
        rows.append(Row("words", ANSWERED))
    rows += [*(Row(left, ASKED) for left in LEFT), Row(NOT_REACHED, STARTED)]
    return Result(asked, table(asked.node, rows, lowest, people), {CHOICE + v: label for v, label in labels.items()})


def _together(asked: Asked, values: Iterable[str]) -> dict[str, str]:
    """Under which name each value is counted that the question does not list. A postcode is of a few homes, its first
    half of thousands."""
    if asked.labels:
        return {}
    given = asked.in_order(values)
    return {each: each.partition(" ")[0] for each in given} if asked.kind == "postcode" else bands(given)


def _not_reached(lowest: dict[Cell, int], begun: Mapping[Column, int], *, many: bool) -> None:
    """Who began and was not asked; nobody where a question is asked in the course of another flow."""
    was_asked: dict[Column, int] = {}
    for (row, column), count in lowest.items():
        if not (many and row.startswith(CHOICE)):
            was_asked[column] = was_asked.get(column, 0) + count
    for column, count in begun.items():
        lowest[NOT_REACHED, column] = max(0, count - was_asked.get(column, 0))
