"""One choice question in one language, compiled once: everything a reply is compared with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from math import inf

from flows.definition import Question
from flows.text import fold
from flows.understanding.day_parts import NAMES
from flows.understanding.how_much import much_of
from flows.understanding.how_often import often_of
from flows.understanding.ladders import Ladder, ladder_of
from flows.understanding.meanings import meant_in, names_of
from flows.understanding.measures import Measure, measures_of, span_of
from flows.understanding.ranges import Range, range_of, span_between
from flows.understanding.reading import longest, read
from flows.understanding.slips import MIN_LENGTH, SHORTEST_STEM, letters, may_be_slip, one_slip
from flows.understanding.understood import Understood, Verdict
from flows.words import Words

_FIGURES = re.compile(r"\b\d+\b")
"""A figure is never a slip: "less than 30" is not "less than 10"."""


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
    meant: list[frozenset[str]] = field(default_factory=list)
    """What each label means, by name."""
    ranges: list[Range | None] = field(default_factory=list)
    measure: Measure | None = None
    """What the labels are amounts of, where they are: time, distance, money."""
    amounts: list[Range | None] = field(default_factory=list)
    """Those of the labels, in its smallest unit."""
    often: Ladder | None = None
    """Where the labels say how often."""
    much: Ladder | None = None
    """Where they say how much, or how good."""
    day: dict[str, int] = field(default_factory=dict)
    """The labels that are parts of the day, by name."""
    vocabulary: set[str] = field(default_factory=set)
    by_stem: dict[str, list[str]] = field(default_factory=dict)
    """Its words by their first letters."""
    own: frozenset[str] = frozenset()
    """Words of the question itself: they say nothing by themselves."""
    doubt: int | None = None
    """The choice of those who do not know, where there is one."""
    declined: int | None = None
    """The choice of those who would rather not say."""
    nothing: int | None = None
    """The one choice that begins with No, or None."""
    reach: int = 0
    certain: list[Understood] = field(default_factory=list)
    """Each choice as it is taken where a reply says nothing else: made once, as most replies do."""

    @classmethod
    def compile(cls, question: Question, words: Words) -> ChoiceTable:
        """What a reply is compared with."""
        table = cls(question, words)
        for number, choice in enumerate(question.choices):
            label = words.say(choice.label)
            table.labels.append(label)
            table.certain.append(Understood(Verdict.ACCEPTED, choice.key, label))
            for phrase in (label, choice.label, *choice.words):
                table.phrases.setdefault(_phrase(phrase, words), number)
                table.whole.setdefault(fold(phrase), number)
            table.label_words.append(_phrase(label, words).split())
            table.meant.append(names_of(meant_in(table.label_words[-1], words)))
            table.ranges.append(range_of(label, words))
        for measure in measures_of(words):
            amounts = [span_of(label, words, measure) for label in table.labels]
            if any(amounts):
                table.measure, table.amounts = measure, amounts
                break
        for number, span in enumerate(table.ranges):
            table.whole.setdefault(str(number + 1), number)
            if span is not None and -inf < span.low and span.high < inf:
                table.whole.setdefault(f"{span.low} {span.high}", number)  # "10-30" for "10 to 30 minutes"
        between = re.compile(rf"(\d){span_between(words)}(\d)")
        for phrase, number in table.phrases.items():
            table.whole.setdefault(phrase, number)
            table.whole.setdefault(between.sub(r"\1 \2", phrase), number)  # "16-24" for "16 to 24"
            for short, long in words.short.items():
                table.whole.setdefault(f" {phrase} ".replace(f" {long} ", f" {short}").strip(), number)
            if len(phrase) >= MIN_LENGTH:
                table.whole.setdefault(phrase.replace(" ", ""), number)
            first, _, second = phrase.partition(" ")
            if second.isalpha() and first.isalpha() and not {first, second} & words.negating:
                table.whole.setdefault(f"{second} {first}", number)  # "agree strongly"
            table.by_length.setdefault(len(phrase), []).append((phrase, number))
            table.vocabulary.update(phrase.split())
        for word in table.vocabulary:
            table.by_stem.setdefault(word[:SHORTEST_STEM], []).append(word)
        table.doubt = table.only_one_in(words.doubt)
        table.declined = table.only_one_in(words.skip)
        beside = frozenset((table.doubt, table.declined))
        table.often = ladder_of([often_of(label, words) for label in table.labels], beside)
        table.much = ladder_of([much_of(label, words) for label in table.labels], beside)
        table.day = {name: number for number, meant in enumerate(table.meant) for name in meant & NAMES}
        none = [number for number, label in enumerate(table.label_words) if label[0] in words.none | words.no]
        named = [number for number, choice in enumerate(question.choices) if choice.key == "none"]
        table.nothing = only(named or none)
        table.own = frozenset(word for text in question.ask.values() for word in _phrase(text, words).split())
        table.reach = longest(frozenset(table.phrases))
        return table

    def only_one_in(self, phrases: frozenset[str]) -> int | None:
        """The one choice that is called by one of some phrases."""
        found = {number for phrase, number in self.phrases.items() if phrase in phrases}
        return found.pop() if len(found) == 1 else None

    def near(self, phrase: str) -> dict[str, int]:
        """The phrases one slip away, and their choices."""
        size = len(phrase)
        rows = (row for length in (size - 1, size, size + 1) for row in self.by_length.get(length, ()))
        return {known: number for known, number in rows if one_slip(phrase, known)}

    def slip(self, core: str) -> tuple[int, bool] | None:
        """The one choice that is one slip away, and whether that is sure enough."""
        if not may_be_slip(core, self.vocabulary, self.words):
            return None
        figures = _FIGURES.findall(core)
        near = {label: at for label, at in self.near(core).items() if _FIGURES.findall(label) == figures}
        if len(set(near.values())) != 1:
            return None
        return next(iter(near.values())), max(map(letters, near)) >= MIN_LENGTH

    def meant_by(self, core: str) -> int | None:
        """The choice that some words mean by themselves: a label or part of one; -1 where several do."""
        found = self.whole.get(core, self.whole.get(core.replace(" ", "")))
        if found is None:
            slip = self.slip(core)
            found = slip[0] if slip is not None else self.part_of(core.split())
        return found

    def part_of(self, core: list[str]) -> int | None:
        """The one label that holds these words and drops none that would change it; -1 where several do."""
        if not any(self._says_something(word) for word in core):
            return None
        holding = [number for number, label in enumerate(self.label_words) if _inside(core, label)]
        if len(holding) != 1:
            return -1 if holding else None
        label = self.label_words[holding[0]]
        at = next(at for at in range(len(label)) if label[at : at + len(core)] == core)
        # A changing word may be left out behind "neither" or "no", never before what is said: "know" of "don't know".
        kept = at == 0 and any(core[0] in whole for whole in (self.words.none, self.words.no, self.words.yes))
        if not kept and all(word in self.words.changing for word in core):
            return None
        left_out = label[:at] if kept else label[:at] + label[at + len(core) :]
        return None if any(word in self.words.changing for word in left_out) else holding[0]

    def unknowing(self, core: str, cores: Iterable[str]) -> Understood | None:
        """`dunno`, `rather not say`: where there is a choice for it, it is asked back."""
        words, said = self.words, set(cores)
        said.add(  # "dont really know"
            " ".join(
                word
                for word in core.split()
                if word not in words.fillers and (word not in words.changing or word in words.negating)
            )
        )
        if self.nothing is not None and not words.none.isdisjoint(said):
            return self.take(self.nothing, "", sure=False)
        if self.doubt is not None and not words.doubt.isdisjoint(said):
            return self.take(self.doubt, "", sure=False)
        declined = any(" " in each and each in words.skip for each in said)
        return self.take(self.declined, "", sure=False) if declined and self.declined is not None else None

    def _says_something(self, word: str) -> bool:
        if word.isdecimal() or word in self.words.yes or word in self.words.no:
            return True
        short = len(word) <= 2 and word.isascii()
        return not short and word not in self.own and word not in self.words.joining

    def take(self, number: int, rest: str, *, sure: bool) -> Understood:
        """A choice, taken or asked back."""
        if sure and not rest:
            return self.certain[number]
        verdict = Verdict.ACCEPTED if sure else Verdict.UNSURE
        return Understood(verdict, self.question.choices[number].key, self.labels[number], rest)


def only(numbers: Collection[int | None]) -> int | None:
    """The one choice of some; None where there are several, or none that is clear."""
    number = next(iter(numbers)) if len(numbers) == 1 else None
    return None if number is None or number < 0 else number


def _inside(part: list[str], whole: list[str]) -> bool:
    return part[0] in whole and any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _phrase(text: str, words: Words) -> str:
    """A label as the words a reply would be taken apart into; punctuation alone stays as it is."""
    return " ".join(read(text, (), words.short).words) or fold(text)
