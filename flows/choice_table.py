"""One choice question in one language, compiled once: everything a reply is compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.definition import Question
from flows.ranges import Range, range_of
from flows.reading import longest, read
from flows.slips import MIN_LENGTH, one_slip
from flows.text import fold
from flows.understood import Understood, Verdict
from flows.words import Words

_SPAN = re.compile(r"(\d) to (\d)")


@dataclass(slots=True)
class ChoiceTable:
    """The phrases of every choice, and what they are made of. A choice is its place in the list, from 0."""

    question: Question
    words: Words
    labels: list[str] = field(default_factory=list)
    phrases: dict[str, int] = field(default_factory=dict)
    """Folded label or word of a choice, and the choice."""
    by_length: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    """The phrases by their number of characters: a slip changes it by one at most."""
    whole: dict[str, int] = field(default_factory=dict)
    """What can be the whole reply: phrases, numbers, phrases without spaces or with very shortened."""
    label_words: list[list[str]] = field(default_factory=list)
    ranges: list[Range | None] = field(default_factory=list)
    vocabulary: set[str] = field(default_factory=set)
    own: frozenset[str] = frozenset()
    """Words of the question itself: they say nothing by themselves."""
    reach: int = 0

    @classmethod
    def compile(cls, question: Question, words: Words) -> ChoiceTable:
        """What a reply is compared with."""
        table = cls(question, words)
        for number, choice in enumerate(question.choices):
            label = words.say(choice.label)
            table.labels.append(label)
            for phrase in (label, choice.label, *choice.words):
                table.phrases.setdefault(_phrase(phrase, words), number)
                table.whole.setdefault(fold(phrase), number)
            table.label_words.append(_phrase(label, words).split())
            table.ranges.append(range_of(label, words))
        for number in range(len(question.choices)):
            table.whole.setdefault(str(number + 1), number)
        for phrase, number in table.phrases.items():
            table.whole.setdefault(phrase, number)
            table.whole.setdefault(_SPAN.sub(r"\1 \2", phrase), number)  # "16-24" for "16 to 24"
            for short, long in words.short.items():
                table.whole.setdefault(f" {phrase} ".replace(f" {long} ", f" {short}").strip(), number)
            if len(phrase) >= MIN_LENGTH:
                table.whole.setdefault(phrase.replace(" ", ""), number)
            table.by_length.setdefault(len(phrase), []).append((phrase, number))
            table.vocabulary.update(phrase.split())
        table.own = frozenset(word for text in question.ask.values() for word in _phrase(text, words).split())
        table.reach = longest(frozenset(table.phrases))
        return table

    def near(self, phrase: str) -> dict[str, int]:
        """The phrases one slip away, and their choices."""
        size = len(phrase)
        rows = (row for length in (size - 1, size, size + 1) for row in self.by_length.get(length, ()))
        return {known: number for known, number in rows if one_slip(phrase, known)}

    def take(self, number: int, rest: str, *, sure: bool) -> Understood:
        """A choice, taken or asked back."""
        verdict = Verdict.ACCEPTED if sure else Verdict.UNSURE
        return Understood(verdict, self.question.choices[number].key, self.labels[number], rest)


def _phrase(text: str, words: Words) -> str:
    """A label as the words a reply would be taken apart into; punctuation alone stays as it is."""
    return " ".join(read(text, (), words.short).words) or fold(text)
