"""Texts that no person wrote as an answer: the question echoed back, reports of a reaction, automatic replies."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.definition import Kind, Question
from flows.text import fold
from flows.understanding.reading import anchors, plain_words, read, skip
from flows.words import Words

_REACTION = re.compile(
    r"\s*(?:(?:liked|loved|disliked|emphasi[sz]ed|questioned|laughed at|removed an? [a-z ]{3,20} from)\s+[\"“«]"
    r"|reacted\s.{1,12}\sto\s)",
    re.IGNORECASE,
)
SHORTEST_ECHO = 11
"""Characters of the shortest question that is known again when it comes back."""

LONGEST_LEAD = 2
"""Words before the mark of an automatic reply to a free question; further in, it is somebody's story."""


@dataclass(slots=True)
class Noise:
    """What to leave out before a reply to one question is judged."""

    echoes: tuple[str, ...]
    marks: frozenset[str]
    lead: int | None

    @classmethod
    def compile(cls, question: Question, words: Words) -> Noise:
        """What a reply is compared with."""
        asked = {said for text in question.ask.values() for said in (text, words.say(text))}
        echoes = tuple(_row(plain_words(text)) for text in asked if len(text) >= SHORTEST_ECHO)
        free = question.kind in (Kind.TEXT, Kind.MEDIA, Kind.LOCATION)
        ours = {fold(text) for choice in question.choices for text in (choice.label, words.say(choice.label))}
        marks = frozenset(mark for mark in words.autoreply if not any(mark in label for label in ours))
        return cls(echoes, marks if ours else words.autoreply, LONGEST_LEAD if free else None)

    def is_none_of_theirs(self, text: str) -> bool:
        """Whether nobody wrote this text to answer."""
        if len(text) < SHORTEST_ECHO:
            return False
        if _REACTION.match(text) is not None:
            return True
        plain = plain_words(text)
        if self._is_echo(_row(plain)):
            return True
        if anchors(self.marks).isdisjoint(plain):
            return False
        reply = read(text, (), {})
        last = len(reply.words) if self.lead is None else min(self.lead + 1, len(reply.words))
        return any(skip(reply, at, self.marks) > at for at in range(last))

    def _is_echo(self, row: str) -> bool:
        return row in self.echoes if self.lead is not None else any(echo in row for echo in self.echoes)


def _row(words: list[str]) -> str:
    return f" {' '.join(words)} "
