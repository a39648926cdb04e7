"""Finding the choices a reply means where several may be chosen: `1 3`, `1,3 and 5`, `all`, `none of these`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.definition import Question
from flows.text import fold
from flows.understanding.choice_table import ChoiceTable, only
from flows.understanding.hints import Hints
from flows.understanding.meanings import meant_in, names_of
from flows.understanding.numerals import Shape, numeral_at
from flows.understanding.reading import (
    Reply,
    is_sign,
    lead_in,
    lead_out,
    read,
    rest_of,
    skip,
    step_in,
    without_courtesy,
)
from flows.understanding.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words


@dataclass(slots=True)
class _Found:
    """What was met on the way through a reply."""

    choices: set[int] = field(default_factory=set)
    sure: bool = True
    stray: bool = False
    """Something was said that is neither a choice nor harmless."""
    wrong: bool = False
    """A number out of range, or a range: whatever else is said, it must be asked back."""
    end: int = 0


class ManyMatcher:
    """Finds the choices a reply means."""

    def __init__(self, question: Question, words: Words) -> None:
        self.question = question
        self.words = words
        self.table = ChoiceTable.compile(question, words)
        self.none = _none_of(question)

    def understand(self, text: str) -> Understood:
        """What a reply means."""
        reply = read(_LISTED.sub(", ", text), self.table.vocabulary, self.words.short)
        if not reply.words:
            return REJECTED
        whole = self._whole(reply, sure="?" not in text)
        return whole or self._lettered(reply) or self._walked(reply)

    def _whole(self, reply: Reply, *, sure: bool) -> Understood | None:
        """All or none of them, when the reply says nothing else."""
        first, last = without_courtesy(reply, self.words)
        start, hedged = lead_in(reply, self.words, first)
        end, hedged_after = lead_out(reply, self.words, start)
        sure = sure and not hedged and not hedged_after
        cores = {reply.phrase(first, last - first), reply.phrase(start, end - start), reply.phrase(start, last - start)}
        if any(self.table.whole.get(core) is not None for core in cores if not core.isdecimal()):
            return None
        if self.none is not None and not cores.isdisjoint(self.words.none):
            return self._take({self.none}, sure=sure)
        every = set(range(len(self.table.labels))) - {self.none}
        for core in cores:
            named, _, count = core.rpartition(" ")  # "all four"
            counted = numeral_at(read(count, (), {}), 0, self.words) if named in self.words.all else None
            meant = self.table.meant_by(core) if " " in core else None
            if meant is not None and meant >= 0 and self.table.whole.get(core.replace(" ", "")) == meant:
                return self._take({meant}, sure=sure)  # "child care"
            if core in self.words.all or (counted is not None and int(counted.value) == len(every)):
                return self._take(every, sure=sure)
        return None

    def _lettered(self, reply: Reply) -> Understood | None:
        """`a and d`, `b c`: nothing but letters of the list is asked back."""
        letters = [word for word in reply.words if word not in self.words.between]
        places = {ord(word) - ord("a") for word in letters if len(word) == 1}
        fits = len(letters) > 1 and all(len(word) == 1 and word.isascii() and word.isalpha() for word in letters)
        return self._take(places, sure=False) if fits and max(places) < len(self.table.labels) else None

    def _walked(self, reply: Reply) -> Understood:
        found = self._walk(reply)
        if found.wrong or (found.stray and len(found.choices) > 1):
            return SEVERAL if found.choices or found.wrong else REJECTED
        if not found.choices:
            hinted = Hints(self.table).hinted(reply.words)
            return REJECTED if hinted is None else self._take({hinted}, sure=False)
        if self.none in found.choices and len(found.choices) > 1:
            return SEVERAL
        return self._take(found.choices, rest_of_list(reply, found, self.words), sure=found.sure and not found.stray)

    def _walk(self, reply: Reply) -> _Found:
        found, at, loose = _Found(), 0, 0
        asking = "?" in reply.text
        found.sure = not asking
        while at < len(reply.words):
            after = self._item(reply, at, found)
            if after == at and not self._is_part(reply.words[at]):
                after = self._harmless(reply, at, found)
            if after == at and found.choices and self._begins_a_reason(reply, at):
                break
            if after > at or (at in reply.breaks and at > loose):
                self._settle(reply, loose, at, found)
                loose = max(after, at)
            if after > at:
                at = after
                continue
            at += 1
        self._settle(reply, loose, at, found)
        found.end = at
        return found

    def _is_part(self, word: str) -> bool:
        """Whether a word of courtesy is part of a label here: `evening and interpreter`."""
        table = self.table
        return word in table.vocabulary and word in self.words.courtesy and (table.part_of([word]) or 0) >= 0

    def _item(self, reply: Reply, at: int, found: _Found) -> int:
        """Past a label or a number at a word."""
        for length in range(min(self.table.reach, len(reply.words) - at), 0, -1):
            number = self.table.phrases.get(reply.phrase(at, length))
            if number is not None:
                found.choices.add(number)
                return at + length
        numeral = numeral_at(reply, at, self.words)
        if numeral is None:
            return at
        number = int(numeral.value) - 1
        if numeral.shape in (Shape.PLAIN, Shape.ORDINAL, Shape.MAYBE_COUNTING, Shape.SEVERAL):
            if 0 <= number < len(self.table.labels):
                found.choices.add(number)
                found.wrong = found.wrong or self._opens_a_range(reply, numeral.end)
                found.sure = found.sure and numeral.shape is not Shape.MAYBE_COUNTING
            else:
                found.wrong = True
        elif numeral.shape is Shape.COUNTING:
            found.stray = True
        else:
            found.wrong = True
        return numeral.end

    def _opens_a_range(self, reply: Reply, at: int) -> bool:
        """`1-4`, `1 to 4`, `2 or 3`: whoever asks for several cannot know which."""
        if at >= len(reply.words):
            return False
        after = skip(reply, at, self.words.span)
        spanned = numeral_at(reply, after, self.words) is not None and (
            after > at or reply.mark_after(at - 1).strip() in ("-", "–", "—")
        )
        return spanned and numeral_at(reply, after, self.words) is not None

    def _harmless(self, reply: Reply, at: int, found: _Found) -> int:
        after = skip(reply, at, self.words.between)
        if after > at:
            said = reply.phrase(at, after - at)
            doubtful = said in self.words.either or said in self.words.hedges or reply.words[at] in self.words.negating
            found.sure = found.sure and not doubtful
            return after
        after, hedged = step_in(reply, self.words, at)
        found.sure = found.sure and not hedged
        if after == at and (is_sign(reply.words[at]) or reply.words[at] in self.words.numbering):
            return at + 1
        return after

    def _settle(self, reply: Reply, start: int, end: int, found: _Found) -> None:
        """Words between two items: part of a label, a label with a slip, or something that leaves us in doubt."""
        if start >= end:
            return
        row = reply.words[start:end]
        if any(word in self.words.negating or word in self.words.unreal for word in row):
            found.stray = True
            return
        number = self.table.meant_by(" ".join(row))
        if number is None:
            number, found.sure = only(Hints(self.table).closest(names_of(meant_in(row, self.words)))), False  # "mon"
        if number is None and len(row) == 1:
            near = Hints(self.table).near_part(row[0])
            number, found.sure = near.pop() if len(near) == 1 else None, False
        if (number is None or number < 0) and (named := self._each_meant(row)):
            found.choices.update(named)  # "mon tue wed"
            return
        if number is None or number < 0:
            found.stray = True
            return
        found.choices.add(number)
        slip = self.table.slip(" ".join(row))
        found.sure = found.sure and (slip is None or slip[1])

    def _each_meant(self, row: list[str]) -> set[int]:
        """The choices that words in a row mean, where each of them means one."""
        each = [only(Hints(self.table).closest(names_of(meant_in([word], self.words)))) for word in row]
        return {number for number in each if number is not None} if None not in each else set()

    def _begins_a_reason(self, reply: Reply, at: int) -> bool:
        word = reply.words[at]
        return word in self.words.joining and word not in self.words.between and word not in self.words.negating

    def _take(self, numbers: set[int], rest: str = "", *, sure: bool) -> Understood:
        least, most = self.question.at_least, self.question.at_most
        if len(numbers) < least or (most is not None and len(numbers) > most):
            return SEVERAL
        keys = tuple(choice.key for number, choice in enumerate(self.question.choices) if number in numbers)
        label = ", ".join(self.table.labels[number] for number in sorted(numbers))
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, keys, label, rest)


_LISTED = re.compile(r"(?<=\d)\s*[,/+&]\s*(?=\d)|(?<=\w)\s*[+&/]\s*(?=\w)")
"""Marks between the numbers of a list: 1,3 is no decimal here."""


def rest_of_list(reply: Reply, found: _Found, words: Words) -> str:
    """What followed the list, in the contact's own words."""
    return rest_of(reply, found.end, words) if found.end < len(reply.words) else ""


def _none_of(question: Question) -> int | None:
    """The choice that none of the others goes with: its key is `none`, or its label starts with None."""
    for number, choice in enumerate(question.choices):
        if choice.key == "none" or fold(choice.label).split(" ")[0] == "none":
            return number
    return None
