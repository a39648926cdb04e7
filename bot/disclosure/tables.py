"""The counts of one question before anything is hidden: rows that add up, whole and by each breakdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

WHOLE = ("", "")
"""The column of everybody."""

Column = tuple[str, str]
"""A breakdown and one of its values, such as `("channel", "sms")`."""
Cell = tuple[str, Column]
"""A row and a column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a question's table. `parent` is the row it is part of; None: it is part of none.

    `aside` names the row of all people of whom this one counts some, where people may stand in several such rows: those
    who are not counted here are then as easily worked out as those who are.
    """

    key: str
    parent: str | None = None
    aside: str | None = None


@dataclass(slots=True)
class Table:
    """A question's counts.

    `rows` come parents first. The counts of the lowest rows are given; those above are their sums. `columns` are those
    of every breakdown that stands beside the whole. `people` says how many different people stand in a column, where
    that is fewer than the count of the topmost row; `few` are counts that are of fewer people than may be shown, who
    gave that answer more than once.
    """

    name: str
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    counts: dict[Cell, int] = field(default_factory=dict)
    people: dict[Column, int] = field(default_factory=dict)
    few: frozenset[Cell] = frozenset()
    _leaves: tuple[str, ...] = field(init=False, default=())
    _above: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        parents = {row.parent for row in self.rows}
        self._leaves = tuple(row.key for row in self.rows if row.key not in parents)
        for row in self.rows:
            self._above[row.key] = (row.key, *(self._above[row.parent] if row.parent is not None else ()))

    @property
    def leaves(self) -> tuple[str, ...]:
        """The lowest rows: each answer or way of leaving the question stands in exactly one of them."""
        return self._leaves

    @property
    def every_column(self) -> tuple[Column, ...]:
        """The whole, then every column beside it."""
        return (WHOLE, *self.columns)

    @property
    def root(self) -> str:
        """The topmost row: everybody who began."""
        return self.rows[0].key

    def above(self, row: str) -> tuple[str, ...]:
        """The row and every row it is part of."""
        return self._above[row]

    def lacks(self, cell: Cell) -> bool:
        """Whether a file made of this table shows by its silence that nobody stands here."""
        row, column = cell
        return row not in self._above or column not in self.every_column

    def count(self, row: str, column: Column = WHOLE) -> int:
        """The true count."""
        return self.counts.get((row, column), 0)

    def dimensions(self) -> dict[str, list[Column]]:
        """The columns by breakdown."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            found.setdefault(column[0], []).append(column)
        return found

    def is_split(self, columns: Iterable[Column]) -> bool:
        """Whether these columns share everybody out, so that each row's counts add up to the whole."""
        listed = list(columns)
        return all(sum(self.count(leaf, column) for column in listed) == self.count(leaf) for leaf in self.leaves)


def table(
    name: str,
    rows: Iterable[Row],
    lowest: Mapping[Cell, int],
    people: Mapping[Column, int] | None = None,
    few: Iterable[Cell] = (),
) -> Table:
    """A table from the counts of its lowest rows, in any columns; the sums above them are worked out here."""
    columns = dict.fromkeys(column for _, column in lowest if column != WHOLE)
    made = Table(name, tuple(rows), tuple(columns), people=dict(people or {}), few=frozenset(few))
    leaves = set(made.leaves)
    for (row, column), count in lowest.items():
        if row not in leaves:
            raise ValueError(f"{row} is not a lowest row of {name}")
        for each in made.above(row):
            made.counts[each, column] = made.counts.get((each, column), 0) + count
    return made
