"""A flow's tallies put in order: a table a question, whole and by each breakdown, every way of leaving it counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
OTHERS = "others"
"""The row of values that the question does not list and that too few gave to be named."""
OTHERS_LABEL = "Other values, each of too few people to be named"
TOLD = "told"
"""The topmost row of a table of some days: everybody who left the question in one way or another."""

MEANINGS = {
    STARTED: "conversations begun",
    ASKED: "were asked this question",
    ANSWERED: "answered it",
    "skipped": "chose not to answer",
    "unclear": "wrote something we could not take for an answer",
    "waiting": "have not replied to it, or never will",
    NOT_REACHED: "were not asked: the conversation ended earlier or went another way",
}


class Answered(Protocol):
    """An answer of some kind at a question, in one breakdown's part of everybody."""

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


class Counted(Answered, Protocol):
    """So many such answers."""

    @property
    def count(self) -> int:
        """How many."""


class Answering(Answered, Protocol):
    """That somebody gave one."""

    @property
    def contact_id(self) -> int:
        """Who."""


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


@dataclass(frozen=True, slots=True)
class Behind:
    """Who stands behind counts, where fewer than `smallest` must not be told of.

    `people` says how many different ones began in each part of everybody, and `answering` who gave each answer: nothing
    is known of a part, or an answer, that is not in it.
    """

    smallest: int
    people: Mapping[Column, int] = field(default_factory=dict)
    answering: Iterable[Answering] = ()


def results(
    questions: Mapping[str, Asked],
    tallies: Iterable[Counted],
    runs: Iterable[RunsCounted] | None,
    behind: Behind | None = None,
) -> list[Result]:
    """A table for each question, in the order of the flow; questions that nobody knows any more come last.

    Args:
        questions: what the flow asks.
        tallies: its answers.
        runs: how its runs stand; None: the tables are about the days of answers, and tell only of answers.
        behind: for tables that everybody may have.
    """
    given: dict[str, list[Counted]] = {node: [] for node in questions}
    for tally in tallies:
        given.setdefault(tally.node, []).append(tally)
    by: dict[str, list[Answering]] = {}
    for each in behind.answering if behind else ():
        by.setdefault(each.node, []).append(each)
    begun: dict[Column, int] = {}
    waiting: dict[str, dict[Column, int]] = {}
    for run in runs or ():
        begun[run.column] = begun.get(run.column, 0) + run.count
        if run.waiting_node:
            at = waiting.setdefault(run.waiting_node, {})
            at[run.column] = at.get(run.column, 0) + run.count
    found = []
    for node, tallied in given.items():
        sheet = _Lines(questions.get(node, Asked(node, "", "", gone=True)), tallied, by.get(node, ()), behind)
        found.append(sheet.result(None if runs is None else begun, waiting.get(node, {})))
    return found


class _Lines:
    """The lines of one question's table: which answers stand on which."""

    def __init__(
        self, asked: Asked, tallied: Sequence[Counted], answering: Sequence[Answering], behind: Behind | None
    ) -> None:
        self._asked, self._tallied, self._answering, self._behind = asked, tallied, answering, behind
        self._many = asked.kind == "many"
        self._chosen = PICKED if self._many else ANSWERED
        values = {each.value for each in tallied if each.outcome == self._chosen} - {""}
        self._band = _together(asked, values)
        self.labels = {value: asked.labels.get(value, value) for value in asked.in_order({*asked.labels, *values})}
        if self._band:
            self.labels = {name: name for name in dict.fromkeys(self._band[value] for value in asked.in_order(values))}
        self._inside = bool(self.labels) and not self._many
        self._folded: set[str] = set()
        if behind is not None and not self._many:
            self._folded = self._rare(behind.smallest)

    def _rare(self, smallest: int) -> set[str]:
        """Values that the question does not list and that too few gave: their names alone would tell of somebody."""
        counts = dict.fromkeys(self.labels, 0)
        for each in self._tallied:
            if each.column == WHOLE and each.outcome == ANSWERED and each.value:
                counts[self._band.get(each.value, each.value)] += each.count
        who = self._who()
        return {
            value
            for value, count in counts.items()
            if value not in self._asked.labels and _people(count, who.get((CHOICE + value, WHOLE), ())) < smallest
        }

    def _line(self, outcome: str, value: str) -> str | None:
        """The row an answer is counted in; None: in none, because its people are counted in others."""
        if outcome == self._chosen and value:
            name = self._band.get(value, value)
            return OTHERS if name in self._folded else CHOICE + name
        if outcome == ANSWERED:
            return "words" if self._inside else ANSWERED
        return outcome if outcome in LEFT else None

    def _who(self) -> dict[Cell, list[int]]:
        """Who gave each of the answers of a count, as far as it is known."""
        who: dict[Cell, list[int]] = {}
        for each in self._answering:
            row = self._line(each.outcome, each.value)
            answered = ANSWERED if each.outcome == ANSWERED and row != ANSWERED else None
            for line in filter(None, (row, answered, None if each.outcome == PICKED else TOLD)):
                who.setdefault((line, each.column), []).append(each.contact_id)
        return who

    def result(self, begun: Mapping[Column, int] | None, waiting: Mapping[Column, int]) -> Result:
        """The table. `begun` are the runs of each part of everybody; None: of answers alone."""
        lowest: dict[Cell, int] = {}
        counted = [(self._line(each.outcome, each.value), each.column, each.count) for each in self._tallied]
        for row, column, count in [*counted, *(("waiting", column, waits) for column, waits in waiting.items())]:
            if row is not None:
                lowest[row, column] = lowest.get((row, column), 0) + count
        if begun is not None:
            _not_reached(lowest, begun, many=self._many)
        made = table(self._asked.node, self._rows(lowest, alone=begun is None), lowest)
        if self._behind is not None:
            people = {cell: _people(made.counts.get(cell, 0), them) for cell, them in self._who().items()}
            least = self._behind.smallest
            made.few = frozenset(cell for cell, n in people.items() if n < least <= made.counts.get(cell, 0))
            of_days = {column: n for (line, column), n in people.items() if line == TOLD}
            made.people = of_days if begun is None else dict(self._behind.people)
        labels = {CHOICE + value: label for value, label in self.labels.items() if value not in self._folded}
        if self._folded:
            labels[OTHERS] = OTHERS_LABEL
        return Result(self._asked, made, labels)

    def _rows(self, lowest: Mapping[Cell, int], *, alone: bool) -> list[Row]:
        top = [Row(TOLD), Row(ANSWERED, TOLD)] if alone else [Row(STARTED), Row(ASKED, STARTED), Row(ANSWERED, ASKED)]
        rows = [
            Row(CHOICE + value, aside=ANSWERED) if self._many else Row(CHOICE + value, ANSWERED)
            for value in self.labels
            if value not in self._folded
        ]
        rows += [Row(name, ANSWERED) for name in (OTHERS, "words") if (name, WHOLE) in lowest]
        if alone:
            return [*top, *rows, *(Row(left, TOLD) for left in LEFT if left != "waiting")]
        return [*top, *rows, *(Row(left, ASKED) for left in LEFT), Row(NOT_REACHED, STARTED)]


def _people(count: int, known: Collection[int]) -> int:
    """How many people there may be behind a count, of whom those who gave the answers that are kept are known: of an
    answer that was deleted for its age only the count is left."""
    return len({*known}) + max(0, count - len(known))


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
