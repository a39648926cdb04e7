"""Hearing that somebody is in danger: suicide, self-harm, abuse, a child at risk, an emergency, in every language.

What is heard stands in `translations/<language>/crisis.yaml`, as patterns of words:

    kill|hurt myself      these words in a row; `|` stands between words of which one is enough
    want .. die           at most three words between
    zabi*                 a word that begins so
    rape! me              exactly so; another word of six letters or more, not alone, may have one slip
    =suicidal             the whole text, but for words of one letter
    ~bije mnie            in any order, with at most three other words among them
    #age                  a number from 5 to 15, in any digits

A pattern under `look_alikes` takes back what it overlaps: "die laughing" is no cry for help. All languages are heard
at once, because people in distress write in the language that comes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from flows.text import fold
from flows.understanding.reading import read
from flows.understanding.slips import letters, one_slip

GAP = 3
"""Words that `..` stands for at most."""
FORGIVING = 6
"""Letters of the shortest word that may have a slip. Marks do not count: in Tamil another vowel is another word."""
KNOWN = 2048
"""Words whose patterns are remembered, and short texts as a whole: people write the same ones again and again."""
SHORT = 24
"""Characters of the longest text that is remembered as a whole."""
LOOK_ALIKES = "look_alikes"
_AGES = range(5, 16)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CHINESE = "zh"
_HAN_GAP = ".{0,8}"
_ARABIC = str.maketrans("أإآىیکہةۃھ", "ااايي" + "كهههه", "".join(map(chr, range(0x64B, 0x656))) + "ـ")
"""Letters that phones and people write in more than one way, and marks they leave out."""


class Danger(StrEnum):
    """What somebody may be in; the gravest first."""

    SUICIDE = "suicide"
    CHILD = "child"
    ABUSE = "abuse"
    SELF_HARM = "self_harm"
    EMERGENCY = "emergency"
    UNDER_16 = "under_16"


@dataclass(frozen=True, slots=True)
class Cry:
    """What was heard in a text: the dangers, gravest first; in which languages, most first; the text's other words."""

    dangers: tuple[Danger, ...]
    languages: tuple[str, ...] = ()
    rest: str = ""
    latin: bool = True
    """It was written in Latin letters."""


@dataclass(frozen=True, slots=True, eq=False)
class _Element:
    """One place of a pattern: whole words, words that may have a slip, beginnings; or a gap."""

    words: tuple[str, ...] = ()
    forgiving: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    age: bool = False
    gap: bool = False


@lru_cache(maxsize=8192)
def _takes(element: _Element, word: str) -> bool:
    if word in element.words or (element.age and word.isdecimal() and len(word) < 3 and int(word) in _AGES):
        return True
    if element.stems and word.startswith(element.stems):
        return True
    if len(word) < FORGIVING - 1:
        return False
    return any(abs(len(known) - len(word)) < 2 and one_slip(word, known) for known in element.forgiving)


