"""Choices whose labels are ranges: `over 65`, `5 to 8 minutes`, `more than half an hour`, figures inside one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf

from flows.understanding.choice_table import ChoiceTable
from flows.understanding.measures import amount_at, around
from flows.understanding.numerals import Numeral, Shape, value_at
from flows.understanding.ranges import Range, range_of
from flows.understanding.reading import Reply, skip, without_courtesy
from flows.understanding.understood import REJECTED, Understood
from flows.words import Words

FAR = 100
"""From here on, a bare figure at least twice the end of an open range is asked back: 200 may be over 65, or a slip."""


_AGED = re.compile(r"(\d+)s")
"""`over 65s`, `in my 30s`."""

LONGEST_DECADE = 4
"""Words of `in my late 30s`."""

MOST_BEHIND = 2
"""Words behind a figure that may say what it counts where the labels do not: `57 anos`, `50 anni compiuti`."""


@dataclass(frozen=True, slots=True)
class RangeFinder:
    """One reply to a question with such labels; what is meant stands between the words `start` and `end`."""

    table: ChoiceTable
    reply: Reply
    start: int
    end: int
    sure: bool

    @property
    def words(self) -> Words:
        """The language of the reply."""
        return self.table.words

    def amount(self) -> Understood | None:
        """`more than half an hour`, `half a mile`: an amount inside exactly one of the labels that are amounts."""
        measure = self.table.measure
        if measure is None:
            return None
        first = without_courtesy(self.reply, self.words)[0]
        more, less = (skip(self.reply, first, phrases) for phrases in (self.words.above, self.words.below))
        begins = max(more, less)
        opened = begins if begins > first else 0
        said = (amount_at(self.reply, at, self.words, measure) for at in range(opened, max(begins, self.start) + 1))
        found = next(filter(None, said), None)
        if found is None or not self._ends_at(found[1]):
            return None
        span = around(found[0], above=more > less) if begins > first else Range(found[0], found[0])
        inside = _covering(self.table.amounts, span)
        if inside is None:
            return None
        return self.table.take(inside, "", sure=self.sure and span == self.table.amounts[inside])

    def _ends_at(self, end: int) -> bool:
        """Whether nothing but `ago` stands behind a word of what is meant."""
        return all(word in self.words.ago for word in self.reply.words[end : self.end])

    def span(self) -> Understood | None:
        """`over 65`, `5 to 8 minutes`: a range inside exactly one of the labels that are ranges."""
        plus = "+" if self.end > self.start and self.reply.mark_after(self.end - 1).startswith("+") else ""
        core = self._in_figures()
        worded = any(self.table.ranges) and not (core + plus).isdecimal()
        said = range_of(core + plus, self.words) if worded else None
        inside = None if said is None else _covering(self.table.ranges, said)
        if inside is None:
            return self._decade() if said is None else None
        known = {*self.table.label_words[inside], *self.table.own, *self.words.span}
        known.update(word for phrase in self.words.below | self.words.above for word in phrase.split())
        if not all(word in known or word.isdecimal() for word in core.split()):
            return None
        return self.table.take(inside, "", sure=self.sure)

    def _decade(self) -> Understood | None:
        """`in my 30s`: ten years inside one range, asked back."""
        row = self.reply.words[self.start : self.end]
        decade = _AGED.fullmatch(row[-1]) if 0 < len(row) <= LONGEST_DECADE else None
        if decade is None or int(decade.group(1)) % 10:
            return None
        inside = _covering(self.table.ranges, Range(int(decade.group(1)), int(decade.group(1)) + 9))
        return None if inside is None else self.table.take(inside, "", sure=False)

    def _in_figures(self) -> str:
        """What is meant, its number words as figures: `less than ten`, `over 65s`."""
        said, at = list[str](), self.start
        while at < self.end:
            number = value_at(self.reply, at, self.words)
            plain = number is not None and number.shape is Shape.PLAIN
            said.append(
                str(int(number.value)) if number is not None and plain else _AGED.sub(r"\1", self.reply.words[at])
            )
            at = number.end if number is not None and plain else at + 1
        return " ".join(said)

    def figure(self, numeral: Numeral) -> Understood:
        """A figure inside exactly one of the labels that are ranges; with a unit only when that label has it too."""
        behind = self.reply.words[numeral.end : self.end]
        inside = _covering(self.table.ranges, Range(numeral.value, numeral.value))
        if inside is None or numeral.shape not in (Shape.PLAIN, Shape.COUNTING, Shape.MAYBE_COUNTING):
            return REJECTED
        if any(word[0].isdecimal() for word in behind):  # "70 next birthday, so 69"; but "two kids under 16", "1 hr 20"
            return self.table.take(inside, "", sure=False) if numeral.shape is Shape.PLAIN else REJECTED
        units = {self.words.units[word] for word in behind if word in self.words.units}
        named = {self.words.units[word] for word in self.table.label_words[inside] if word in self.words.units}
        if units and named and units.isdisjoint(named):
            return REJECTED  # "2 weeks ago" is not "1 to 2 years ago"
        bare = self.words.counted.isdisjoint(self.table.label_words[inside])
        theirs = {*self.table.label_words[inside], *self.table.own}
        fitting = [word for word in behind if word in theirs or f"{word}s" in theirs]
        if numeral.shape is not Shape.PLAIN and not fitting:
            return self.table.take(inside, "", sure=False) if bare and len(behind) <= MOST_BEHIND else REJECTED
        clean = all(word in fitting or word in self.words.counted for word in behind)  # "80 years old"
        return self.table.take(inside, "", sure=clean and self.sure and not self._is_far(numeral.value, inside))

    def _is_far(self, figure: float, number: int) -> bool:
        """Whether a figure lies so far in a range without an upper end that it may be a slip."""
        span = self.table.ranges[number]
        return span is not None and span.high == inf and figure >= max(FAR, 2 * span.low)


def _covering(ranges: list[Range | None], said: Range) -> int | None:
    """The one choice whose range holds another."""
    inside = [number for number, span in enumerate(ranges) if span is not None and span.covers(said)]
    return inside[0] if len(inside) == 1 else None
