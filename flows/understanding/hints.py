"""What words hint at that no label has: other names, meanings, other forms, slips. All of it is asked back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from flows.understanding.choice_table import ChoiceTable, only
from flows.understanding.meanings import (
    DENIALS,
    DENYING,
    NOT_AT_ALL,
    VERY,
    agree_in_denial,
    meant_in,
    names_of,
    opposite,
)
from flows.understanding.slips import MIN_LENGTH, may_be_slip, one_slip, same_stem
from flows.understanding.understood import Understood


@dataclass(frozen=True, slots=True)
class Hints:
    """The hints at the choices of one question."""

    table: ChoiceTable

    def hinted(self, row: list[str]) -> int | None:
        """The one label that some words hint at; two of it in a row say more than a word of another."""
        words = self.table.words
        runs = {self.table.part_of(row[at : at + 2]) for at in range(len(row) - 1)} - {None, -1}
        held = {word for number in runs if number is not None for word in self.table.label_words[number]}
        meant = meant_in(row, words)
        names = names_of(meant)
        alike = self.closest(names) or self.closest(opposite(names) if names & DENIALS else names)
        if row and all(word in words.changing or word in words.fillers for word in row):
            opened = [number for number, label in enumerate(self.table.label_words) if label[0] == row[0]]
            if len(opened) != 1:
                opened = sorted(self.akin(row) or alike)  # French "super" is very good
            return opened[0] if len(opened) == 1 else None  # "neither, really"
        denies = (
            (word in words.negating or word in words.unreal)
            and word not in held
            and not any(each.start <= at < each.end for each in meant)  # "cant fault it"
            and not (word in words.numbering and after.isdecimal())  # "bus no 9"
            for at, (word, after) in enumerate(zip(row, [*row[1:], ""], strict=True))
        )
        if any(denies) and names.isdisjoint(DENYING):
            wished = not words.unreal.isdisjoint(row)
            return (
                None if wished else only(self.closest(opposite(names)) or self._none_of_it(row))
            )  # "nu sunt multumit"
        if len(alike) == 1 and names == self.table.meant[min(alike)]:
            return min(alike)  # "i work part time", where another label is "Looking for work"
        parts = runs or {self.table.part_of([word]) for word in row if len(word) > 2 and word not in words.changing}
        parts.discard(None)
        if len(parts) > 1 and len(alike) == 1:
            parts.intersection_update(alike)  # "once a week on tuesdays", where another label has "once a month"
        if not parts and len(row) == 1:
            parts = self.near_part(row[0])
        guessed: Collection[int | None] = (parts - {-1}) or self._joined(row) or self.akin(row) or alike
        return only(guessed or self.inflected(row) or self.stems_of(row))

    def _joined(self, row: list[str]) -> set[int]:
        """The choices with two words in a row that are written as one: `nonbinary`."""
        labels = enumerate(self.table.label_words)
        return {at for at, label in labels if any(one + two in row for one, two in pairwise(label))}

    def _none_of_it(self, row: list[str]) -> set[int]:
        """`i dont have one`: a denial that says nothing else than the question does, where a choice is for none."""
        words, own, nothing = self.table.words, self.table.own, self.table.nothing
        if nothing is None:  # "it doesnt bother me" is not at all
            nothing = only({number for number, meant in enumerate(self.table.meant) if NOT_AT_ALL in meant})
        if nothing is None:
            return set()
        plain = (words.negating, words.fillers, words.courtesy, words.changing, words.counting, own, words.numbers)
        about = own | set(self.table.label_words[nothing])
        said = (any(word in kind for kind in plain) or any(same_stem(word, known) for known in about) for word in row)
        return {nothing} if all(said) else set()

    def near_part(self, word: str) -> set[int | None]:
        """The choices that have a word of at least five letters one slip away from this one."""
        if len(word) < MIN_LENGTH - 1 or not may_be_slip(word, self.table.vocabulary, self.table.words):
            return set()
        near = {known for known in self.table.vocabulary if len(known) >= MIN_LENGTH - 1 and one_slip(word, known)}
        return {self.table.part_of([known]) for known in near}

    def akin(self, row: list[str]) -> set[int]:
        """The choices that have what some words are another name of: `uber` is a taxi."""
        words, found = self.table.words, set[int]()
        whole = " ".join(row)
        for said in (whole,) if whole in words.akin else row:
            for meant in words.akin.get(said, "").split("|"):
                part = " ".join(words.short.get(word, word) for word in meant.split())
                named = self.table.phrases.get(part, self.table.part_of(part.split()))
                if named is not None and named >= 0:
                    found.add(named)
                    break
        return found

    def closest(self, names: frozenset[str]) -> set[int]:
        """The choices whose labels mean most nearly what was said; a denial must stand in both."""
        shares = {
            number: len(names & meant) / len(names | meant)
            for number, meant in enumerate(self.table.meant)
            if names & meant and agree_in_denial(names, meant)
        }
        nearest = {number for number, share in shares.items() if share == max(shares.values())} if shares else set()
        mild = {number for number in nearest if VERY not in self.table.meant[number]}
        return mild or nearest  # "pas facile" is rather hard sooner than very hard

    def called(self, core: str) -> Understood | None:
        """The choice that a whole reply is another name of, asked back; Spanish `muy bien` begins like a set phrase."""
        named = self.akin([core]) if core in self.table.words.akin else set()
        if not named:
            row = core.split()
            meant = meant_in(row, self.table.words)
            said = {at for each in meant for at in range(each.start, each.end)}
            beside = (word for at, word in enumerate(row) if at not in said)
            greeting = any(self._greets(row, each.start, each.end) for each in meant)
            harmless = all(word in self.table.words.fillers or word in self.table.words.courtesy for word in beside)
            named = self.closest(names_of(meant)) if harmless and not greeting else set()
        number = only(named)
        return None if number is None else self.table.take(number, "", sure=False)

    def _greets(self, row: list[str], start: int, end: int) -> bool:
        """Whether some words only begin a courtesy: `good morning`."""
        return any(" ".join(row[start:behind]) in self.table.words.courtesy for behind in range(end + 1, len(row) + 1))

    def inflected(self, row: list[str]) -> set[int]:
        """The choice with the longest label of which every word is said in some form: `bardzo dobra`."""
        said = [
            (len(label), number)
            for number, label in enumerate(self.table.label_words)
            if label and all(word in row or any(same_stem(word, other) for other in row) for word in label)
        ]
        longest_said = [number for size, number in said if size == max(said)[0]]
        return set(longest_said) if len(longest_said) == 1 else set()

    def exactly(self, row: list[str]) -> int | None:
        """The one choice that means just what all of some words do: Polish `strasznie` is very."""
        meant = meant_in(row, self.table.words)
        names = names_of(meant)
        whole = bool(names) and sum(each.end - each.start for each in meant) == len(row)
        return only({number for number, said in enumerate(self.table.meant) if said == names}) if whole else None

    def fuller(self, row: list[str]) -> set[int]:
        """The choices that some words say all of, where a label is only a part of them: `extremely dissatisfied`."""
        return self.inflected(row) or self.closest(names_of(meant_in(row, self.table.words)))

    def stems_of(self, row: list[str]) -> set[int | None]:
        """The choices that have a word of the same stem as one of some words."""
        plain = (
            word
            for word in row
            if not any(word in kind for kind in (self.table.words.changing, self.table.words.real, self.table.own))
            or (len(row) == 1 and any(known.startswith(word) for known in self.table.vocabulary))  # "walk" for walked
        )
        known = {other for word in plain for other in self.table.vocabulary if same_stem(word, other)}
        return {self.table.part_of([other]) for other in known} - {None, -1}
