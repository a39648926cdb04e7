"""What was handed on before, and what a new table would tell beside it.

Two tables about nearly the same people tell of the few who are in one and not in the other. A new table is compared
with every earlier one of its flow: where fewer people than the smallest that may be shown make the difference, or where
both together would narrow a hidden count too far, the new one is refused, and the earlier one named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.disclosure.crowds import NEW, OLD, Whom, apart, contained, imagined, near
from bot.disclosure.kept import Release, as_given, counts_of, last, lowest_of
from bot.disclosure.rules import ENDLESS, Rules
from bot.disclosure.suppression import Reason, Shown, StillLeaksError, leaks, suppress, withheld
from bot.disclosure.tables import WHOLE, Cell, Table
from bot.disclosure.tables import table as made_of
from bot.disclosure.witness import Beside, Range
from bot.mistakes import ToldError

ANSWER = "choice:"
"""How the rows of a table that are answers begin."""


class Refused(ToldError):  # noqa: N818 -- the word of the issue, and what it is
    """A table that must not be handed on beside an earlier one; the message says which, and what to do."""


class Repeated(Exception):  # noqa: N818 -- not a mistake: the earlier table is to be given again
    """All that has changed since an earlier table is that a few people were erased: that table is given again."""

    def __init__(self, earlier: Release) -> None:
        super().__init__(earlier.name)
        self.earlier = earlier


def check(shown: Sequence[Shown], whom: Mapping[str, str], earlier: Iterable[Release], rules: Rules) -> list[Shown]:
    """The tables that may be handed on beside the earlier ones; a few more counts may be hidden than before.

    Raises:
        Refused: an earlier table is in the way.
        Repeated: nothing but a few erasures has changed since the same table was made.
    """
    every = list(earlier)
    related = [each for each, is_near in zip(every, near(whom, [each.whom for each in every]), strict=True) if is_near]
    for release in related:
        for each in shown if not apart(release.whom, whom) else ():
            _far_enough(each, release, rules, same=dict(release.whom) == dict(whom))
    return [_whole_at_least(each, whom, related, rules) for each in shown]


def beside(made: Table, whom: Mapping[str, str], earlier: Sequence[Release], rules: Rules) -> Shown:
    """A table that stands beside the one that was asked for: as it may be handed on now, else as it was handed on last,
    else with nothing in it."""
    try:
        return check([suppress(made, rules)], whom, earlier, rules)[0]
    except (Refused, Repeated):
        before = last(made.name, whom, earlier)
    if before is None:
        return withheld(made, rules)
    view = as_given(made.name, before, rules)
    told = {row.key for row in view.table.rows}
    new = {(row.key, WHOLE): Reason.GROUP for row in made.rows if row.key not in told}
    return replace(view, hidden={**view.hidden, **new})


def is_noted(shown: Shown, whom: Mapping[str, str], earlier: Iterable[Release]) -> bool:
    """Whether the ledger holds just this table already."""
    counts = counts_of([shown])[shown.table.name]
    return any(each.counts.get(shown.table.name) == counts and dict(each.whom) == dict(whom) for each in earlier)


def _far_enough(shown: Shown, release: Release, rules: Rules, *, same: bool) -> None:
    """Refuse a table that differs from an earlier one by too few people."""
    before = release.counts.get(shown.table.name)
    if before is None:
        return
    old = lowest_of(before)
    more, fewer = moved(shown.table.leaves, old, shown.table)
    if same and not more and 0 < fewer < rules.smallest:
        raise Repeated(release)
    if rules.small(max(more, fewer)):
        raise _refusal(shown.table.name, release, rules)


def moved(leaves: Iterable[str], old: Mapping[Cell, int], table: Table) -> tuple[int, int]:
    """By how many people some rows of a table have grown since an earlier one, and by how many others have shrunk."""
    change = [table.count(leaf) - old.get((leaf, WHOLE), 0) for leaf in leaves]
    return sum(by for by in change if by > 0), -sum(by for by in change if by < 0)


def _whole_at_least(shown: Shown, whom: Whom, related: Sequence[Release], rules: Rules) -> Shown:
    """The table as it may be handed on; without its breakdowns where these would tell too much and the whole, which an
    earlier file has already, does not.

    Raises:
        Refused: an earlier table is in the way.
    """
    try:
        return _jointly(shown, whom, related, rules)
    except Refused:
        made = shown.table
        lowest = {(leaf, WHOLE): made.count(leaf) for leaf in made.leaves}
        whole = made_of(made.name, made.rows, lowest, made.people, made.few)
        earlier = (again(made, release.counts[made.name]) for release in related if made.name in release.counts)
        if not made.columns or not any(_holds(old, whole) for old in earlier):
            raise
        return replace(_jointly(suppress(whole, rules), whom, related, rules), dropped=[*made.dimensions()])


def _jointly(shown: Shown, whom: Whom, related: Sequence[Release], rules: Rules) -> Shown:
    """Hide what all files together would tell: an answer counted in a smaller set is counted in the larger ones too.

    Raises:
        Refused: even so an earlier table would tell more than it did.
    """
    name = shown.table.name
    others = [
        (release, suppress(again(shown.table, release.counts[name]), rules))
        for release in related
        if name in release.counts
    ]
    held = [old for release, old in others if not apart(release.whom, whom) and _holds(old.table, shown.table)]
    others = [each for each in others if each[1] not in held]
    shown = _hiding(shown, held)
    if not others:
        return shown
    bounds = _bounds(shown.table, [(contained(release.whom, whom), old) for release, old in others])
    try:
        narrowed = suppress(shown.table, rules, _told(whom, others, bounds))
    except StillLeaksError:
        raise _refusal(name, others[-1][0], rules) from None
    narrowed = _hiding(narrowed, held)
    mine = Release("", whom, {}), narrowed
    for release, old in others:
        how = {OLD: NEW, NEW: OLD}.get(contained(release.whom, whom) or "")
        back = _bounds(old.table, [(how, narrowed)])
        rest = [mine, *(each for each in others if each[1] is not old)]
        if next(leaks(old, _told(release.whom, rest, back)), None) is not None:
            raise _refusal(name, release, rules)
    return narrowed


def _told(whom: Whom, others: Sequence[tuple[Release, Shown]], bounds: Mapping[Cell, Range]) -> Beside:
    """What other files tell of some people."""
    ways, alone = imagined(whom, [release.whom for release, _ in others])
    return Beside([(old.table, old.ranges()) for _, old in others], ways, alone, bounds)


def _bounds(table: Table, others: Iterable[tuple[str | None, Shown]]) -> dict[Cell, Range]:
    """What the true counts of other files allow a table's: no fewer than a part of these people has, which is `OLD`,
    and no more than a larger set."""
    bounds: dict[Cell, Range] = {}
    for how, other in others:
        for cell in _answers(table):
            low, high = bounds.get(cell, (0, ENDLESS))
            count = other.table.counts.get(cell, 0)
            bounds[cell] = (max(low, count), high) if how == OLD else (low, min(high, count) if how == NEW else high)
    return bounds


def _hiding(shown: Shown, held: Iterable[Shown]) -> Shown:
    """A table that stands in earlier files already: it tells nothing new as long as it hides what they hide."""
    there = set(shown.table.every_column)
    for old in held:
        hidden = {cell: reason for cell, reason in old.hidden.items() if cell[1] in there}
        shown = replace(shown, hidden={**shown.hidden, **hidden}, withheld=shown.withheld | (old.withheld & there))
    return shown


def _holds(old: Table, new: Table) -> bool:
    """Whether every count of a table stands in an earlier one as well: the same people, told apart no further."""
    return set(new.columns) <= set(old.columns) and all(old.counts.get(cell, 0) == n for cell, n in new.counts.items())


def _answers(table: Table) -> list[Cell]:
    """The counts that only grow with the people counted: answers stay, while those who wait may yet answer."""
    return [cell for cell in table.counts if cell[0].startswith(ANSWER) and cell[0] in table.leaves]


def again(table: Table, before: Mapping[str, int]) -> Table:
    """The earlier table of the same question, as far as its rows are still known."""
    leaves = set(table.leaves)
    lowest = {cell: count for cell, count in lowest_of(before).items() if cell[0] in leaves}
    return made_of(table.name, table.rows, lowest)


def _refusal(question: str, release: Release, rules: Rules) -> Refused:
    return Refused(
        "This table is not handed on: fewer than {fewest} people stand between it and {earlier}, and who compares both "
        "at `{question}` could work out what they said. Wait until more people have answered, or give the earlier file "
        "again; for your own eyes, use --level restricted --layout tables.",
        fewest=rules.smallest,
        earlier=release.name,
        question=question,
    )
