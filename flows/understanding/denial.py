"""What takes an answer back behind it: a denial where the verb comes last, or doubt."""

from __future__ import annotations

from flows.understanding.choice_table import ChoiceTable, only
from flows.understanding.hints import Hints
from flows.understanding.meanings import DENIALS, meant_in, names_of, opposite
from flows.understanding.mentions import Mention
from flows.understanding.reading import Reply, skip
from flows.understanding.understood import Understood
from flows.words import Words

REACH = 10
"""Words behind an answer in which doubt is looked for."""


def denied_behind(reply: Reply, at: int, words: Words) -> bool:
    """Whether the words from one on deny what stands before them: `acha nahi`, `acha hota`."""
    if not words.negating_after:
        return False
    while at < len(reply.words) and at not in reply.breaks:
        after = max(skip(reply, at, words.fillers), skip(reply, at, words.courtesy))
        if skip(reply, at, words.negating_after) > at or (after == at and reply.words[at] in words.unreal):
            return True
        if after == at and reply.words[at] not in words.changing:
            return False
        at = max(after, at + 1)
    return False


def is_doubted(reply: Reply, at: int, words: Words) -> bool:
    """Whether doubt is said behind an answer: `good, bad, who knows`."""
    last = min(len(reply.words), at + REACH)
    return any(skip(reply, each, words.doubt) > each for each in range(at, last))


def is_denied(table: ChoiceTable, reply: Reply, mention: Mention, end: int) -> bool:
    """Whether a word before a label denies it, or makes it a wish; what is meant ends before the word `end`."""
    words = table.words
    before = reply.words[: mention.start]
    after = reply.words[mention.end : min(mention.end + 3, end)]
    doubled = not DENIALS.isdisjoint(table.meant[mention.choice])
    return (
        any((word in words.negating and not doubled) or word in words.unreal for word in before)
        or ("if" in after and "if" in words.unreal and skip(reply, mention.end, words.fillers) == mention.end)
        or denied_behind(reply, mention.end, words)
    )


def opposite_of(table: ChoiceTable, reply: Reply, mention: Mention) -> Understood | None:
    """`not satisfied`: where one choice means the opposite of the label that is denied, it is asked back."""
    row = reply.words[: mention.end]
    if not table.words.unreal.isdisjoint(reply.words) or table.words.negating.isdisjoint(row):
        return None
    number = only(Hints(table).closest(opposite(names_of(meant_in(row, table.words)))))
    return None if number is None or number == mention.choice else table.take(number, "", sure=False)


def behind_a_mark(table: ChoiceTable, reply: Reply, mention: Mention, start: int, end: int) -> Understood | None:
    """`cant fault it, very good`: what denies stands in another clause, and only the label behind the mark."""
    alone = mention.start in reply.breaks and mention.end >= end and start < mention.start
    after = denied_behind(reply, mention.end, table.words)
    return table.take(mention.choice, "", sure=False) if alone and not after else None
