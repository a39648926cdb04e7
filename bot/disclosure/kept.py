"""What the ledger keeps of tables that were handed on: enough to compare with, and to give the same ones again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.disclosure.rules import Rules
from bot.disclosure.suppression import Reason, Shown
from bot.disclosure.tables import Cell, Row
from bot.disclosure.tables import table as made_of

Counts = Mapping[str, Mapping[str, int]]
"""The true counts of the lowest rows of a table, by question, then by `row`, or `row|breakdown|part`."""


@dataclass(frozen=True, slots=True)
class Release:
    """A table that was handed on: `whom` it counts (days, channel, language, group, breakdowns), from which true
    counts it was made, by question what it `looks` like, and when (`at`, microseconds)."""

    name: str
    whom: Mapping[str, str]
    counts: Counts
    looks: Mapping[str, Any] = field(default_factory=dict)
    at: int = 0


def counts_of(shown: Iterable[Shown]) -> dict[str, dict[str, int]]:
    """The true counts that tables were made from."""
    return {
        each.name: {_name(cell): count for cell, count in each.counts.items() if cell[0] in each.leaves and count}
        for each in (view.table for view in shown)
    }


def looks_of(shown: Iterable[Shown]) -> dict[str, Any]:
    """What tables look like beside their counts: their rows, and what they hide."""
    return {
        view.table.name: {
            "rows": [[row.key, row.parent, row.aside] for row in view.table.rows],
            "hidden": {_name(cell): str(reason) for cell, reason in view.hidden.items()},
            "withheld": sorted(view.withheld),
            "dropped": view.dropped,
        }
        for view in shown
    }


def as_given(question: str, release: Release, rules: Rules) -> Shown:
    """A question's table just as it was handed on."""
    looks = release.looks[question]
    counts = lowest_of(release.counts.get(question, {}))
    return Shown(
        made_of(question, [Row(*row) for row in looks["rows"]], counts),
        rules,
        {_cell(name): Reason(reason) for name, reason in looks["hidden"].items()},
        {(dimension, part) for dimension, part in looks["withheld"]},
        list(looks["dropped"]),
    )


def last(question: str, whom: Mapping[str, str], earlier: Sequence[Release]) -> Release | None:
    """The latest of these tables about the same people that told of a question."""
    same = (each for each in reversed(earlier) if dict(each.whom) == dict(whom) and question in each.looks)
    return next(same, None)


def lowest_of(counts: Mapping[str, int]) -> dict[Cell, int]:
    """The counts of one question as a table is made from them."""
    return {_cell(name): count for name, count in counts.items()}


def _name(cell: Cell) -> str:
    row, (dimension, part) = cell
    return f"{row}|{dimension}|{part}" if dimension else row


def _cell(name: str) -> Cell:
    row, _, rest = name.partition("|")
    dimension, _, part = rest.partition("|")
    return row, (dimension, part)
