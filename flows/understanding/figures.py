"""Numbers, and numbers on a scale whose ends have names."""

from __future__ import annotations

from dataclasses import dataclass

from flows.definition import Kind, Question
from flows.text import fold
from flows.understanding.durations import duration_at
from flows.understanding.numerals import Numeral, Shape, numeral_at, only_number, value_at
from flows.understanding.reading import Reply, lead_in, lead_out, read, rest_of, skip, step_in
from flows.understanding.slips import MIN_LENGTH, letters, may_be_slip, one_slip
from flows.understanding.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words

LONGEST = 12
"""Words of the longest reply in which a number is looked for behind others."""


@dataclass(slots=True)
class NumberMatcher:
    """Finds the number a reply means."""

    question: Question
    words: Words
    ends: dict[str, float]
    units: frozenset[str]
    household: bool
    times: dict[str, int]
    """once, twice: where the question asks how often."""

    @classmethod
    def compile(cls, question: Question, words: Words) -> NumberMatcher:
        """What a reply is compared with."""
        named = ((question.low, question.minimum), (question.high, question.maximum))
        ends = {fold(label): value for label, value in named if label is not None and value is not None}
        ends |= {fold(words.say(label)): value for label, value in named if label is not None and value is not None}
        asked = [read(text, (), words.short) for text in question.ask.values()]
        household = any(skip(text, at, words.household) > at for text in asked for at in range(len(text.words)))
        own = {word for text in asked for word in text.words} & words.counted
        if question.unit is not None:
            own = {fold(question.unit), *fold(question.unit).split()}
        own |= {unit[:-1] if unit.endswith("s") else f"{unit}s" for unit in own}
        own |= {words.units[unit] for unit in own if unit in words.units}
        own |= {unit for unit, name in words.units.items() if name in own}
        own |= words.points if question.kind is Kind.SCALE else set()
        units = frozenset(own) | (words.people if household else frozenset())
        named_times = dict(words.times) if not own.isdisjoint(words.often) else {}
        return cls(question, words, ends, units, household, named_times)

    def understand(self, text: str) -> Understood:
        """What a reply means."""
        whole = fold(text[:200])
        if whole in self.ends:
            return self._take(self.ends[whole], "")
        if self.household and whole in self.words.alone:
            return self._take(1, "")
        reply = read(text, (), self.words.short)
        if not reply.words:
            return REJECTED
        start, hedged = self._lead_in(reply)
        end, hedged_after = lead_out(reply, self.words, start)
        core = reply.phrase(start, end - start)
        sure = not (hedged or hedged_after or "?" in reply.text)
        if core in self.ends:
            return self._take(self.ends[core], "", sure=sure)
        if self.household and core in self.words.alone:
            return self._take(1, "", sure=sure)
        if self.question.kind is Kind.NUMBER and self._none(core):
            return self._bounded(0, sure=False)
        if core in self.times or whole in self.times:
            return self._bounded(self.times.get(core, self.times.get(whole, 0)), sure=sure)
        near = self._near_end(core)
        if near is not None:
            return self._take(near, "", sure=sure)
        if self.household and self._lives_alone(reply):
            return self._take(1, "", sure=False)
        if self.household and any(word in self.words.alone for word in reply.words[:start]):
            return self._total(reply, end)  # "me + 3" is a sum, and we do no sums
        stretch = self._stretch(core) or self._stretch(whole)
        if stretch is not None:
            return self._bounded(stretch, sure=sure)
        found = self._numbered(reply, start, end, sure=sure)
        return self._elsewhere(reply, start, end) if found is REJECTED else found

    def _numbered(self, reply: Reply, start: int, end: int, *, sure: bool) -> Understood:
        """What the number at a word means with the words behind it."""
        numeral = numeral_at(reply, start, self.words, self.units)
        if numeral is None:
            return REJECTED
        if not self.question.whole and (after := skip(reply, numeral.end, self.words.halves)) > numeral.end:
            numeral = Numeral(numeral.value + 0.5, Shape.DECIMAL, skip(reply, after, self.units))
        named = numeral.end > 1 and reply.words[numeral.end - 2] in self.words.numbering  # "number 12" is a house
        return self._judge(reply, numeral, end, sure=sure and not named)

    def _elsewhere(self, reply: Reply, start: int, end: int) -> Understood:
        """A stretch in another unit, a total, or the only number of a short reply: asked back."""
        unit = self._unit()
        begun = (duration_at(reply, at, self.words) for at in range(start + 1))
        stretch = next(filter(None, begun), None)  # "about an hour", where "about an" leads in
        if unit is not None and stretch is not None and stretch[1] >= end:
            value = stretch[0] / unit
            return self._bounded(value, sure=False) if value.is_integer() or not self.question.whole else REJECTED
        return self._total(reply, end) if self.household else self._only(reply, start, end)

    def _total(self, reply: Reply, end: int) -> Understood:
        """`me wife and 2 kids so 4`: the number said last, behind a mark or a word for sums, if it is the largest."""
        numbers = [(at, found) for at in range(end) if (found := value_at(reply, at, self.words)) is not None]
        if not numbers:
            return REJECTED
        most = max(each.value for _, each in numbers)
        counted = [each for _, each in numbers if skip(reply, each.end, self.words.people) > each.end]
        if len(numbers) > 1 and [each.value for each in counted] == [most]:
            return self._bounded(most, sure=False)  # "five of us in a 2 bed flat"
        at, last = numbers[-1]
        if len(numbers) == 1 and not any(word in self.words.alone for word in reply.words[:at]):
            return self._only(reply, at, end)
        others = sum(each.value for _, each in numbers[:-1])
        marked = at in reply.breaks or "=" in reply.text[: reply.starts[at]] or last.value == others
        called = reply.words[at - 1] in self.words.totals
        called = called or skip(reply, last.end, self.words.totals | self.words.people) > last.end
        understood = (
            self._numbered(reply, at, end, sure=False) if last.value == most and (marked or called) else REJECTED
        )
        return understood if understood.value is not None else REJECTED

    def _only(self, reply: Reply, start: int, end: int) -> Understood:
        """The number behind other words, where it is the only one from there on and counts nothing else."""
        if len(reply.words) > LONGEST or any(word in self.words.negating for word in reply.words):
            return REJECTED
        at = only_number(reply, start, end, self.words)
        if at is None or self.words.doubt & {reply.phrase(start, end - start)}:
            return REJECTED
        understood = self._numbered(reply, at, end, sure=False)
        return understood if understood.value is not None else REJECTED

    def _none(self, core: str) -> bool:
        """`none`, `no kids`."""
        first, _, behind = core.partition(" ")
        return core in self.words.none or (behind in self.units and first in self.words.no | self.words.none)

    def _unit(self) -> int | None:
        """The minutes in the unit of the question, where it counts time."""
        return next((self.words.minutes[unit] for unit in self.units if unit in self.words.minutes), None)

    def _stretch(self, said: str) -> float | None:
        """`half an hour` in the unit of the question; a bare unit says nothing."""
        minutes = self.words.minutes.get(said) if " " in said else None
        unit = self._unit()
        if minutes is None or unit is None or (self.question.whole and minutes % unit):
            return None
        return minutes / unit

    def _lives_alone(self, reply: Reply) -> bool:
        """`I live alone since my husband died`: alone, and why; but `just me and two kids` counts."""
        end = skip(reply, 0, self.words.alone)
        if end == 0 or end >= len(reply.words) or skip(reply, end, self.words.between) > end:
            return False
        return reply.words[end] in self.words.joining

    def _lead_in(self, reply: Reply) -> tuple[int, bool]:
        """The first word that says something, behind "there are" too, and whether doubt was heard before it."""
        start, hedged = 0, False
        while True:
            at = skip(reply, start, self.words.counting)
            at, doubtful = (at, False) if at > start else step_in(reply, self.words, start)
            number = value_at(reply, start, self.words)
            if at == start or (number is not None and number.end > at):
                return start, hedged  # Welsh "un deg dau" is a number, though "un" may lead in
            start, hedged = at, hedged or doubtful

    def _near_end(self, core: str) -> float | None:
        """The end of the scale whose whole label is meant, with one slip."""
        vocabulary = {word for label in self.ends for word in label.split()}
        if not self.ends or not may_be_slip(core, vocabulary, self.words):
            return None
        near = {value for label, value in self.ends.items() if letters(label) >= MIN_LENGTH and one_slip(core, label)}
        return near.pop() if len(near) == 1 else None

    def _judge(self, reply: Reply, numeral: Numeral, end: int, *, sure: bool) -> Understood:
        question, value = self.question, numeral.value
        scale = question.kind is Kind.SCALE
        match numeral.shape:
            case Shape.SEVERAL:
                return SEVERAL if scale else REJECTED
            case Shape.COUNTING:
                return REJECTED
            case Shape.OF if not scale or numeral.top != question.maximum:
                return REJECTED
            case Shape.DECIMAL if scale or question.whole:
                return REJECTED
            case Shape.ORDINAL if not scale:
                return REJECTED
            case _:
                pass
        if not self._allows(value):
            return REJECTED
        after, hedged = lead_in(reply, self.words, numeral.end)
        named = self.ends.get(reply.phrase(after, end - after))
        if named is not None and named != value:
            return SEVERAL
        if (
            not scale
            and self.household
            and "(" not in reply.mark_after(numeral.end - 1)  # "5 (3 kids)"
            and any(value_at(reply, at, self.words) is not None for at in range(after, len(reply.words)))
        ):
            return REJECTED  # a sum, or part of one
        if self.household and skip(reply, numeral.end, self.words.between) > numeral.end:
            sure = False  # "three plus the baby"
        if not scale and any(value_at(reply, at, self.words) is not None for at in range(after, end)):
            sure = False  # "one aged 6 and one aged 9"
        rest = rest_of(reply, numeral.end, self.words) if named is None and after < end else ""
        return self._take(value, rest, sure=sure and not hedged and numeral.shape is not Shape.MAYBE_COUNTING)

    def _allows(self, value: float) -> bool:
        low, high = self.question.minimum, self.question.maximum
        return (low is None or value >= low) and (high is None or value <= high)

    def _bounded(self, value: float, *, sure: bool) -> Understood:
        return self._take(value, "", sure=sure) if self._allows(value) else REJECTED

    def _take(self, value: float, rest: str, *, sure: bool = True) -> Understood:
        if float(value).is_integer():
            value = int(value)
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, value, str(value), rest)
