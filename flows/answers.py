"""What a reply means as the answer to a question: taken, asked back, or not understood. Never a guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Protocol

from flows.choices import ChoiceMatcher
from flows.definition import OTHER, Kind, Question, Value
from flows.numerals import Numeral, Shape, numeral_at
from flows.reading import Reply, is_reaction, lead_in, lead_out, read, rest_of, skip, step_in
from flows.slips import MIN_LENGTH, letters, may_be_slip, one_slip
from flows.text import clean, fold
from flows.understood import REJECTED, SEVERAL, Understood, Verdict
from flows.words import Words

__all__ = ["Understood", "Verdict", "label_of", "understand"]

YES, NO = "Yes", "No"


def understand(question: Question, text: str, words: Words, today: date) -> Understood:  # noqa: ARG001 -- for dates
    """What a reply means for a question. Never raises, whatever the text.

    Args:
        question: what was asked.
        text: what the contact wrote.
        words: the language they write in.
        today: the day it is where they are; "yesterday" and a day without a year count from it.
    """
    understood = _matcher(question, words).understand(text)
    if question.other and understood.outcome is Verdict.REJECTED and (said := _words_outside(text)):
        value: Value = (OTHER,) if question.kind is Kind.MANY else OTHER
        return Understood(Verdict.ACCEPTED, value, said)
    return understood


def _words_outside(text: str) -> str:
    """What somebody wrote instead of a choice; empty where there are no words in it."""
    said = clean(text).strip()
    return said if not is_reaction(said) and sum(map(str.isalpha, said)) > 1 else ""


def label_of(question: Question, value: object, words: Words) -> str:
    """How a value reads to people: the choice's label, Yes or No, the number, the words."""
    if isinstance(value, tuple):
        return ", ".join(words.say(choice.label) for choice in question.choices if choice.key in value)
    if question.kind is Kind.CHOICE:
        return next((words.say(choice.label) for choice in question.choices if choice.key == value), str(value))
    if isinstance(value, bool):
        return words.say(YES if value else NO)
    return str(value)


class _Matcher(Protocol):
    def understand(self, text: str) -> Understood: ...


@lru_cache(maxsize=4096)
def _matcher(question: Question, words: Words) -> _Matcher:
    """A question compiled for a language; both are compared by identity, so this is one look-up a turn."""
    match question.kind:
        case Kind.CHOICE:
            matcher: _Matcher = ChoiceMatcher(question, words)
        case Kind.YES_NO:
            matcher = _YesNo.compile(question, words)
        case Kind.NUMBER | Kind.SCALE:
            matcher = _Number.compile(question, words)
        case Kind.TEXT | Kind.MANY | Kind.DATE | Kind.POSTCODE | Kind.MEDIA | Kind.LOCATION:
            matcher = _Text(question)
    return _Careful(matcher, question)


@dataclass(slots=True)
class _Careful:
    """Looks first whether a text is an answer at all."""

    matcher: _Matcher
    question: Question
    echoes: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.echoes = tuple(fold(text) for text in self.question.ask.values() if len(text) > 10)

    def understand(self, text: str) -> Understood:
        if self.question.kind is not Kind.TEXT:
            if is_reaction(text):
                return REJECTED
            if len(text) > 10 and any(echo in fold(text[:1600]) for echo in self.echoes):
                return REJECTED
        return self.matcher.understand(text)


@dataclass(slots=True)
class _Text:
    """Anything with a word or a sign in it."""

    question: Question

    def understand(self, text: str) -> Understood:
        said = clean(text).strip()
        if not fold(said):
            return REJECTED
        said = said[: self.question.max_length].rstrip()
        return Understood(Verdict.ACCEPTED, said, said)


