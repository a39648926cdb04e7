"""The commands, and their words with a slip of the finger: `stpo`, `s t o p`, `hellp`, `langauge`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Mapping
from enum import StrEnum

from flows.understanding.slips import one_slip

SHORTEST = 4
"""Letters of the shortest command word that is looked for with a slip."""

LONG = 6
"""Letters from which any one slip is allowed."""

_DOUBLE = re.compile(r"(.)\1+")
_FIGURES = str.maketrans("0134579", "oieastg")


class Command(StrEnum):
    """What a text asks of the service."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    SKIP = "skip"
    BACK = "back"
    AGAIN = "again"
    WHY = "why"
    LANGUAGE = "language"
    PAUSE = "pause"
    MY_DATA = "my data"
    FORGET_ME = "forget me"
    FIX = "fix"


class CommandSlips:
    """The one-word commands of a language, sorted for looking up what is almost one of them."""

    def __init__(self, named: Mapping[str, Command], other: Container[str]) -> None:
        self.other = other
        self.heads = {word: command for word, command in named.items() if " " not in word and len(word) >= SHORTEST}
        self.once: defaultdict[str, set[Command]] = defaultdict(set)
        self.shuffled: defaultdict[str, set[str]] = defaultdict(set)
        self.by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word, command in self.heads.items():
            self.once[_once(word)].add(command)
            if len(word) < LONG:
                self.shuffled["".join(sorted(word))].add(word)
            else:
                self.by_length[len(word)].append(word)

    def mistyped(self, word: str) -> Command | None:
        """The command a word is a slip away from: any slip in a long one; in a short one only letters that changed
        places or came twice, or a figure for a letter. Other words that exist are no slips.
        """
        if len(word) < SHORTEST or word.isdecimal() or word in self.other:
            return None
        word = word.translate(_FIGURES)
        near = set(self.once.get(_once(word), ()))
        near |= {self.heads[head] for head in self.shuffled.get("".join(sorted(word)), ()) if one_slip(word, head)}
        for size in (len(word) - 1, len(word), len(word) + 1):
            near |= {self.heads[head] for head in self.by_length.get(size, ()) if one_slip(word, head)}
        return near.pop() if len(near) == 1 else None

    def spaced(self, whole: str) -> Command | None:
        """`s t o p`, `s.t.o.p`, `st op`: a command word in pieces that are no words."""
        pieces = [piece for piece in re.split(r"\W+", whole) if piece]
        short = sum(map(len, pieces)) <= 2 * len(pieces)
        return self.heads.get("".join(pieces)) if short else None


def _once(word: str) -> str:
    """A word without its double letters."""
    return _DOUBLE.sub(r"\1", word)
