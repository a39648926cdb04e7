"""Which counts of a table are shown: the small ones hidden, and as many others as it takes to keep those hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.disclosure.rules import HIDDEN, Rules
from bot.disclosure.tables import WHOLE, Cell, Column, Row, Table
from bot.disclosure.witness import NOTHING, Beside, Range, Witness


class Reason(StrEnum):
    """Why a count is not shown."""

    SMALL = "small count"
    PROTECTS = "protects a small count"
    GROUP = "group too small"


class StillLeaksError(Exception):
    """What a reader knows from elsewhere tells a count even of a table that hides everything."""


@dataclass(slots=True)
class Shown:
    """What may be shown of a table. `dropped` are breakdowns left out as a whole."""

    table: Table
    rules: Rules
    hidden: dict[Cell, Reason] = field(default_factory=dict)
    withheld: set[Column] = field(default_factory=set)
    dropped: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[Column]:
        """The columns that may be shown, the whole first. A group that is too small is not even named."""
        return [each for each in self.table.every_column if each == WHOLE or self._may_stand(each)]

    def _may_stand(self, column: Column) -> bool:
        return column not in self.withheld and column[0] not in self.dropped

    def count(self, row: str, column: Column = WHOLE) -> int | None:
        """The rounded count, or None where it is hidden."""
        if (row, column) in self.hidden:
            return None
        return self.rules.rounded(self.table.count(row, column))

    def text(self, row: str, column: Column = WHOLE) -> int | str:
        """The rounded count, or the sign for a hidden one."""
        count = self.count(row, column)
        return HIDDEN if count is None else count

    def share(self, row: str, of: str, column: Column = WHOLE) -> float | None:
        """A row's part of another, 0 to 1, from what is shown alone; None where either is hidden or nobody is there."""
        part, whole = self.count(row, column), self.count(of, column)
        return None if part is None or not whole else min(1.0, round(part / whole, 2))

    def shows_anything(self) -> bool:
        """Whether any count but a nought is shown."""
        return any(self.count(row.key, column) for row in self.table.rows for column in self.columns)

    def ranges(self) -> dict[Cell, Range]:
        """What a reader can know of each count in the file."""
        found: dict[Cell, Range] = {}
        for column in self.table.every_column:
            if column[0] in self.dropped:
                continue
            for row in self.table.rows:
                cell, count = (row.key, column), self.table.count(row.key, column)
                if cell in self.hidden:
                    found[cell] = self.rules.range_hidden(count, withheld=column in self.withheld)
                else:
                    found[cell] = self.rules.range_shown(count)
        return found


def suppress(table: Table, rules: Rules, beside: Beside = NOTHING) -> Shown:
    """Decide what is shown.

    Args:
        table: the true counts.
        rules: the thresholds.
        beside: earlier files about some of the same people.

    Raises:
        StillLeaksError: only with `beside`: it alone tells too much.
    """
    shown = Shown(table, rules)
    for column in table.every_column:
        _hide_small(shown, column)
    if WHOLE in shown.withheld:
        shown.dropped = list(table.dimensions())
        return shown
    for row, column in sorted(table.few):
        others = [(leaf, column) for leaf in table.leaves if leaf != row and table.count(leaf, column)]
        if row in table.leaves and others and not any(cell in shown.hidden for cell in others):
            _hide_another(shown, (row, column))  # else it would be what is left of the sum: many answers, of few people
    while (leak := next(leaks(shown, beside), None)) is not None:
        _hide_another(shown, leak)
    return shown


def _hide_small(shown: Shown, column: Column) -> None:
    table, rules = shown.table, shown.rules
    root = table.count(table.root, column)
    small_group = 0 < min(root, table.people.get(column, root)) < rules.smallest
    if small_group:
        shown.withheld.add(column)
    for row in table.rows:
        if small_group:
            shown.hidden[row.key, column] = Reason.GROUP
        elif _is_small(table, rules, row, column):
            shown.hidden[row.key, column] = Reason.SMALL


def _is_small(table: Table, rules: Rules, row: Row, column: Column) -> bool:
    count = table.count(row.key, column)
    if rules.small(count) or (row.key, column) in table.few:
        return True
    return row.aside is not None and rules.small(table.count(row.aside, column) - count)


def withheld(table: Table, rules: Rules) -> Shown:
    """A table of which nothing is shown."""
    empty = Table(table.name, table.rows, ())
    return Shown(empty, rules, {(row.key, WHOLE): Reason.GROUP for row in table.rows}, {WHOLE})


def leaks(shown: Shown, beside: Beside) -> Iterator[Cell]:
    """Hidden counts for which too few values are proved possible."""
    ranges = shown.ranges()
    # Either only this file's people are imagined otherwise, or the same people in every file they stand in.
    ways = [Witness(shown.table, ranges, shown.dropped, beside)] if beside.files else []
    if beside.alone:
        ways.append(Witness(shown.table, _narrowed(ranges, beside.bounds), shown.dropped))
    enough = shown.rules.spread
    for cell in list(shown.hidden):
        row, column = cell
        if column[0] in shown.dropped or _plainly_nobody(shown, row):
            continue
        if all(way.spread(cell, enough) < enough for way in ways):
            yield cell


def _narrowed(ranges: Mapping[Cell, Range], bounds: Mapping[Cell, Range]) -> dict[Cell, Range]:
    narrowed = dict(ranges)
    for cell, (low, high) in bounds.items():
        if cell in narrowed:
            narrowed[cell] = max(low, narrowed[cell][0]), min(high, narrowed[cell][1])
    return narrowed


def _plainly_nobody(shown: Shown, row: str) -> bool:
    """Whether the whole already tells that nobody stands in this row, so that there is nobody to protect."""
    return any(shown.count(above) == 0 for above in shown.table.above(row))


def _hide_another(shown: Shown, leak: Cell) -> None:
    """Hide one more count near the leak: the smallest beside it, then what it adds up to, then the breakdown itself."""
    row, column = leak
    table = shown.table
    near = [(leaf, column) for leaf in table.leaves if leaf != row]
    across = [(row, other) for other in table.columns if other != column and other[0] == column[0]]
    above = [(each, column) for each in reversed(table.above(row)) if each != row]
    whole = [(each, WHOLE) for each in (row, *table.above(row))]
    for group in (near, across, above, whole):
        candidates = [cell for cell in group if cell not in shown.hidden and shown.table.counts.get(cell)]
        if candidates:
            shown.hidden[min(candidates, key=lambda cell: table.counts[cell])] = Reason.PROTECTS
            return
    remaining = [name for name in table.dimensions() if name not in shown.dropped]
    if remaining:
        shown.dropped.append(column[0] if column[0] in remaining else remaining[-1])
        return
    rest = [(each.key, WHOLE) for each in table.rows if (each.key, WHOLE) not in shown.hidden]
    if not rest:
        raise StillLeaksError(f"everything at {table.name} is hidden and something still leaks")
    shown.hidden.update(dict.fromkeys(rest, Reason.PROTECTS))
