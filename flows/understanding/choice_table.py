"""One choice question in one language, compiled once: everything a reply is compared with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from flows.definition import Question
from flows.text import fold
from flows.understanding.day_parts import NAMES
from flows.understanding.durations import minutes_of
from flows.understanding.ladders import Ladder, ladder_of, much_of, often_of
from flows.understanding.meanings import DENYING, Meant, meant_in
from flows.understanding.ranges import Range, range_of, span_between
from flows.understanding.reading import longest, read
from flows.understanding.slips import MIN_LENGTH, SHORTEST_STEM, letters, may_be_slip, one_slip, same_stem
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
    stretches: list[Range | None] = field(default_factory=list)
    """Those of the labels that are stretches of time, in minutes."""
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
            table.meant.append(frozenset().union(*(each.names for each in meant_in(table.label_words[-1], words))))
            table.ranges.append(range_of(label, words))
            table.stretches.append(minutes_of(label, words))
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

    def hinted(self, row: list[str]) -> int | None:
        """The one label that some words hint at; two of it in a row say more than a word of another."""
        words = self.words
        runs = {self.part_of(row[at : at + 2]) for at in range(len(row) - 1)} - {None, -1}
        held = {word for number in runs if number is not None for word in self.label_words[number]}
        meant = [each for each in meant_in(row, words) if self.alike(each)]
        alike = {number for each in meant for number in self.alike(each)}
        if row and all(word in words.changing or word in words.fillers for word in row):
            opened = [number for number, label in enumerate(self.label_words) if label[0] == row[0]]
            opened = opened or sorted(self.akin(row) or alike)  # French "super" is very good
            return opened[0] if len(opened) == 1 else None  # "neither, really"
        denies = (
            (word in words.negating or word in words.unreal)
            and word not in held
            and not any(each.start <= at < each.end for each in meant)  # "cant fault it"
            and not (word in words.numbering and after.isdecimal())  # "bus no 9"
            for at, (word, after) in enumerate(zip(row, [*row[1:], ""], strict=True))
        )
        if any(denies) and not any(each.names & DENYING for each in meant):
            return None
        parts = runs or {self.part_of([word]) for word in row if len(word) > 2 and word not in words.changing}
        parts.discard(None)
        if len(parts) > 1 and len(alike) == 1:
            parts.intersection_update(alike)  # "once a week on tuesdays", where another label has "once a month"
        if not parts and len(row) == 1:
            parts = self.near_part(row[0])
        parts = parts or {*self.akin(row)} or {*alike} or {*self.inflected(row)} or self.stems_of(row)
        number = parts.pop() if len(parts) == 1 else None
        return None if number is None or number < 0 else number

    def near_part(self, word: str) -> set[int | None]:
        """The choices that have a word of at least five letters one slip away from this one."""
        if len(word) < MIN_LENGTH - 1 or not may_be_slip(word, self.vocabulary, self.words):
            return set()
        near = {known for known in self.vocabulary if len(known) >= MIN_LENGTH - 1 and one_slip(word, known)}
        return {self.part_of([known]) for known in near}

    def akin(self, row: list[str]) -> set[int]:
        """The choices that have what some words are another name of: `uber` is a taxi."""
        words, found = self.words, set[int]()
        whole = " ".join(row)
        for said in (whole,) if whole in words.akin else row:
            for meant in words.akin.get(said, "").split("|"):
                part = " ".join(words.short.get(word, word) for word in meant.split())
                named = self.phrases.get(part, self.part_of(part.split()))
                if named is not None and named >= 0:
                    found.add(named)
                    break
        return found

    def alike(self, said: Meant) -> set[int]:
        """The choices whose label means the same as some words."""
        return {number for number, meant in enumerate(self.meant) if not said.names.isdisjoint(meant)}

    def called(self, core: str) -> Understood | None:
        """The choice that a whole reply is another name of, asked back; Spanish `muy bien` begins like a set phrase."""
        named = self.akin([core]) if core in self.words.akin else set()
        meant = meant_in(core.split(), self.words)
        if not named and len(meant) == 1 and (meant[0].start, meant[0].end) == (0, core.count(" ") + 1):
            named = self.alike(meant[0])
        number = named.pop() if len(named) == 1 else None
        return None if number is None else self.take(number, "", sure=False)

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
        if self.doubt is not None and not words.doubt.isdisjoint(said):
            return self.take(self.doubt, "", sure=False)
        declined = any(" " in each and each in words.skip for each in said)
        return self.take(self.declined, "", sure=False) if declined and self.declined is not None else None

    def inflected(self, row: list[str]) -> set[int]:
        """The choice with the longest label of which every word is said in some form: `bardzo dobra`."""
        said = [
            (len(label), number)
            for number, label in enumerate(self.label_words)
            if label and all(word in row or any(same_stem(word, other) for other in row) for word in label)
        ]
        longest_said = [number for size, number in said if size == max(said)[0]]
        return set(longest_said) if len(longest_said) == 1 else set()

    def stems_of(self, row: list[str]) -> set[int | None]:
        """The choices that have a word of the same stem as one of some words."""
        plain = (
            word
            for word in row
            if not any(word in kind for kind in (self.words.changing, self.words.real, self.own))
            or (len(row) == 1 and any(known.startswith(word) for known in self.vocabulary))  # "walk" for walked
        )
        return {self.part_of([known]) for word in plain for known in self.vocabulary if same_stem(word, known)} - {
            None,
            -1,
        }

    def _says_something(self, word: str) -> bool:
        if word.isdecimal() or word in self.words.yes or word in self.words.no:
            return True
        short = len(word) <= 2 and word.isascii()
        return not short and word not in self.own and word not in self.words.joining

    def take(self, number: int, rest: str, *, sure: bool) -> Understood:
        """A choice, taken or asked back."""
        verdict = Verdict.ACCEPTED if sure else Verdict.UNSURE
        return Understood(verdict, self.question.choices[number].key, self.labels[number], rest)


def _inside(part: list[str], whole: list[str]) -> bool:
    return part[0] in whole and any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _phrase(text: str, words: Words) -> str:
    """A label as the words a reply would be taken apart into; punctuation alone stays as it is."""
    return " ".join(read(text, (), words.short).words) or fold(text)
