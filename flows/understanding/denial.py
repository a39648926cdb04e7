"""What takes an answer back behind it: a denial where the verb comes last, or doubt."""

from __future__ import annotations

from flows.understanding.reading import Reply, skip
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
