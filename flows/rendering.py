"""How a question reads in a text: what is asked, the choices by number, and how to answer or skip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from flows import sentences
from flows.definition import Kind, Question, Text
from flows.text import Values, fill, fold, smart
from flows.values import Value
from flows.words import Words

_HEARD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"(?m)^\s*1[.):]?\s")

_RETRIES = {
    Kind.CHOICE: sentences.RETRY_CHOICE,
    Kind.YES_NO: sentences.RETRY_YES_NO,
    Kind.NUMBER: sentences.RETRY_NUMBER,
    Kind.SCALE: sentences.RETRY_SCALE,
    Kind.TEXT: sentences.RETRY_TEXT,
    Kind.MANY: sentences.RETRY_MANY,
    Kind.DATE: sentences.RETRY_DATE,
    Kind.POSTCODE: sentences.RETRY_POSTCODE,
    Kind.MEDIA: sentences.RETRY_MEDIA,
    Kind.LOCATION: sentences.RETRY_LOCATION,
}


class Voice:
    """Says texts in one language on one channel, with the values a run knows at that moment."""

    def __init__(self, words: Words, channel: str, values: Values) -> None:
        self.words = words
        self.channel = channel
        self.values = values

    def say(self, sentence: str, values: Mapping[str, Value] | None = None) -> str:
        """A sentence in the contact's language, filled, and in GSM-7 where only typography stood against it."""
        text = fill(self.words.say(sentence), self.values if values is None else values)
        return smart(text) if self.channel == "sms" else text

    def pick(self, text: Text) -> str:
        """The text for this channel."""
        written = text.get(self.channel)
        return self.say(written if written is not None else text.get("") or text.get("sms") or "")

    def question(self, question: Question) -> str:
        """The whole question; hints the author has written into it are not said twice."""
        known = _same_for_all(question, self.words, self.channel)
        return self._whole(question) if known is None else known

    def _whole(self, question: Question) -> str:
        asked = self.pick(question.ask)
        return "\n".join([asked, *self._choices(question, asked), *self._how(question, asked)])

    def retry(self, question: Question, tries: int) -> str:
        """The question again in other words than before; `tries` counts from 1."""
        if tries == 1 and question.retry_text is not None:
            first = self.pick(question.retry_text)
        else:
            first = self._again(question, tries)
        return "\n".join([first, *self._choices(question, first), *self._skip(question, first)])

    def _again(self, question: Question, tries: int) -> str:
        """That we did not understand, in other words each time; every other time with the limits an answer has."""
        bounds = _bounds(question)
        if question.kind is Kind.MANY and question.at_most is not None and tries % 2:
            return self.say(sentences.MANY_LIMIT, {"most": question.at_most})
        if question.kind is Kind.NUMBER and len(bounds) > 1 and tries % 2 == 0:
            return self.say(sentences.SCALE_HINT, bounds)
        row = _RETRIES[question.kind]
        return self.say(row[(tries - 1) % len(row)], bounds)

    def _choices(self, question: Question, asked: str) -> list[str]:
        if not question.choices or _NUMBERED.search(asked):
            return []
        return self.numbered(question)

    def numbered(self, question: Question) -> list[str]:
        """A question's choices as lines with their numbers."""
        return [f"{number} {self.say(choice.label)}" for number, choice in enumerate(question.choices, 1)]

    def _how(self, question: Question, asked: str) -> list[str]:
        hint: list[str] = []
        if question.hint is not None:
            hint = [self.pick(question.hint)]
        elif question.kind is Kind.YES_NO and not {"yes", "no"} <= _heard(asked):
            hint = [self.say(sentences.YES_OR_NO)]
        elif question.kind is Kind.MANY:
            most = question.at_most
            said = sentences.MANY_HINT if most is None else sentences.MANY_LIMIT
            hint = [self.say(said, {"most": most})]
        elif question.kind is Kind.SCALE and not set(map(str, _bounds(question).values())) <= _heard(asked):
            hint = [self._scale(question)]
        return [*hint, *self._skip(question, "\n".join([asked, *hint]))]

    def _scale(self, question: Question) -> str:
        if question.low is None or question.high is None:
            return self.say(sentences.SCALE_HINT, _bounds(question))
        ends = {"low": self.words.say(question.low), "high": self.words.say(question.high)}
        return self.say(sentences.SCALE_ENDS_HINT, {**_bounds(question), **ends})

    def _skip(self, question: Question, asked: str) -> list[str]:
        if not question.optional or "skip" in _heard(asked):
            return []
        return [self.say(sentences.SKIP_HINT)]


class _NeedsRunError(Exception):
    """A text has a placeholder."""


class _NoRun:
    def get(self, name: str, /) -> Value:
        raise _NeedsRunError(name)


@lru_cache(maxsize=2048)
def _same_for_all(question: Question, words: Words, channel: str) -> str | None:
    """The whole question where nothing in it depends on the run, as in most; else None."""
    try:
        return Voice(words, channel, _NoRun())._whole(question)
    except _NeedsRunError:
        return None


@lru_cache(maxsize=512)
def _heard(text: str) -> frozenset[str]:
    return frozenset(_HEARD.findall(fold(text)))


def _bounds(question: Question) -> dict[str, Value]:
    """The ends of a scale, and of a number that has both."""
    if question.kind not in (Kind.SCALE, Kind.NUMBER) or question.minimum is None or question.maximum is None:
        return {}
    return {"from": _short(question.minimum), "to": _short(question.maximum)}


def _short(number: float | None) -> Value:
    return int(number) if number is not None and float(number).is_integer() else number
