"""What was handed on before, and what a new table would tell beside it.

Two tables about nearly the same people tell of the few who are in one and not in the other. A new table is compared
with every earlier one of its flow: where fewer people than the smallest that may be shown make the difference, or where
both together would narrow a hidden count too far, the new one is refused, and the earlier one named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.disclosure.kept import Release, as_given, counts_of, last, lowest_of
from bot.disclosure.rules import ENDLESS, Rules
from bot.disclosure.suppression import Reason, Shown, StillLeaksError, leaks, suppress, withheld
from bot.disclosure.tables import WHOLE, Cell, Table
from bot.disclosure.tables import table as made_of
from bot.disclosure.witness import Range
from bot.mistakes import ToldError

OLD, NEW, OVERLAPPING = "old", "new", "overlapping"
"""Which of two sets of people is part of the other."""
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
    related = [(each, how) for each in earlier if (how := _contained(each.whom, whom)) is not None]
    for release, _ in related:
        for each in shown:
            _far_enough(each, release, rules, same=dict(release.whom) == dict(whom))
    return [_whole_at_least(each, related, rules) for each in shown]


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


def _contained(one: Mapping[str, str], other: Mapping[str, str]) -> str | None:
    """Which of two sets of people is part of the other, as far as their descriptions tell; None: neither.

    The same description at a later time contains the earlier. Sets that only overlap are taken for contained: what
    separates them may be just as small.
    """
    for name in ("channel", "language"):
        if one.get(name) and other.get(name) and one[name] != other[name]:
            return None
    if one.get("group") and other.get("group") and one["group"] != other["group"]:
        return OVERLAPPING
    if one.get("broadcast") != other.get("broadcast"):  # whom a champion's broadcast asked, and who came by themselves
        return OVERLAPPING
    days_apart = (one.get("until") and other.get("since", "") > one["until"]) or (
        other.get("until") and one.get("since", "") > other["until"]
    )
    if days_apart:
        return None
    wider = all(not other.get(name) or other.get(name) == one.get(name) for name in ("channel", "language", "group"))
    longer = (other.get("since") or "") <= (one.get("since") or "") and (other.get("until") or "9") >= (
        one.get("until") or "9"
    )
    if wider and longer:
        return OLD
    narrower = all(not one.get(name) or one.get(name) == other.get(name) for name in ("channel", "language", "group"))
    shorter = (one.get("since") or "") <= (other.get("since") or "") and (one.get("until") or "9") >= (
        other.get("until") or "9"
    )
    return NEW if narrower and shorter else OVERLAPPING


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


def _whole_at_least(shown: Shown, related: Sequence[tuple[Release, str]], rules: Rules) -> Shown:
    """The table as it may be handed on; without its breakdowns where these would tell too much and the whole, which an
    earlier file has already, does not.

    Raises:
        Refused: an earlier table is in the way.
    """
    try:
        return _jointly(shown, related, rules)
    except Refused:
        made = shown.table
        lowest = {(leaf, WHOLE): made.count(leaf) for leaf in made.leaves}
        whole = made_of(made.name, made.rows, lowest, made.people)
        earlier = (again(made, release.counts[made.name]) for release, _ in related if made.name in release.counts)
        if not made.columns or not any(_holds(old, whole) for old in earlier):
            raise
        return replace(_jointly(suppress(whole, rules), related, rules), dropped=[*made.dimensions()])


def _jointly(shown: Shown, related: Sequence[tuple[Release, str]], rules: Rules) -> Shown:
    """Hide what all files together would tell: an answer counted in a smaller set is counted in the larger ones too.

    Raises:
        Refused: even so an earlier table would tell more than it did.
    """
    others = [
        (release, how, suppress(again(shown.table, release.counts[shown.table.name]), rules))
        for release, how in related
        if shown.table.name in release.counts
    ]
    held = [old for _, _, old in others if _holds(old.table, shown.table)]
    others = [each for each in others if each[2] not in held]
    shown = _hiding(shown, held)
    if not others:
        return shown
    bounds: dict[Cell, Range] = {}
    for _, how, old in others:
        for cell in _answers(shown.table):
            low, high = bounds.get(cell, (0, ENDLESS))
            count = old.table.counts.get(cell, 0)
            bounds[cell] = (max(low, count), high) if how == OLD else (low, min(high, count) if how == NEW else high)
    try:
        narrowed = suppress(shown.table, rules, bounds, [(old.table, old.ranges()) for _, _, old in others])
    except StillLeaksError:
        raise _refusal(shown.table.name, others[-1][0], rules) from None
    narrowed = _hiding(narrowed, held)
    for release, how, old in others:
        rest = [(narrowed.table, narrowed.ranges()), *((o.table, o.ranges()) for _, _, o in others if o is not old)]
        back = {cell: _limits(shown.table.counts.get(cell, 0), how) for cell in _answers(old.table)}
        if next(leaks(old, back, rest), None) is not None:
            raise _refusal(shown.table.name, release, rules)
    return narrowed


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


def _limits(count: int, how: str) -> Range:
    """What the new table's true count allows an earlier one."""
    return (0, count) if how == OLD else (count, ENDLESS) if how == NEW else (0, ENDLESS)


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
