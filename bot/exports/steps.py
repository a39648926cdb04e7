"""Tables that are looked at again and again: they move in steps of several people, never with one person's reply.

Who looks after each reply can tell from what changes what that one person said, even where counts are rounded. So to
those who may not see single answers each question is shown as it was at its last step, and moves on when the ledger
allows it and at least the smallest number that may be shown, and a tenth of all, have said something since. A step is
noted in the ledger as every table that is handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.disclosure import kept, ledger
from bot.disclosure.rules import Rules
from bot.disclosure.suppression import Shown, suppress
from bot.disclosure.tables import Cell, Table
from bot.exports import tables
from bot.exports.reading import Reader, hand_on, handed_on
from bot.exports.results import ANSWERED, Result
from storage.database import Connection

SILENT = frozenset({"waiting", "not_reached"})
"""The rows of people who have said nothing to a question: no crowd to hide somebody among who has."""
PART = 10
"""A step is at least one in so many of all who answered, so that the ledger stays short."""


def in_steps(reader: Reader, now: datetime) -> tuple[list[Result], list[Shown]]:
    """Every question as it may be shown now, before whoever looks again in a moment. The reader's `db` is written.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    earlier, whom = reader.earlier, reader.whom
    found: list[tuple[Result, Shown]] = []
    moved: list[Shown] = []
    for result in reader.results():
        view = step(result.table, whom, earlier, reader.rules)
        if view is None:
            last = kept.last(result.table.name, whom, earlier)
            found.append(
                tables.given_again(result, last, reader.rules) if last else tables.not_yet(result, reader.rules)
            )
        else:
            found.append((result, view))
            moved.append(view)
    if moved:
        reader.hand_on(reader.db, moved, now)
    return [result for result, _ in found], [view for _, view in found]


def alone(
    db: Connection, flow: str, table: Table, whom: Mapping[str, str], rules: Rules, now: datetime
) -> Shown | None:
    """One question of people whom tallies do not tell apart, as it may be shown now; None: not yet. `db` is written."""
    earlier = handed_on(db, flow)
    view = step(table, whom, earlier, rules)
    if view is not None:
        hand_on(db, flow, whom, [view], now)
        return view
    last = kept.last(table.name, whom, earlier)
    return kept.as_given(table.name, last, rules) if last else None


def step(table: Table, whom: Mapping[str, str], earlier: Sequence[kept.Release], rules: Rules) -> Shown | None:
    """The question's next step; None: too little has changed since the last."""
    last = kept.last(table.name, whom, earlier)
    if last is not None and not _due(table, kept.lowest_of(last.counts.get(table.name, {})), rules):
        return None
    try:
        (view,) = ledger.check([suppress(table, rules)], whom, earlier, rules)
    except (ledger.Refused, ledger.Repeated):
        return None
    return view if view.shows_anything() else None


def _due(table: Table, old: Mapping[Cell, int], rules: Rules) -> bool:
    """Whether enough people have said something since."""
    more, fewer = ledger.moved([leaf for leaf in table.leaves if leaf not in SILENT], old, table)
    return max(more, fewer) >= max(rules.smallest, table.count(ANSWERED) // PART)
