"""How far people came, in plain words, with the names that survey researchers know them by.

Names and codes are those of the American Association for Public Opinion Research, Standard Definitions, 10th edition
(2023), as they fit a survey by text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.disclosure.rules import Rules
from bot.disclosure.suppression import suppress
from bot.disclosure.tables import Row, table
from storage.counting import dispositions
from storage.counting.results import WHOLE, Whom
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


def counted(db: Connection, flow: str, whom: Whom) -> tuple[dict[str, int], dict[str, int]]:
    """People by disposition, and those left out by why."""
    asked, begun = dispositions.asked(db, flow), dispositions.begun(db, flow, whom)
    partly = dispositions.answered_something(db, flow)
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
    return counts, dispositions.excluded(db, flow)


def rows(
    counts: Mapping[str, int], excluded: Mapping[str, int], rules: Rules | None
) -> Iterator[tuple[str, str, str, int | str]]:
    """Key, words, AAPOR's name and count of each; hidden and rounded by `rules`, exact without."""
    text = _shown(counts, DISPOSITIONS, rules)
    for each in DISPOSITIONS:
        yield each.key, each.words, each.aapor, text[each.key]
    reasons = tuple(Disposition(f"{EXCLUDED}: {why}", "", "", EXCLUDED) for why in sorted(excluded))
    if reasons:
        every = (Disposition(EXCLUDED, "Left out before anything was sent", "4.0 Not eligible"), *reasons)
        text = _shown({f"{EXCLUDED}: {why}": count for why, count in excluded.items()}, every, rules)
        for each in every:
            yield (
                each.key,
                each.words or f"Left out: {each.key.removeprefix(EXCLUDED + ': ')}",
                each.aapor,
                text[each.key],
            )


def _shown(counts: Mapping[str, int], every: tuple[Disposition, ...], rules: Rules | None) -> dict[str, int | str]:
    shown: dict[str, int | str] = {}
    for top in (each for each in every if each.part_of is None):
        under = [each for each in every if each.part_of == top.key]
        lines = [Row(top.key), *(Row(each.key, top.key) for each in under)]
        made = table("dispositions", lines, {(each.key, WHOLE): counts.get(each.key, 0) for each in under})
        if rules is None:
            shown.update({line.key: made.count(line.key) for line in lines})
        else:
            hidden = suppress(made, rules)
            shown.update({line.key: hidden.text(line.key) for line in lines})
    return shown
