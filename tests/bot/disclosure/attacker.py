"""An attacker who keeps every table that was handed on, knows the rules, and solves for the counts that are hidden.

Written without a line of the code under test but what a file shows: people are counted by all that any table tells of
them, each table bounds sums of these counts, and a solver for whole numbers looks for a population in which a hidden
count is another and every table still reads the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from bot.disclosure.suppression import Shown
from bot.disclosure.tables import WHOLE, Cell, Column

ANSWERS = "abc"


@dataclass(frozen=True, slots=True)
class Person:
    """All that tables tell people apart by."""

    answer: str
    channel: str
    language: str
    group: str
    age: str
    day: str
    arrived: int = 0
    """Before which table they answered."""

    def is_in(self, column: Column) -> bool:
        return column == WHOLE or getattr(self, column[0]) == column[1]

    def belongs_to(self, whom: Mapping[str, str], at: int) -> bool:
        if any(whom.get(name, getattr(self, name)) != getattr(self, name) for name in ("channel", "language", "group")):
            return False
        return self.arrived <= at and whom.get("since", "") <= self.day <= whom.get("until", "9")

    def stands_in(self, row: str) -> bool:
        return row in ("answered", f"choice:{self.answer}")


Seen = tuple[Mapping[str, str], int, Shown]
"""Whom a table is about, the how manyeth it was made as, and what it shows."""


class Attacker:
    """What can be concluded from some tables. `kinds` are all the sorts of people there might be."""

    def __init__(self, kinds: Sequence[Person], seen: Iterable[Seen]) -> None:
        self._kinds = kinds
        self._model = highspy.Highs()
        self._model.setOptionValue("output_flag", False)
        for number in range(len(kinds)):
            self._model.addVar(0, math.inf)
            self._model.changeColIntegrality(number, highspy.HighsVarType.kInteger)
        for whom, at, shown in seen:
            for cell, (low, high) in shown.ranges().items():
                self._bound(whom, at, cell, low, high)

    def knows(self, whom: Mapping[str, str], at: int, cell: Cell, count: int) -> bool:
        """Whether no other value of a cell fits everything that was shown."""
        more = self._fits(whom, at, cell, count + 1, math.inf)
        return not (more or self._fits(whom, at, cell, -math.inf, count - 1))

    def _fits(self, whom: Mapping[str, str], at: int, cell: Cell, low: float, high: float) -> bool:
        if high < 0:
            return False
        self._bound(whom, at, cell, low, high)
        self._model.run()
        status = self._model.getModelStatus()
        last = self._model.getNumRow() - 1
        self._model.deleteRows(1, np.array([last], dtype=np.int32))
        assert status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
        return bool(status == highspy.HighsModelStatus.kOptimal)

    def _bound(self, whom: Mapping[str, str], at: int, cell: Cell, low: float, high: float) -> None:
        row, column = cell
        them = [
            number
            for number, kind in enumerate(self._kinds)
            if kind.stands_in(row) and kind.is_in(column) and kind.belongs_to(whom, at)
        ]
        ones = np.ones(len(them))
        self._model.addRow(low, high, len(them), np.array(them, dtype=np.int32), ones)


def lowest(people: Iterable[Person], whom: Mapping[str, str], at: int, columns: Sequence[Column]) -> dict[Cell, int]:
    """The true counts of the table about some of the people."""
    found: Counter[Cell] = Counter()
    for person in people:
        if person.belongs_to(whom, at):
            found.update((f"choice:{person.answer}", column) for column in (WHOLE, *columns) if person.is_in(column))
    return dict(found)
