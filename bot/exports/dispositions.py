"""How far people came, in plain words, with the names that survey researchers know them by.

Names and codes are those of the American Association for Public Opinion Research, Standard Definitions, 10th edition
(2023), as they fit a survey by text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.disclosure.suppression import Shown
from bot.disclosure.tables import WHOLE, Row, Table, table
from bot.exports.tables import Openly
from storage.counting import dispositions
from storage.counting.results import Whom
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Disposition:
    """One way in which it ended for somebody. `part_of` names the line it is counted in too."""

    key: str
    words: str
    aapor: str
    part_of: str | None = None


DISPOSITIONS = (
    Disposition("invited", "Invited: a text of ours asked them to take part", ""),
    Disposition("reached", "Reached: the text was delivered, or no report says otherwise", "", "invited"),
    Disposition("unreachable", "Unreachable: it could not be delivered", "3.30 Not delivered", "invited"),
    Disposition("started", "Started: the conversation began", ""),
    Disposition("completed", "Completed: went through to the end", "1.1 Complete", "started"),
    Disposition("partly", "Partly answered: gave an answer, did not come to the end", "1.2 Partial", "started"),
    Disposition("silent", "Began and gave no answer", "2.112 Break-off", "started"),
    Disposition("stopped", "Stopped: asked for no more texts before giving an answer", "2.111 Refusal", "started"),
)
EXCLUDED = "excluded"
Show = Callable[[Table], Shown | Openly]
"""What may be shown of a table."""


def counted(db: Connection, flow: str, whom: Whom) -> tuple[dict[str, int], dict[str, int]]:
    """Conversations and people by disposition, and how many people were left out by why.

    Whoever was left out has no conversation, and so no channel, language or day: they are counted only where nobody is
    left aside.
    """
    asked, begun = dispositions.asked(db, flow, whom), dispositions.begun(db, flow, whom)
    partly = dispositions.answered_something(db, flow, whom)
    unfinished = {
        status: max(0, count - partly.get(status, 0)) for status, count in begun.items() if status != "completed"
    }
    stopped = unfinished.pop("stopped", 0)
    counts = {
        "reached": asked["sent"] + asked["delivered"],
        "unreachable": asked["unreachable"],
        "completed": begun.get("completed", 0),
        "partly": sum(partly.values()),
        "silent": sum(unfinished.values()),
        "stopped": stopped,
    }
    return counts, dispositions.excluded(db, flow) if whom == dispositions.EVERYBODY else {}


def rows(
    counts: Mapping[str, int], excluded: Mapping[str, int], show: Show
) -> Iterator[tuple[str, str, str, int | str]]:
    """Key, words, AAPOR's name and count of each, as `show` lets them be seen."""
    every = [*DISPOSITIONS]
    if excluded:
        every.append(Disposition(EXCLUDED, "Left out before anything was sent", "4.0 Not eligible"))
        every += [Disposition(f"{EXCLUDED}: {why}", f"Left out: {why}", "", EXCLUDED) for why in sorted(excluded)]
    counts = {**counts, **{f"{EXCLUDED}: {why}": count for why, count in excluded.items()}}
    shown = {each.key: show(_table(each, every, counts)) for each in every if each.part_of is None}
    for each in every:
        yield each.key, each.words, each.aapor, shown[each.part_of or each.key].text(each.key)


def _table(top: Disposition, every: Sequence[Disposition], counts: Mapping[str, int]) -> Table:
    """One disposition and its parts."""
    under = [each.key for each in every if each.part_of == top.key]
    lines = [Row(top.key), *(Row(key, top.key) for key in under)]
    return table(f"disposition: {top.key}", lines, {(key, WHOLE): counts.get(key, 0) for key in under})
