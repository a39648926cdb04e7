"""Proof that a hidden count stays hidden: other counts that would have made the very same file.

A file hides a count when there are other populations, with other values there, of which everything shown is just as
true. We look for them from the true counts outwards: one person more or less in a row, or moved from one row or one
column to another. What is found is a proof; what is not found is taken for a leak, so we may hide too much and never
too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.disclosure.crowds import Way
from bot.disclosure.rules import ENDLESS
from bot.disclosure.tables import WHOLE, Cell, Column, Table

Range = tuple[int, int]
_ANY: Range = (0, ENDLESS)
_NOBODY: Range = (0, 0)
Change = dict[Cell, int]


@dataclass(frozen=True, slots=True)
class Beside:
    """What else is told of some of the same people.

    `files` are other tables, with what each tells of its counts, and `ways` how one person more here is seen in them.
    `alone`: there may be somebody more of whom they do not tell, within the `bounds` that their true counts set.
    """

    files: Sequence[tuple[Table, Mapping[Cell, Range]]] = ()
    ways: Sequence[Way] = ()
    alone: bool = True
    bounds: Mapping[Cell, Range] = field(default_factory=dict)


NOTHING = Beside()


class Witness:
    """The true counts of a table, and how far each may move before the file would read differently.

    Args:
        table: the true counts.
        ranges: the smallest and largest count that agree with what is shown, by cell; a cell not named is free.
        dropped: breakdowns that are not in the file at all.
        beside: other files about some of the same people, in which the change must be as possible.
    """

    def __init__(
        self,
        table: Table,
        ranges: Mapping[Cell, Range],
        dropped: Iterable[str] = (),
        beside: Beside = NOTHING,
    ) -> None:
        self._table = table
        self._files = [(table, ranges), *beside.files]
        self._ways = [(1, *way) for way in beside.ways or ((),)]
        self._way = self._ways[0]
        self._moved: list[Change] = []
        left_out = set(dropped)
        self._split: dict[str, list[Column]] = {
            name: columns
            for name, columns in table.dimensions().items()
            if name not in left_out and table.is_split(columns)
        }

    def spread(self, cell: Cell, enough: int) -> int:
        """How many values of this cell are proved possible, counted no further than `enough`."""
        found = 1
        for direction in (1, -1):
            self._moved = [{} for _ in self._files]
            while found < enough and self._push(cell, direction):
                found += 1
        return found

    def _push(self, cell: Cell, direction: int) -> bool:
        for way in self._ways:
            self._way = way
            for change in self._changes(cell, direction):
                if self._fits(change):
                    for moved, sign in zip(self._moved, way, strict=True):
                        for each, by in change.items():
                            moved[each] = moved.get(each, 0) + sign * by
                    return True
        return False

    def _fits(self, change: Change) -> bool:
        for (table, ranges), sign, moved in zip(self._files, self._way, self._moved, strict=True):
            if not sign:
                continue
            for cell, by in change.items():
                low, high = ranges.get(cell, _NOBODY if table.lacks(cell) else _ANY)
                if not low <= table.counts.get(cell, 0) + moved.get(cell, 0) + sign * by <= high:
                    return False
        return True

    # The smallest changes of a population that change this cell by one.

    def _changes(self, cell: Cell, direction: int) -> Iterator[Change]:
        row, column = cell
        inside = [leaf for leaf in self._table.leaves if row in self._table.above(leaf)]
        outside = [leaf for leaf in self._table.leaves if row not in self._table.above(leaf)]
        if column != WHOLE and column[0] in self._split:
            yield from self._within_a_breakdown(column, inside, outside, direction)
        elif column != WHOLE:
            yield from self._in_a_column(column, inside, outside, direction)
            return
        yield from self._everywhere(column, inside, outside, direction)

    def _within_a_breakdown(
        self, column: Column, inside: list[str], outside: list[str], direction: int
    ) -> Iterator[Change]:
        """The whole stays as it is: a person moved to another column, or two who change rows in two columns."""
        others = [other for other in self._split[column[0]] if other != column]
        for other in others:
            for leaf in inside:
                yield self._sum((leaf, column, direction), (leaf, other, -direction))
        for other in others:
            for leaf in inside:
                for out in outside:
                    yield self._sum(
                        (leaf, column, direction),
                        (out, column, -direction),
                        (leaf, other, -direction),
                        (out, other, direction),
                    )

    def _in_a_column(self, column: Column, inside: list[str], outside: list[str], direction: int) -> Iterator[Change]:
        """Columns that overlap say nothing of each other: each is looked at alone."""
        for leaf in inside:
            yield self._sum((leaf, column, direction))
            for out in outside:
                yield self._sum((leaf, column, direction), (out, column, -direction))

    def _everywhere(self, column: Column, inside: list[str], outside: list[str], direction: int) -> Iterator[Change]:
        """The whole changes with it: a person who answered otherwise, one more or one fewer."""
        for leaf in inside:
            for out in (*outside, None):
                change = self._sum((leaf, WHOLE, direction), *([(out, WHOLE, -direction)] if out else []))
                if not self._fits(change):
                    continue
                if self._carry(change, leaf, out, column, direction):
                    yield change

    def _carry(self, change: Change, leaf: str, out: str | None, column: Column, direction: int) -> bool:
        """Make a change of the whole in one column of every breakdown too; returns whether there is room in each."""
        for name, columns in self._split.items():
            for each in [column] if column[0] == name else columns:
                here = self._sum((leaf, each, direction), *([(out, each, -direction)] if out else []))
                if self._fits(here):
                    change.update(here)
                    break
            else:
                return False
        return True

    def _sum(self, *moves: tuple[str, Column, int]) -> Change:
        change: Change = {}
        for leaf, column, by in moves:
            for row in self._table.above(leaf):
                change[row, column] = change.get((row, column), 0) + by
        return {cell: by for cell, by in change.items() if by}
