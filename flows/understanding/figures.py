"""Numbers, and numbers on a scale whose ends have names."""

from __future__ import annotations

from dataclasses import dataclass

from flows.definition import Kind, Question
from flows.text import fold
from flows.understanding.measures import Measure, amount_at, measures_of
from flows.understanding.numerals import ENGLISH, Numeral, Shape, numeral_at, only_number, value_at
from flows.understanding.reading import Reply, begins_in, lead_in, lead_out, read, rest_of, skip, step_in
from flows.understanding.slips import MIN_LENGTH, SHORTEST_STEM, letters, may_be_slip, one_slip, same_stem
from flows.understanding.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words

_PERIODS = frozenset(("days", "weeks", "months", "years"))

_ROUND = 5
"""A named amount that is no round figure is somebody's guess: `a few minutes`."""

_COUNTING = (Shape.COUNTING, Shape.MAYBE_COUNTING)

_LINK = 4
"""Letters of the longest word between a number and its period: a, per, each."""

_SHORT = 6
"""Words of the longest reply that denies what is asked for."""

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
    """once, twice: where the question asks how often; twins: where it asks how many people."""
    asked: frozenset[str]
    """The longer words of the question."""
    measure: Measure | None
    """What the question counts, where that is time, distance or money."""
    periods: frozenset[str]
    """What the question asks for each of, and a reply may say again: 20 a day."""

    @classmethod
    def compile(cls, question: Question, words: Words) -> NumberMatcher:
        """What a reply is compared with."""
        named = ((question.low, question.minimum), (question.high, question.maximum))
        ends = {fold(label): value for label, value in named if label is not None and value is not None}
        ends |= {fold(words.say(label)): value for label, value in named if label is not None and value is not None}
        asked = [read(text, (), words.short) for text in question.ask.values()]
        people = question.unit is None or fold(question.unit) in words.people  # "how many bedrooms has your home?"
        household = people and any(begins_in(text, words.household) for text in asked)
        own = {word for text in asked for word in text.words} & words.counted
        if question.unit is not None:
            own = {fold(question.unit), *fold(question.unit).split()}
        own |= {unit[:-1] if unit.endswith("s") else f"{unit}s" for unit in own}
        own |= {words.units[unit] for unit in own if unit in words.units}
        own |= {unit for unit, name in words.units.items() if name in own}
        own |= words.points if question.kind is Kind.SCALE else set()
        units = frozenset(own) | (words.people if household or not own.isdisjoint(words.people) else frozenset())
        named_times = dict(words.times) if not own.isdisjoint(words.often) else {}
        if own & words.people or "children" in {words.units.get(unit) for unit in own}:
            named_times = dict(words.heads)
        measure = next((each for each in measures_of(words) if not units.isdisjoint(each.units)), None)
        per = {words.units.get(word) for text in asked for word in text.words} & _PERIODS
        periods = frozenset(word for word, name in words.units.items() if name in per) - units
        content = frozenset(word for text in asked for word in text.words if len(word) >= SHORTEST_STEM)
        return cls(question, words, ends, units, household, named_times, content - words.questions, measure, periods)

    def understand(self, text: str) -> Understood:
        """What a reply means."""
        whole = fold(text[:200])
        if whole in self.ends:
            return self._take(self.ends[whole], "")
        if self.household and whole in self.words.alone:
            return self._take(1, "")
        reply = self._without_period(read(text, (), self.words.short))
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
        if self.question.kind is Kind.SCALE and self.question.minimum is not None and self._nothing(core):
            return self._take(self.question.minimum, "", sure=False)
        if self.question.kind is Kind.NUMBER and (self._none(core) or self._denied(reply)):
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
        named = self._named_amount(core) or self._named_amount(whole)
        if named is not None:
            return self._bounded(named[0], sure=sure and named[1])
        found = self._numbered(reply, start, end, sure=sure)
        return self._elsewhere(reply, start, end) if found is REJECTED else found

    def _without_period(self, reply: Reply) -> Reply:
        """`20 a day`, `двічі на день` without its end, where the question asks how many a day."""
        cut = len(reply.words)
        first = value_at(reply, 0, self.words)
        if first is not None and first.value == 1 and self.periods.intersection(reply.words[first.end : first.end + 1]):
            return reply.behind(first.end + 1)  # "一天三次"
        if cut == 0 or reply.words[-1] not in self.periods:
            return reply
        cut = max(cut - 1, 1)
        while cut > 1 and len(reply.words[cut - 1]) <= _LINK and value_at(reply, cut - 1, self.words) is None:
            cut -= 1
        breaks = {at for at in reply.breaks if at < cut}
        return Reply(reply.text[: reply.ends[cut - 1]], reply.words[:cut], reply.starts[:cut], reply.ends[:cut], breaks)

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
        """An amount in another unit, a total, or the only number of a short reply: asked back."""
        measure = self.measure
        if measure is not None:
            begun = (amount_at(reply, at, self.words, measure) for at in range(start + 1))
            found = next(filter(None, begun), None)  # "about an hour", where "about an" leads in
            if found is not None and end - found[1] <= 1:  # "2 hours easy"
                value = found[0] / self._unit(measure)
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

    def _nothing(self, core: str) -> bool:
        """`no pain`, where that is asked: the lowest of a scale."""
        first, _, behind = core.partition(" ")
        return core in self.words.none or (behind in self.asked and first in self.words.no)

    def _none(self, core: str) -> bool:
        """`none`, `no kids`, `nothing i have a bus pass`."""
        first, _, behind = core.partition(" ")
        short = core.count(" ") < LONGEST and not any(map(str.isdecimal, core))
        return (
            core in self.words.none | self.words.nobody
            or (first in self.words.none and (short or behind in self.units))
            or (first in self.words.no and behind in self.units)
        )

    def _denied(self, reply: Reply) -> bool:
        """`i dont smoke`: a short reply without a number that denies what the question asks for."""
        row = reply.words
        if len(row) > _SHORT or self.words.negating.isdisjoint(row):
            return False
        counted = any(value_at(reply, at, self.words) is not None for at in range(len(row)))
        return not counted and any(same_stem(word, asked) for word in row for asked in self.asked)

    def _unit(self, measure: Measure) -> int:
        """The size of what the question counts."""
        return next(measure.sizes[unit] for unit in self.units if unit in measure.units)

    def _named_amount(self, said: str) -> tuple[float, bool] | None:
        """`half an hour`, `a fiver` in the unit of the question, and whether that is no guess."""
        if self.measure is None or said not in self.measure.named:
            return None
        amount, unit = self.measure.sizes[said], self._unit(self.measure)
        return None if self.question.whole and amount % unit else (amount / unit, amount % _ROUND == 0)

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
            case Shape.COUNTING if not self._may_count_ours(reply, numeral):
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
        return self._take(value, rest, sure=sure and not hedged and numeral.shape not in _COUNTING)

    def _may_count_ours(self, reply: Reply, numeral: Numeral) -> bool:
        """`dos habitaciones`: in a language whose name for what the question counts we do not know, asked back."""
        counted = reply.phrase(numeral.end, 1)
        known = self.words.units.keys() | self.words.people | self.words.minutes.keys()
        abroad = self.words.language != ENGLISH and self.question.kind is Kind.NUMBER and not self.household
        return abroad and numeral.value > 0 and numeral.end + 1 == len(reply.words) and counted not in known

    def _allows(self, value: float) -> bool:
        low, high = self.question.minimum, self.question.maximum
        return (low is None or value >= low) and (high is None or value <= high)

    def _bounded(self, value: float, *, sure: bool) -> Understood:
        return self._take(value, "", sure=sure) if self._allows(value) else REJECTED

    def _take(self, value: float, rest: str, *, sure: bool = True) -> Understood:
        if float(value).is_integer():
            value = int(value)
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, value, str(value), rest)