@dataclass(slots=True)
class _YesNo:
    """Yes and no the way people write them."""

    words: Words
    sides: tuple[frozenset[str], frozenset[str]]

    @classmethod
    def compile(cls, question: Question, words: Words) -> _YesNo:
        more = {side: frozenset(map(fold, of_side)) for side, of_side in question.words}
        return cls(words, (words.no | more.get("no", frozenset()), words.yes | more.get("yes", frozenset())))

    def understand(self, text: str) -> Understood:
        whole = fold(text[:200])
        if "?" not in text and len(text) <= 200:
            for given in (True, False):
                if whole in self.sides[given]:
                    return self._take(given, "")
        reply = read(text, (), self.words.short)
        return self._judge(reply) if reply.words else REJECTED

    def _judge(self, reply: Reply) -> Understood:
        start, hedged = 0, False
        while True:
            if any(skip(reply, start, phrases) > start for phrases in (self.words.idioms, self.words.doubt)):
                return REJECTED if skip(reply, start, self.words.hedges) == start else self._hedged(reply, start)
            said = self._side_at(reply, start)
            after, doubtful = step_in(reply, self.words, start)
            if said is not None or after == start:
                break
            start, hedged = after, hedged or doubtful
        return REJECTED if said is None else self._said(reply, *said, sure=not hedged)

    def _hedged(self, reply: Reply, start: int) -> Understood:
        """`maybe yes` is asked back; `maybe` alone is no answer."""
        said = self._side_at(reply, skip(reply, start, self.words.hedges))
        return REJECTED if said is None else self._said(reply, *said, sure=False)

    def _said(self, reply: Reply, given: bool, start: int, end: int, *, sure: bool) -> Understood:
        """Yes or no was said; whether what follows leaves it standing."""
        after = end
        while after < len(reply.words) and reply.words[after] in ("and", "or", "but", "n"):
            after += 1
        other = self._side_at(reply, after)
        if other is not None and other[0] is not given and reply.words[other[1]] in self.words.clear:
            return SEVERAL
        clear = reply.words[start] in self.words.clear
        over = lead_in(reply, self.words, end)[0] >= len(reply.words)
        if not (clear or over or end in reply.breaks or reply.words[end] in self.words.joining):
            return REJECTED  # "it was awful" only begins like "it was"
        doubtful = any(skip(reply, after, phrases) > after for phrases in (self.words.doubt, self.words.hedges))
        asking = "?" in reply.mark_after(end - 1)
        rest = "" if over else rest_of(reply, start + 1 if clear else end, self.words)
        return self._take(given, rest, sure=sure and not (doubtful or asking))

    def _side_at(self, reply: Reply, start: int) -> tuple[bool, int, int] | None:
        """Yes or no said at a word, the longest phrase that fits: which, where it begins and what comes after."""
        ends = [(skip(reply, start, self.sides[given]), given) for given in (False, True)]
        end, given = max(ends)
        return (given, start, end) if end > start else None

    def _take(self, given: bool, rest: str, *, sure: bool = True) -> Understood:
        label = self.words.say(YES if given else NO)
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, given, label, rest)


@dataclass(slots=True)
class _Number:
    """Numbers, and numbers on a scale with named ends."""

    question: Question
    words: Words
    ends: dict[str, float]
    units: frozenset[str]
    household: bool

    @classmethod
    def compile(cls, question: Question, words: Words) -> _Number:
        named = ((question.low, question.minimum), (question.high, question.maximum))
        ends = {fold(label): value for label, value in named if label is not None and value is not None}
        ends |= {fold(words.say(label)): value for label, value in named if label is not None and value is not None}
        own = {word for text in question.ask.values() for word in read(text, (), words.short).words}
        if question.unit is not None:
            own |= set(fold(question.unit).split())
        units = frozenset(own & words.counted) | frozenset(fold(question.unit or "").split())
        household = bool(own & {"household", "home", "live"} and own & {"people", "many"})
        units |= frozenset(["of"]) if household else frozenset()  # "3 of us"
        units |= frozenset(unit[:-1] if unit.endswith("s") else f"{unit}s" for unit in units)
        return cls(question, words, ends, units, household)

    def understand(self, text: str) -> Understood:
        whole = fold(text[:200])
        if whole in self.ends:
            return self._take(self.ends[whole], "")
        if self.household and whole in self.words.alone:
            return self._take(1, "")
        reply = read(text, (), self.words.short)
        if not reply.words:
            return REJECTED
        start, hedged = lead_in(reply, self.words)
        end, hedged_after = lead_out(reply, self.words, start)
        core = reply.phrase(start, end - start)
        sure = not (hedged or hedged_after or "?" in reply.text)
        if core in self.ends:
            return self._take(self.ends[core], "", sure=sure)
        if self.household and core in self.words.alone:
            return self._take(1, "", sure=sure)
        near = self._near_end(core)
        if near is not None:
            return self._take(near, "", sure=sure)
        if self.household and any(word in self.words.alone for word in reply.words[:start]):
            return REJECTED  # "me + 3" is a sum, and we do no sums
        numeral = numeral_at(reply, start, self.words, self.units)
        return REJECTED if numeral is None else self._judge(reply, numeral, end, sure=sure)

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
        if question.minimum is not None and value < question.minimum:
            return REJECTED
        if question.maximum is not None and value > question.maximum:
            return REJECTED
        after, hedged = lead_in(reply, self.words, numeral.end)
        named = self.ends.get(reply.phrase(after, end - after))
        if named is not None and named != value:
            return SEVERAL
        if (
            not scale
            and self.household
            and any(word in self.words.numbers or word.isdecimal() for word in reply.words[after:])
        ):
            return REJECTED  # a sum, or part of one
        rest = rest_of(reply, numeral.end, self.words) if named is None and after < end else ""
        return self._take(value, rest, sure=sure and not hedged and numeral.shape is not Shape.MAYBE_COUNTING)

    def _take(self, value: float, rest: str, *, sure: bool = True) -> Understood:
        if float(value).is_integer():
            value = int(value)
        return Understood(Verdict.ACCEPTED if sure else Verdict.UNSURE, value, str(value), rest)
