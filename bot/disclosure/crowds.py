"""Sets of people as the descriptions of tables tell of them: which is part of which, and where one more may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

Whom = Mapping[str, str]
"""Whom a table counts: its days, channel, language and group."""
Way = tuple[int, ...]
"""How one person more among some people is seen in other files: 1 counted there as well, 0 not, -1 in exchange for one
who leaves."""

OLD, NEW, OVERLAPPING = "old", "new", "overlapping"
"""Which of two sets of people is part of the other."""
MOST_WAYS = 12
"""Ways that are tried: fewer only hide more."""


def apart(one: Whom, other: Whom) -> bool:
    """Whether nobody can be in both sets of people. Groups and broadcasts may have the same people."""
    for name in ("channel", "language"):
        if one.get(name) and other.get(name) and one[name] != other[name]:
            return True
    return _before(one, other) or _before(other, one)


def _before(one: Whom, other: Whom) -> bool:
    return bool(one.get("until")) and other.get("since", "") > one["until"]


def contained(one: Whom, other: Whom) -> str | None:
    """Which of two sets of people is part of the other, as far as their descriptions tell; None: nobody is in both.

    The same description at a later time contains the earlier. Sets that only overlap are taken for contained: what
    separates them may be just as small.
    """
    if apart(one, other):
        return None
    if one.get("group") and other.get("group") and one["group"] != other["group"]:
        return OVERLAPPING
    if one.get("broadcast") != other.get("broadcast"):  # whom a champion's broadcast asked, and who came by themselves
        return OVERLAPPING
    if _within(one, other):
        return OLD
    return NEW if _within(other, one) else OVERLAPPING


def _within(narrow: Whom, wide: Whom) -> bool:
    named = all(not wide.get(name) or wide[name] == narrow.get(name) for name in ("channel", "language", "group"))
    later = (wide.get("since") or "") <= (narrow.get("since") or "")
    return named and later and (wide.get("until") or "9") >= (narrow.get("until") or "9")


def near(whom: Whom, others: Sequence[Whom]) -> list[bool]:
    """Which sets of people tell of some: those that share people with them, and their siblings in a larger set, from
    which they follow as what is left."""
    around = [each for each in others if contained(each, whom) == NEW]
    return [not apart(each, whom) or any(not apart(each, one) for one in around) for each in others]


def imagined(whom: Whom, others: Sequence[Whom]) -> tuple[list[Way], bool]:
    """The ways in which one person more among some people is seen in other files; and whether there may also be one of
    whom none of them tells, because no two of the sets share a larger one out between them."""
    theirs = [n for n, each in enumerate(others) if not apart(each, whom)]
    siblings = [n for n, is_near in enumerate(near(whom, others)) if is_near and n not in theirs]
    if not siblings and not any(apart(others[a], others[b]) for a, b in combinations(theirs, 2)):
        return [tuple(int(n in theirs) for n in range(len(others)))], True
    around = [n for n in theirs if contained(others[n], whom) == NEW]
    inside = [n for n in theirs if n not in around]
    places = [_place([*around, first], inside, others) for first in inside] or [{*around}]
    found = [tuple(int(n in place) for n in range(len(others))) for place in places]
    for sibling in siblings:
        theirs_too = [n for n, each in enumerate(others) if contained(others[sibling], each) == OLD]
        left = _place([sibling, *theirs_too], range(len(others)), others)
        found.append(tuple(int(n in places[0]) - int(n in left) for n in range(len(others))))
    return list(dict.fromkeys(found))[:MOST_WAYS], False


def _place(first: Iterable[int], among: Iterable[int], others: Sequence[Whom]) -> set[int]:
    """Sets of people that one person may be in at once: the first ones, and of the others as many as go."""
    place = set(first)
    for n in among:
        if all(not apart(others[n], others[each]) for each in place):
            place.add(n)
    return place
