"""Rounding and hiding one count, and what somebody who sees the result knows of it.

The rule is NHS England's for Hospital Episode Statistics below national level (since September 2018): 0 is shown,
1 to 7 is hidden, everything else is rounded to the nearest 5.
"""

from __future__ import annotations

from dataclasses import dataclass

HIDDEN = "*"
"""What stands in a table for a count that is hidden."""
ENDLESS = 1 << 60


@dataclass(frozen=True, slots=True)
class Rules:
    """The thresholds.

    `smallest` is the smallest count, and the smallest number of people, that may be shown (8). `base` is what counts
    are rounded to (5). `spread` is how many values must stay possible for every hidden count, whatever else is shown
    (3).
    """

    smallest: int = 8
    base: int = 5
    spread: int = 3

    def small(self, count: int) -> bool:
        """Whether a count is hidden for its own sake."""
        return 0 < count < self.smallest

    def rounded(self, count: int) -> int:
        """The count to the nearest multiple of `base`, halves up, in whole numbers only (never Python's `round`)."""
        return (2 * count + self.base) // (2 * self.base) * self.base

    def range_shown(self, count: int) -> tuple[int, int]:
        """The smallest and largest count that would be shown as this one is."""
        if count == 0:
            return 0, 0
        shown = self.rounded(count)
        half = self.base // 2
        low = shown - half
        return max(low, self.smallest), low + self.base - 1

    def range_hidden(self, count: int, *, withheld: bool = False) -> tuple[int, int]:
        """What a well-informed reader may assume of a hidden count.

        We grant them to know which counts were hidden for being small and which only to protect others, which the
        file does not say. `withheld`: the count belongs to a group too small to be told of at all.
        """
        if withheld:
            return 0, (self.smallest - 1 if count < self.smallest else ENDLESS)
        if count < self.smallest:
            return (1 if count else 0), self.smallest - 1
        return self.smallest, ENDLESS