@dataclass(frozen=True, slots=True)
class _Pattern:
    language: str
    danger: Danger | None
    """None: a look-alike."""
    elements: tuple[_Element, ...]
    mark: str = ""
    """`=` for the whole text, `~` for any order."""
    ahead: int | None = None
    """Words before the one it is looked for by; None where a gap is among them."""

    def found(self, row: list[str], places: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Where in a row of words this stands: first word, and behind the last. `places` are those of the word it is
        looked for by."""
        if self.mark == "~":
            yield from self._in_any_order(row)
            return
        if self.mark == "=":
            row = [word for word in row if len(word) > 1]
            if _end(self.elements, row, 0) == len(row):
                yield 0, len(row)
            return
        starts = range(len(row)) if self.ahead is None else [at - self.ahead for at in places if at >= self.ahead]
        for start in starts:
            end = _end(self.elements, row, start)
            if end is not None:
                yield start, end

    def _in_any_order(self, row: list[str]) -> Iterator[tuple[int, int]]:
        reach = len(self.elements) + GAP
        places = [[at for at, word in enumerate(row) if _takes(element, word)] for element in self.elements]
        for start in sorted({at for found in places for at in found}):
            near = _each_apart([[at for at in found if start <= at < start + reach] for found in places])
            if near:
                yield start, max(near) + 1


def _each_apart(places: list[list[int]], taken: tuple[int, ...] = ()) -> tuple[int, ...]:
    """A place for each element: one word is not two of them. Empty where there are too few."""
    if not places:
        return taken
    found = (_each_apart(places[1:], (*taken, at)) for at in places[0] if at not in taken)
    return next(filter(None, found), ())


def _end(elements: tuple[_Element, ...], row: list[str], at: int) -> int | None:
    """Where a pattern that begins at `at` ends; None where it does not fit."""
    for number, element in enumerate(elements):
        if element.gap:
            rest = elements[number + 1 :]
            ends = (_end(rest, row, at + skipped) for skipped in range(GAP + 1))
            return next((end for end in ends if end is not None), None)
        if at >= len(row) or not _takes(element, row[at]):
            return None
        at += 1
    return at


class Recogniser:
    """Hears danger in a text, in all languages it was given at once."""

    def __init__(self, languages: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        """Compile the patterns of some languages by code, each a list by danger or `look_alikes`."""
        self._by_word: dict[str, list[_Pattern]] = {}
        self._by_stem: dict[str, list[_Pattern]] = {}
        self._by_slip: dict[str, list[tuple[str, _Pattern]]] = {}
        self._vocabulary: set[str] = set()
        elements: dict[tuple[str, bool], _Element] = {}  # many patterns share a word; each is made once
        han: dict[str, list[str]] = {}
        for language, lists in languages.items():
            for name, patterns in lists.items():
                for pattern in patterns:
                    if _HAN.search(pattern):
                        han.setdefault(name, []).append(_han(pattern))
                    else:
                        self._add(language, name, pattern, elements)
        self._han = {name: re.compile("|".join(patterns)) for name, patterns in han.items()}
        self._of_word = lru_cache(maxsize=KNOWN)(self._each_that_may_be)
        self._of_text = lru_cache(maxsize=KNOWN)(self._heard)

    def hear(self, text: str) -> Cry | None:
        """What a text cries for; None for any other text."""
        return self._of_text(text) if len(text) <= SHORT else self._heard(text)

    def _heard(self, text: str) -> Cry | None:
        row = [word.translate(_ARABIC) for word in read(_HYPHEN.sub("", text), self._vocabulary, {}).words]
        spans = self._spans(row)
        away = [(start, end) for pattern, start, end in spans if pattern.danger is None]
        heard = [
            (pattern, start, end)
            for pattern, start, end in spans
            if pattern.danger and not any(start < until and since < end for since, until in away)
        ]
        dangers = {pattern.danger for pattern, _, _ in heard}
        languages = Counter(pattern.language for pattern, _, _ in heard)
        if in_han := self._in_han(text):
            dangers |= in_han
            languages[_CHINESE] += 1
        if not dangers:
            return None
        said = {at for _, start, end in heard for at in range(start, end)}
        rest = " ".join(word for at, word in enumerate(row) if at not in said)
        gravest = tuple(danger for danger in Danger if danger in dangers)
        latin = all(word.isascii() for word in row)  # row is folded: no accents are left
        return Cry(gravest, tuple(language for language, _ in languages.most_common()), rest, latin)

    def _spans(self, row: list[str]) -> list[tuple[_Pattern, int, int]]:
        candidates: dict[int, tuple[_Pattern, list[int]]] = {}
        for at, word in enumerate(row):
            for pattern in self._of_word(word):
                candidates.setdefault(id(pattern), (pattern, []))[1].append(at)
        return [(pattern, *span) for pattern, places in candidates.values() for span in pattern.found(row, places)]

    def _each_that_may_be(self, word: str) -> tuple[_Pattern, ...]:
        return tuple({id(pattern): pattern for pattern in self._may_be(word)}.values())

    def _may_be(self, word: str) -> Iterator[_Pattern]:
        yield from self._by_word.get(word, ())
        for length in range(2, len(word) + 1):
            yield from self._by_stem.get(word[:length], ())
        if len(word) >= FORGIVING - 1:
            for size in (len(word) - 1, len(word), len(word) + 1):
                for key in _untouched(word, size):
                    for known, pattern in self._by_slip.get(key, ()):
                        if one_slip(word, known):
                            yield pattern

    def _in_han(self, text: str) -> set[Danger]:
        if not _HAN.search(text):
            return set()
        plain = "".join(fold(text).split())
        if LOOK_ALIKES in self._han:
            plain = self._han[LOOK_ALIKES].sub("", plain)
        return {danger for danger in Danger if danger in self._han and self._han[danger].search(plain)}

    def _add(self, language: str, name: str, source: str, known: dict[tuple[str, bool], _Element]) -> None:
        danger = None if name == LOOK_ALIKES else Danger(name)
        mark = source[0] if source[0] in "=~" else ""
        parts = [part for part in source[len(mark) :].split() if mark != "~" or part != ".."]
        forgiving = danger is not None and len(parts) > 1
        for part in parts:
            if (part, forgiving) not in known:
                known[part, forgiving] = _element(part, forgiving=forgiving)
        elements = tuple(known[part, forgiving] for part in parts)
        anchor = max(elements, key=_rarity)
        ahead = elements[: elements.index(anchor)]
        pattern = _Pattern(language, danger, elements, mark, None if any(each.gap for each in ahead) else len(ahead))
        for element in elements:
            self._vocabulary.update(element.words)
        for word in anchor.words:
            self._by_word.setdefault(word, []).append(pattern)
        for stem in anchor.stems:
            self._by_stem.setdefault(stem, []).append(pattern)
        for word in anchor.forgiving:
            for key in _untouched(word, len(word)):
                self._by_slip.setdefault(key, []).append((word, pattern))


def _element(source: str, *, forgiving: bool) -> _Element:
    if source == "..":
        return _Element(gap=True)
    words, slips, stems = [], [], []
    parts = [part for part in source.split("|") if part]
    for part in parts:
        if part == "#age":
            continue
        word = _plain(part.rstrip("*!"))
        if part.endswith("*"):
            stems.append(word)
            continue
        words.append(word)
        if forgiving and letters(word) >= FORGIVING and not part.endswith("!"):
            slips.append(word)
    return _Element(tuple(words), tuple(slips), tuple(stems), age="#age" in parts)


def _plain(word: str) -> str:
    """A word of a pattern as the words of a text are compared."""
    if word.isascii() and word.isalnum():
        return fold(word)  # most are: the rest takes longer, and the first answer waits for all of them
    return fold(_HYPHEN.sub("", word)).translate(_ARABIC)


def _rarity(element: _Element) -> float:
    """How seldom an element is met: the fewer and longer its words, the better to look for."""
    if element.gap or element.age:
        return -1
    words = [*element.words, *element.stems]
    return min(map(len, words)) - len(words) / 100


def _untouched(word: str, size: int) -> tuple[str, str]:
    """The beginning and the end of which a slip in a word of `size` letters leaves one as it is, with that size.

    A slip touches at most two letters side by side, so what stands before or behind them is half of all the others.
    """
    half = (size - 2) // 2
    return f"{size}{word[:half]}", f"{size} {word[-half:]}"


def _han(pattern: str) -> str:
    """A pattern of a language without spaces, as a regular expression."""
    parts = [
        _HAN_GAP if part == ".." else f"(?:{'|'.join(map(re.escape, part.split('|')))})" for part in pattern.split()
    ]
    return "".join(parts)
