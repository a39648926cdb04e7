"""Replies to choices in an order: how often, how much (from `Very safe` to `Very unsafe`), what part of the day."""

from __future__ import annotations

from flows.understanding.choice_table import ChoiceTable
from flows.understanding.day_parts import part_in
from flows.understanding.how_much import much_in
from flows.understanding.how_often import exactly_often, often_in
from flows.understanding.ladders import Ladder
from flows.understanding.reading import Reply
from flows.understanding.understood import Understood

LONGEST = 10
"""Words of a reply: a longer one tells a story."""


def on_ladder(
    table: ChoiceTable, reply: Reply, start: int, end: int, *, sure: bool, least: float = 0
) -> Understood | None:
    """The choice nearest to what a reply says of how often, how much or when; None where it says nothing of it.

    Asked back, but for one figure in other words between `start` and `end`: "weekly" is `Every week`. With `least`
    only what is so far from the middle counts.
    """
    if end - start > LONGEST:
        return None
    if len(table.day) > 1 and not least:
        number = table.day.get(part_in(reply.text) or "")
        return None if number is None else table.take(number, "", sure=False)
    if table.often is not None and not least and (said := often_in(reply, table.words)):
        number = table.often.nearest(said)
        exact = exactly_often(reply, start, end, table.words)
        same = number is not None and exact == table.often.rungs[number]
        return None if number is None else table.take(number, "", sure=sure and same)
    if table.much is not None and not _opens_the_middle(table, table.much, reply, start):
        said = much_in(reply, table.words)
        number = table.much.nearest(said) if all(abs(each) >= least for each in said) else None
        return None if number is None else table.take(number, "", sure=False)
    return None


def _opens_the_middle(table: ChoiceTable, ladder: Ladder, reply: Reply, start: int) -> bool:
    """Whether a reply begins like the label between both ends, with a word that elsewhere denies: `neither, really`."""
    middle = (table.label_words[number] for number, rung in ladder.rungs.items() if rung == 0)
    return any(label[:1] == [reply.phrase(start, 1)] for label in middle)
