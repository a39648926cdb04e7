"""Finding the choice a reply means: by number, label, part of a label, or one slip away from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flows.definition import Question
from flows.text import fold
from flows.understanding.choice_ladders import on_ladder
from flows.understanding.choice_ranges import RangeFinder
from flows.understanding.choice_table import ChoiceTable
from flows.understanding.denial import REACH, behind_a_mark, denied_behind, is_denied, is_doubted, opposite_of
from flows.understanding.hints import Hints
from flows.understanding.how_much import UTTERLY
from flows.understanding.letters import letter_of
from flows.understanding.mentions import Mention, mention_at, mentions_in
from flows.understanding.numerals import Numeral, Shape, numeral_at, only_number, ordinal_at
from flows.understanding.reading import Reply, lead_in, lead_out, read, rest_of, skip, skip_back, without_courtesy
from flows.understanding.slips import MIN_LENGTH
from flows.understanding.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words

_FIGURES = re.compile(r"\d+")
_DOUBTFUL = re.compile(r"[?%°]|[-−.,]\d|^[^*]*\d\s?\*")


class ChoiceMatcher:
    """Finds the choice a reply means."""

    def __init__(self, question: Question, words: Words) -> None:
        self.table = ChoiceTable.compile(question, words)

    def understand(self, text: str) -> Understood:
        """What a reply means."""
        table = self.table
        whole = fold(text) if len(text) < 200 else ""
        number = table.whole.get(whole)
        if number is not None and (whole == "?" or not _DOUBTFUL.search(text)):
            return table.take(number, "", sure=True)
        return _Judgement(table, read(text, table.vocabulary, table.words.short)).result()


class _Judgement:
    """The judging of one reply."""

    def __init__(self, table: ChoiceTable, reply: Reply) -> None:
        self.table = table
        self.words = table.words
        self.hints = Hints(table)
        self.reply = reply
        self.start, self.hedged = lead_in(reply, self.words)
        self.end, hedged_after = lead_out(reply, self.words, self.start)
        asked = bool(reply.words) and reply.words[0] in self.words.questions
        self.hedged = self.hedged or hedged_after or asked
        self.core = reply.phrase(self.start, self.end - self.start)

    def result(self) -> Understood:
        if not self.reply.words:
            return REJECTED
        everything = " ".join(self.reply.words)
        label = self.table.whole.get(everything)
        if label is not None and not everything.isdecimal():
            return self.table.take(label, "", sure="?" not in self.reply.text)
        if (ordinal := self._ordinal()) is not None:
            return ordinal
        if self.start >= self.end:
            found = self._exact() or self._letter() or self._part() or self.hints.called(everything)
            return found or self.ranges.amount() or self._standing(UTTERLY) or REJECTED  # "all morning", "definitely"
        if skip(self.reply, self.start, self.words.idioms) > self.start:
            return self.table.unknowing(self.core, self.cores) or self.hints.called(self.core) or REJECTED
        found = self._figured() if self.core[:1].isdecimal() else self._worded()
        if found is REJECTED and self.words.numbering.intersection(self.reply.words[: self.start][-1:]):
            found = self._hinted()  # "the number 25 bus"
        if found is None or found is REJECTED:
            named = self.hints.called(self.core) or self.hints.called(everything)
            return self.ranges.amount() or named or self._standing() or REJECTED
        return found

    def _figured(self) -> Understood | None:
        """What is meant by a reply that begins with a figure."""
        times = self._standing() if self.table.often is not None else None  # "3 or 4 times a year"
        return times or self._range() or self._numbered()

    def _worded(self) -> Understood | None:
        """What is meant by a reply that begins with a word."""
        found = self._exact() or self._letter() or self.ranges.span() or self._numbered()
        if found is not None and found is not REJECTED:
            return found
        said = self._mentioned() or self._part()
        if said is not None and said.outcome is Verdict.UNSURE and said.value is not None:
            said = self._standing(UTTERLY) or said  # "completely disagree"
        said = said or self.table.unknowing(self.core, self.cores) or self._standing() or self._meant()
        said = said or self._hinted()
        if found is REJECTED and said is not None and said is not REJECTED:
            return replace(said, outcome=Verdict.UNSURE)  # a number that is no answer: "number 9 bus"
        return said

    def _ordinal(self) -> Understood | None:
        """`the second one`: also where a language's word for it begins like a filler, as in Chinese."""
        first, _ = without_courtesy(self.reply, self.words)
        numeral = ordinal_at(self.reply, first, self.words)
        if numeral is None and self.reply.words[first : first + 1] and self.reply.words[first] in self.words.numbering:
            numeral = numeral_at(self.reply, first, self.words)  # Welsh "rhif un", though "un" may lead in
            numeral = numeral if numeral is not None and numeral.end >= len(self.reply.words) else None
        number = 0 if numeral is None or numeral.shape not in (Shape.ORDINAL, Shape.PLAIN) else int(numeral.value)
        return self.table.take(number - 1, "", sure=not self.asking) if 0 < number <= len(self.table.labels) else None

    def _standing(self, least: float = 0) -> Understood | None:
        return on_ladder(self.table, self.reply, self.start, self.end, sure=not self.asking, least=least)

    def _meant(self) -> Understood | None:
        number = self.hints.exactly(self.reply.words[self.start : self.end])
        return None if number is None else self.table.take(number, "", sure=False)

    def _hinted(self) -> Understood | None:
        """Words of one label only, among others: asked back."""
        number = self.hints.hinted(self.reply.words[self.start : self.end])
        if number is None and (self.start or self.end < len(self.reply.words)):
            number = self.hints.hinted(self.reply.words)  # Urdu "bas" is only, and a bus
        return self._figure() if number is None else self.table.take(number, "", sure=False)

    def _figure(self) -> Understood | None:
        """The only number of a short reply, behind other words: asked back."""
        row = self.reply.words
        at = only_number(self.reply, 0, self.end, self.words)
        if at is None or len(row) > REACH or any(word in self.words.negating for word in row):
            return None
        self.start = at
        meant = self._numbered()
        return meant if meant is None or meant.value is None else replace(meant, outcome=Verdict.UNSURE)

    def _range(self) -> Understood | None:
        """A label that holds figures, whole or in part: `10 to 30`; or figures that lie in one."""
        if self.core.isdecimal() and self.reply.mark_after(self.end - 1)[:1] != "+":
            return None
        part = self._part() if len(_FIGURES.findall(self.core)) > 1 else None
        return self._exact() or part or self.ranges.span()

    @property
    def cores(self) -> Iterator[str]:
        """What is meant: without courtesies only, for labels such as `Yes, a lot`, then without fillers too."""
        first, last = without_courtesy(self.reply, self.words)
        if (first, last) != (self.start, self.end):
            yield self.reply.phrase(first, last - first)
        yield self.core

    @property
    def ranges(self) -> RangeFinder:
        """The same reply, where labels are ranges."""
        return RangeFinder(self.table, self.reply, self.start, self.end, not self.asking)

    @property
    def asking(self) -> bool:
        return self.hedged or "?" in self.reply.text

    def _exact(self) -> Understood | None:
        """The whole reply but for courtesies is a label, if need be with one slip."""
        for core in self.cores:
            number = self.table.whole.get(core)
            if number is None and len(core) >= MIN_LENGTH:
                number = self.table.whole.get(core.replace(" ", ""))
            if number is not None:
                more = self.hints.exactly(self.reply.words) if self.start else None
                if more is not None and more != number:
                    return self.table.take(more, "", sure=False)  # "totally agree", where another is "Strongly agree"
                return self.table.take(number, "", sure=not self.asking)
        slip = self.table.slip(self.core)
        return None if slip is None else self.table.take(slip[0], "", sure=slip[1] and not self.asking)

    def _letter(self) -> Understood | None:
        """A letter of the list with a mark is that choice; a bare one is asked back."""
        found = letter_of(self.reply.text, self.core, len(self.table.labels))
        return None if found is None else self.table.take(found[0], "", sure=found[1] and not self.asking)

    def _numbered(self) -> Understood | None:
        """The number of a choice, unless it counts something."""
        numeral = numeral_at(self.reply, self.start, self.words)
        if numeral is None:
            return None
        if self.start and not self.core[0].isdecimal():
            meant = self.hints.called(" ".join(self.reply.words))
            if meant is not None:
                return meant  # Polish "wszystko jedno" is whatever, and not one
        number = int(numeral.value) - 1
        if numeral.shape is Shape.SEVERAL:
            return SEVERAL
        if numeral.shape in (Shape.PLAIN, Shape.ORDINAL, Shape.MAYBE_COUNTING) and 0 <= number < len(self.table.labels):
            return self._with_label(numeral, number)
        return self.ranges.figure(numeral)

    def _with_label(self, numeral: Numeral, number: int) -> Understood:
        """A number of the list, and whether what follows agrees with it."""
        after, hedged = lead_in(self.reply, self.words, numeral.end)
        mention = mention_at(self.table, self.reply, after)
        behind = self.reply.phrase(after, self.end - after)
        meant, end = (mention.choice, mention.end) if mention is not None else (self.table.meant_by(behind), self.end)
        if meant is None:
            meant, end = number, numeral.end
        denied = mention is not None and denied_behind(self.reply, mention.end, self.words)
        # "2 good 4 bad"
        others = mention is not None and mention.end < self.end and self.reply.words[mention.end].isdecimal()
        if meant != number or denied or others or self._disagrees(numeral.end, number):
            return SEVERAL
        questioned = "?" in self.reply.text and after >= self.end
        counting = skip_back(self.reply, 0, self.start, self.words.counting) < self.start  # "there were 5"
        doubtful = counting or numeral.shape is Shape.MAYBE_COUNTING or hedged or self.hedged or questioned
        return self.table.take(number, self._rest(end), sure=not doubtful)

    def _disagrees(self, at: int, number: int) -> bool:
        """`1 but very poor`: another label right behind a joining word, with nothing behind it."""
        at += self.reply.words[at : at + 1] != [] and self.reply.words[at] in self.words.joining
        mention = mention_at(self.table, self.reply, at)
        return mention is not None and mention.choice != number and mention.end >= self.end

    def _rest(self, start: int) -> str:
        return rest_of(self.reply, start, self.words) if start < self.end else ""

    def _mentioned(self) -> Understood | None:
        """A label among other words."""
        mentions = [each for each in mentions_in(self.table, self.reply) if not self._is_greeting(each)]
        if not mentions:
            return self._leading_slip()
        mention = mentions[0]
        denied = is_denied(self.table, self.reply, mention, self.end)
        if len({each.choice for each in mentions}) > 1:
            return (self._behind_a_mark(mentions[-1]) or REJECTED) if denied else SEVERAL
        if denied:
            other = self._denier(mention) or self._behind_a_mark(mention)
            return other or opposite_of(self.table, self.reply, mention) or REJECTED
        before = self.reply.words[self.start : mention.start]
        sure = (
            not self.asking
            and all(word in self.table.own for word in before)
            and not is_doubted(self.reply, mention.end, self.words)
        )
        row = self.reply.words[self.start : mention.end]
        fuller = set() if sure else self.hints.fuller(row)
        if len(fuller - {mention.choice}) == 1 == len(fuller):
            return self.table.take(
                (fuller - {mention.choice}).pop(), "", sure=False
            )  # Urdu "bahut hi bura" is very poor
        return self._judged(mention, sure=sure)

    def _is_greeting(self, mention: Mention) -> bool:
        """`good morning to you`."""
        return skip(self.reply, mention.start, self.words.courtesy) > mention.end

    def _leading_slip(self) -> Understood | None:
        """A label with a slip at the beginning, and a reason behind it."""
        for length in range(self.table.reach, 0, -1):
            slip = self.table.slip(self.reply.phrase(self.start, length)) if self.start + length < self.end else None
            if slip is not None:
                mention = Mention(slip[0], self.start, self.start + length)
                return self._judged(mention, sure=slip[1] and not self.asking)
        return None

    def _judged(self, mention: Mention, *, sure: bool) -> Understood:
        """Whether what follows a label leaves it standing."""
        at = mention.end
        while at < self.end and at not in self.reply.breaks and self.reply.words[at] in self.table.own:
            at += 1
        after, hedged = lead_in(self.reply, self.words, at)
        numeral = numeral_at(self.reply, at, self.words) if at < self.end else None
        if numeral is not None and numeral.end >= self.end and numeral.shape is Shape.PLAIN:
            agrees = int(numeral.value) - 1 == mention.choice  # "very poor 5"
            return self.table.take(mention.choice, "", sure=sure and not hedged) if agrees else SEVERAL
        if self._joins_another(at, mention.choice):
            return SEVERAL
        ends = at >= self.end or at in self.reply.breaks or after > at or self.reply.words[at] in self.words.joining
        return self.table.take(mention.choice, self._rest(at), sure=sure and ends and not hedged)

    def _joins_another(self, at: int, choice: int) -> bool:
        """`good and bad`: behind a joining word the reply ends with a word of another choice."""
        if at != self.end - 2 or self.reply.words[at] not in self.words.between:
            return False
        other = self.hints.hinted(self.reply.words[at + 1 : self.end])
        return other is not None and other != choice

    def _behind_a_mark(self, mention: Mention) -> Understood | None:
        return behind_a_mark(self.table, self.reply, mention, self.start, self.end)

    def _denier(self, mention: Mention) -> Understood | None:
        """`neither good or bad`: what denies a label may itself begin another one."""
        opening = self.reply.words[self.start]
        number = self.table.part_of([opening]) if self.start < mention.start else None
        return None if number is None or number < 0 else self.table.take(number, "", sure=False)

    def _part(self) -> Understood | None:
        """Part of one label only, that drops no word which would change it."""
        for core in self.cores:
            number = self.table.part_of(core.split())
            meant = self.hints.called(" ".join(self.reply.words)) if number is not None and self.start else None
            if meant is not None and number is not None and meant.value != self.table.question.choices[number].key:
                return meant  # "all the time", and not "some of the time"
            if number is not None:
                return self.table.take(number, "", sure=not self.asking) if number >= 0 else SEVERAL
        return None
