"""What every file format is given: columns with their meaning, rows one after another, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Cell = str | int | float | None


class Sort(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `label` says what it is; `labels` gives the meaning of each value it may hold, if they are listed.

    `made`: in every row stands a text that we have made of ASCII letters, digits and `-`, `:`, `+`, a letter or digit
    first: an id or a time, which every format may take as it is.
    """

    name: str
    label: str
    sort: Sort = Sort.TEXT
    labels: Mapping[str, str] = field(default_factory=dict)
    made: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The cells of several columns that come again together, the same block in many rows.

    It equals itself alone, so that what a format makes of it is looked up without reading its cells.
    """

    cells: tuple[Cell, ...]


Row = Sequence[Cell | Block]
Part = Sequence[Column]


@dataclass(slots=True)
class Sheet:
    """A file's contents. `rows` are read once, as the file is written; `notes` may grow meanwhile.

    A row has for each part a cell, or a `Block` of as many cells as the part has columns; where `parts` says nothing,
    each column is one.

    `about` is what the file says of itself: flow, level, when it was made and how. `extra` is for formats with room
    for more than rows: what a Flow Results descriptor or a JSON file tells besides.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    notes: list[str] = field(default_factory=list)
    about: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    parts: Sequence[Part] = ()

    def __post_init__(self) -> None:
        self.parts = self.parts or alone(self.columns)


def alone(columns: Iterable[Column]) -> list[Part]:
    """Parts of one column each."""
    return [(column,) for column in columns]


def only_once(name: str, taken: set[str], between: str = "_") -> str:
    """The name, with a number behind it where it is taken, capitals and small letters alike; then it is."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}{between}{number}"
    taken.add(found.casefold())
    return found


def cells_of(row: Row) -> Iterator[Cell]:
    """The cells of a row, one for each column."""
    for piece in row:
        if isinstance(piece, Block):
            yield from piece.cells
        else:
            yield piece
