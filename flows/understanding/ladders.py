"""Labels that stand on one ladder: from `Never` to `Every day`, from `Very safe` to `Very unsafe`.

A reply that stands on the same ladder in words of its own ("hardly ever", "not that safe", "terrified") means the label
nearest to it. Where it stands, `how_often` and `how_much` tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST = 3
"""Different rungs of a ladder: two labels are no order."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The place of each choice that has one."""

    rungs: Mapping[int, float]

    def nearest(self, places: Sequence[float]) -> int | None:
        """The one choice nearest to every place; None where there is none, or several. Between two rungs it is the
        milder."""
        found = {number for place in places for number in self._at(place)}
        return found.pop() if len(found) == 1 else None

    def _at(self, place: float) -> list[int]:
        off = {number: (abs(rung - place), abs(rung)) for number, rung in self.rungs.items()}
        return [number for number, distance in off.items() if distance == min(off.values())]


def ladder_of(places: Sequence[Sequence[float]], without: frozenset[int | None]) -> Ladder | None:
    """The ladder of some labels, by the places each names; None where they are no order of one kind.

    Args:
        places: of each label.
        without: labels beside the ladder, such as `Don't know`.
    """
    rungs = {number: found[0] for number, found in enumerate(places) if len(found) == 1 and number not in without}
    beside = len(places) - len(rungs) - len(without & set(range(len(places))))
    return Ladder(rungs) if not beside and len(set(rungs.values())) >= FEWEST else None
