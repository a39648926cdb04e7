"""What a reply means as the answer to a question: taken, asked back, or not understood. Never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from flows.definition import OTHER, Kind, Question
from flows.sentences import NO, YES
from flows.text import clean, fold, unwrapped
from flows.understanding.choices import ChoiceMatcher
from flows.understanding.dates import DateMatcher
from flows.understanding.figures import NumberMatcher
from flows.understanding.noise import Noise
from flows.understanding.postcodes import PostcodeMatcher
from flows.understanding.reading import read, without_courtesy
from flows.understanding.several import ManyMatcher
from flows.understanding.understood import REJECTED, Understood, Verdict
from flows.understanding.yes_no import YesNoMatcher
from flows.values import Value
from flows.words import Words

__all__ = ["Understood", "Verdict", "label_of", "understand"]


def understand(question: Question, text: str, words: Words, today: date) -> Understood:
    """What a reply means for a question. Never raises, whatever the text.

    Args:
        question: what was asked.
        text: what the contact wrote.
        words: the language they write in.
        today: the day it is where they are; "yesterday" and a day without a year count from it.
    """
    text = unwrapped(text)
    matcher = _matcher(question, words)
    if matcher.noise.is_none_of_theirs(text):
        return REJECTED
    understood = matcher.understand(text, today)
    if question.other and understood.outcome is Verdict.REJECTED and (said := _words_outside(text)):
        value: Value = (OTHER,) if question.kind is Kind.MANY else OTHER
        return Understood(Verdict.ACCEPTED, value, said)
    return understood


def names_a_choice(question: Question, text: str, words: Words) -> bool:
    """Whether a reply is a whole label of a choice, or one of its words, and nothing else."""
    matcher = _matcher(question, words).plain
    if not isinstance(matcher, ChoiceMatcher | ManyMatcher):
        return False
    reply = read(text, (), words.short)
    start, end = without_courtesy(reply, words)
    return not matcher.table.phrases.keys().isdisjoint({fold(text), reply.phrase(start, end - start)})


def _words_outside(text: str) -> str:
    """What somebody wrote instead of a choice; empty where there are no words in it."""
    said = clean(text).strip()
    return said if sum(map(str.isalpha, said)) > 1 else ""


def label_of(question: Question, value: object, words: Words) -> str:
    """How a value reads to people: the choice's label, Yes or No, the number, the words."""
    if isinstance(value, tuple):
        return ", ".join(words.say(choice.label) for choice in question.choices if choice.key in value)
    if question.kind is Kind.CHOICE:
        return next((words.say(choice.label) for choice in question.choices if choice.key == value), str(value))
    if isinstance(value, bool):
        return words.say(YES if value else NO)
    return str(value)


def accepted(question: Question, value: Value, rest: str, words: Words) -> Understood:
    """A value taken for certain."""
    return Understood(Verdict.ACCEPTED, value, label_of(question, value, words), rest)


class _Understands(Protocol):
    def understand(self, text: str) -> Understood: ...


@dataclass(slots=True)
class _Matcher:
    """A question compiled for a language."""

    noise: Noise
    plain: _Understands | None
    dates: DateMatcher | None = None

    def understand(self, text: str, today: date) -> Understood:
        if self.dates is not None:
            return self.dates.understand(text, today)
        return REJECTED if self.plain is None else self.plain.understand(text)


@lru_cache(maxsize=4096)
def _matcher(question: Question, words: Words) -> _Matcher:
    """A question compiled for a language; both are compared by identity, so this is one look-up a turn."""
    noise = Noise.compile(question, words)
    match question.kind:
        case Kind.CHOICE:
            return _Matcher(noise, ChoiceMatcher(question, words))
        case Kind.MANY:
            return _Matcher(noise, ManyMatcher(question, words))
        case Kind.YES_NO:
            return _Matcher(noise, YesNoMatcher.compile(question, words))
        case Kind.NUMBER | Kind.SCALE:
            return _Matcher(noise, NumberMatcher.compile(question, words))
        case Kind.DATE:
            return _Matcher(noise, None, DateMatcher(question, words))
        case Kind.POSTCODE:
            return _Matcher(noise, PostcodeMatcher(question, words))
        case Kind.TEXT | Kind.MEDIA | Kind.LOCATION:
            return _Matcher(noise, _Text(question))


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
