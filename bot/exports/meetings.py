"""What champions counted at meetings (`TALLY`), in order: a table of its own, since nobody answered it by text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.disclosure.tables import WHOLE, Row, table
from bot.exports.masking import masked
from bot.exports.questions import OTHER, Asked
from bot.exports.results import ANSWERED, CHOICE, Result

NAME = "at meetings"
"""Stands where questions have their name; no question's name has a space in it."""
COUNTED = frozenset({"choice", "yes_no", "scale"})
"""Kinds of which the first question of a flow is the one that is counted at meetings."""
_ANY_WORD = "Other: the champion's own word"


def counted_at_meetings(counts: Mapping[str, int], questions: Iterable[Asked], *, shared: bool) -> Result | None:
    """What was counted, as a question is; None where nothing was. To everybody the words of champions are not told."""
    if not counts:
        return None
    asked = next((each for each in questions if each.kind in COUNTED), None)
    labels = dict(asked.labels) if asked else {}
    lowest: dict[str, int] = dict.fromkeys(labels, 0)
    for said, count in counts.items():
        key = said if said in labels else OTHER if shared else masked(said)
        labels.setdefault(key, _ANY_WORD if shared else key)
        lowest[key] = lowest.get(key, 0) + count
    rows = [Row(ANSWERED), *(Row(CHOICE + key, ANSWERED) for key in lowest)]
    text = f"Counted by champions at meetings, not by text{': ' + asked.text if asked else ''}"
    made = table(NAME, rows, {(CHOICE + key, WHOLE): count for key, count in lowest.items()})
    return Result(Asked(NAME, text, "choice", labels), made, {CHOICE + key: labels[key] for key in lowest})
