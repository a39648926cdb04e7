"""Where the choices of a question are named in a reply."""

from __future__ import annotations

from dataclasses import dataclass

from flows.understanding.choice_table import ChoiceTable
from flows.understanding.reading import Reply


@dataclass(frozen=True, slots=True)
class Mention:
    """A choice named in a reply: its place in the list, and the words that name it."""

    choice: int
    start: int
    end: int


def mention_at(table: ChoiceTable, reply: Reply, start: int) -> Mention | None:
    """The choice with the longest name that begins at a word."""
    for length in range(min(table.reach, len(reply.words) - start), 0, -1):
        number = table.phrases.get(reply.phrase(start, length))
        if number is not None:
            return Mention(number, start, start + length)
    return None


def mentions_in(table: ChoiceTable, reply: Reply) -> list[Mention]:
    """Every choice named, the longest name first at each word, none inside another."""
    found: list[Mention] = []
    at = 0
    while at < len(reply.words):
        mention = mention_at(table, reply, at)
        if mention is not None:
            found.append(mention)
        at = mention.end if mention is not None else at + 1
    return found
