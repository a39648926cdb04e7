"""Taking a reply apart: its words with their places, and the courtesies around what was meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flows.text import HAN, fold
from flows.words import Words

MAX_READ = 1600
"""Characters of a reply that are looked at for an answer; the whole reply is stored."""

_PUNCTUATION = r"\s!-#%-/:-@\[-`{-~¡¿«»‐-‧‹-›、。〈-】!（），．：；？，؟،؛۔।॥"
_SIGNS = r"\u2190-\u245f\u2500-\u2775\u2794-\u2bff\U0001f000-\U0001faff"
_TOKEN = re.compile(
    rf"(?:(?<![^\W_])[-+−])?\d+(?:[.,:/⁄]\d+)*(?:[^\W\d_{HAN}][^{_PUNCTUATION}\d{_SIGNS}{HAN}]*)?"
    rf"|[{_SIGNS}\u3030{HAN}]"
    rf"|[^{_PUNCTUATION}\d{_SIGNS}{HAN}]+"
    rf"(?:['’‘ʼ´`][^{_PUNCTUATION}{HAN}]+)*"
)
_BREAK = re.compile(r"[.,;:!?()\n…。、؟،！，；：？（）؛۔।॥]|\s[-–—]+\s|[–—]")
_SPACED_FRACTION = re.compile(r"(?<=\d)\s+/\s*(?=\d)|(?<=\d)/\s+(?=\d)")
_WITH_FRACTION = re.compile(r"(?<![\d.,/])(\d{1,3})(?: 1/2|\s?½)(?![\d/])")
_GLUED = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_]{2,})")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SIGNATURE = re.compile(r"(?im)^[ \t]*(?:sent from (?:my|outlook|yahoo)|get outlook for|--[ \t]*$).*(?:\n.*)*")
_PHONES = re.compile(
    r"(?i)\n[^\n]{0,60}(?:iphone|ipad|android|samsung|galaxy|huawei|xiaomi|nokia|outlook|yahoo|آئی فون|айфон)"
    r"[^\n]{0,30}\s*\Z"
)
"""A last line that a phone or mail program adds, in whatever language: they all name their maker."""
_QUOTED = re.compile(r"(?m)^[ \t]*>.*$")
_MARKS = str.maketrans(dict.fromkeys('.,;:!?()[]"“”«»…。、؟،！，；：？（）؛۔।॥-–—/*_', " "))
_CIRCLED = str.maketrans(
    {chr(0x2776 + n): str(n + 1) for n in range(9)} | {chr(0x278A + n): str(n + 1) for n in range(9)}
)


@dataclass(slots=True)
class Reply:
    """A reply as a row of folded words. `breaks` holds the numbers of words with punctuation before them."""

    text: str
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)

    def phrase(self, start: int, length: int) -> str:
        """Some words in a row, single spaces between."""
        return " ".join(self.words[start : start + length])

    def behind(self, start: int) -> Reply:
        """The same reply without its first words."""
        breaks = {at - start for at in self.breaks if at > start}
        return Reply(self.text, self.words[start:], self.starts[start:], self.ends[start:], breaks)

    def mark_after(self, index: int) -> str:
        """The characters between a word and the next one."""
        end = self.starts[index + 1] if index + 1 < len(self.words) else len(self.text)
        return self.text[self.ends[index] : end]


def read(text: str, vocabulary: Collection[str], short: Mapping[str, str]) -> Reply:
    """Take a reply apart. Quoted lines and signatures of mail programs are left out.

    Args:
        text: the reply.
        vocabulary: folded words that a stretched word ("goooood") may stand for.
        short: shortened words and what they stand for.
    """
    plain = text[:MAX_READ]
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", plain).translate(_CIRCLED)
    if ">" in plain:
        plain = _QUOTED.sub("", plain)
    if "\n" in plain:
        plain = _PHONES.sub("", plain)
    plain = _SIGNATURE.sub("", plain)
    if "/" in plain:
        plain = _SPACED_FRACTION.sub("/", plain)
    if "1/2" in plain or "½" in plain:
        plain = _WITH_FRACTION.sub(r"\1.5", plain)
    reply = Reply(plain)
    words, starts, ends = reply.words, reply.starts, reply.ends
    end = 0
    for match in _TOKEN.finditer(plain):
        word, stretched = _folded(match[0])
        if not word:
            continue
        if stretched:
            word = _unstretched(word, vocabulary)
        word = short.get(word, word)
        if word[0].isdecimal() and (glued := _GLUED.fullmatch(word)) and glued.group(2) in short:
            word = f"{glued.group(1)} {short[glued.group(2)]}"  # "4hrs"
        before, (start, end) = end, match.span()
        broken = plain[before:start] != " " and _BREAK.search(plain, before, start) is not None
        for part in word.split(" "):
            if words and part == words[-1] and part.isalpha() and len(part) > 1 and not broken:
                ends[-1] = end
                continue
            if broken:
                reply.breaks.add(len(words))
            words.append(part)
            starts.append(start)
            ends.append(end)
    return reply


@lru_cache(maxsize=2048)
def _folded(token: str) -> tuple[str, bool]:
    """A word as it is compared, with its sign where it is a number, and whether a letter of it is stretched."""
    word = fold(token)
    if word and token[0] in "-−" and word[0].isdecimal():
        word = f"-{word}"
    return word, _STRETCHED.search(word) is not None


def plain_words(text: str) -> list[str]:
    """The folded words of a text, quoted lines left out: a quick look, to see whether a slower one is needed."""
    plain = _QUOTED.sub("", text) if ">" in text else text
    return fold(plain[:MAX_READ]).translate(_MARKS).split()


@lru_cache(maxsize=256)
def anchors(phrases: frozenset[str]) -> frozenset[str]:
    """A word of each phrase, the longest: a text without any of them holds none of the phrases."""
    return frozenset(max(phrase.split(" "), key=len) for phrase in phrases)


def _unstretched(word: str, vocabulary: Collection[str]) -> str:
    for kept in (r"\1\1", r"\1"):
        shorter = _STRETCHED.sub(kept, word)
        if shorter in vocabulary:
            return shorter
    return word


@lru_cache(maxsize=256)
def longest(phrases: frozenset[str]) -> int:
    """The number of words in the longest of some phrases."""
    return max((phrase.count(" ") + 1 for phrase in phrases), default=0)


@lru_cache(maxsize=256)
def _reach(phrases: frozenset[str], edge: int) -> dict[str, int]:
    """For every first word of some phrases (edge 0) or last one (-1) the words of the longest: most words are none."""
    reach: dict[str, int] = {}
    for phrase in phrases:
        row = phrase.split(" ")
        reach[row[edge]] = max(reach.get(row[edge], 0), len(row))
    return reach


def skip(reply: Reply, start: int, phrases: frozenset[str], limit: int | None = None) -> int:
    """The first word after the longest phrase that begins at `start` and ends by `limit`; `start` where none does."""
    end = len(reply.words) if limit is None else limit
    if start >= end:
        return start
    reach = _reach(phrases, 0).get(reply.words[start])
    if reach is None:
        return start  # nearly always
    for length in range(min(reach, end - start), 0, -1):
        if reply.phrase(start, length) in phrases:
            return start + length
    return start


def phrase_end(row: Sequence[str], at: int, phrases: Container[str], reach: int) -> int | None:
    """The word behind the longest phrase, of at most `reach` words, that begins at a word; None where none does."""
    ends = (at + length for length in range(min(reach, len(row) - at), 0, -1))
    return next((end for end in ends if " ".join(row[at:end]) in phrases), None)


def begins(words: Collection[str], phrases: frozenset[str]) -> bool:
    """Whether any word is the first of one of some phrases: a quick look, to see whether a slower one is needed."""
    return not _reach(phrases, 0).keys().isdisjoint(words)


def begins_in(reply: Reply, phrases: frozenset[str]) -> bool:
    """Whether one of some phrases stands anywhere in a text."""
    return any(skip(reply, at, phrases) > at for at in range(len(reply.words)))


def skip_back(reply: Reply, start: int, end: int, phrases: frozenset[str]) -> int:
    """Where a phrase that ends before `end` begins, the longest that fits; `end` where none does."""
    reach = _reach(phrases, -1).get(reply.words[end - 1]) if end > start else None
    if reach is None:
        return end
    for length in range(min(reach, end - start), 0, -1):
        if reply.phrase(end - length, length) in phrases:
            return end - length
    return end


def step_in(reply: Reply, words: Words, start: int) -> tuple[int, bool]:
    """Past one courtesy, filler or emoji at `start`, and whether it was doubt; `start` itself where there is none."""
    at, doubt = skip(reply, start, _opening(words)), skip(reply, start, words.hedges)
    if max(at, doubt) > start:
        return max(at, doubt), doubt > at
    return (start + 1, False) if start < len(reply.words) and is_sign(reply.words[start]) else (start, False)


def lead_in(reply: Reply, words: Words, start: int = 0) -> tuple[int, bool]:
    """The first word that says something after courtesies and fillers, and whether doubt was heard on the way."""
    hedged = False
    while True:
        at, doubtful = step_in(reply, words, start)
        if at == start:
            return start, hedged
        start, hedged = at, hedged or doubtful


def lead_out(reply: Reply, words: Words, start: int) -> tuple[int, bool]:
    """The end of what is meant once courtesies and fillers at the end are left out, and whether doubt was heard."""
    end, hedged = len(reply.words), False
    while end > start:
        at, doubt = skip_back(reply, start, end, _opening(words)), skip_back(reply, start, end, words.hedges)
        hedged = hedged or doubt < at  # "or so", though "so" leads out
        at = min(at, doubt)
        if at == end:
            if not is_sign(reply.words[end - 1]):
                break
            at = end - 1
        end = at
    return end, hedged


def without_courtesy(reply: Reply, words: Words) -> tuple[int, int]:
    """The words of a reply, first and behind the last, once courtesies and signs around them are left out."""
    start, end = 0, len(reply.words)
    while start < end:
        at = skip(reply, start, words.courtesy)
        if at == start and not is_sign(reply.words[start]):
            break
        start = max(at, start + 1)
    while end > start:
        at = skip_back(reply, start, end, words.courtesy)
        if at == end and not is_sign(reply.words[end - 1]):
            break
        end = min(at, end - 1)
    return start, end


def rest_of(reply: Reply, index: int, words: Words) -> str:
    """What the contact wrote from a word on, in their own words; empty where only courtesy or a name is left."""
    start, end = index, len(reply.words)
    while start < end and (at := skip(reply, start, words.courtesy)) > start:
        start = at
    while end > start and (at := skip_back(reply, start, end, words.courtesy)) < end:
        end = at
    if all(is_sign(word) for word in reply.words[start:end]) or _is_signature(reply, index, start, end):
        return ""
    return reply.text[reply.starts[start] :].strip()


def _is_signature(reply: Reply, index: int, start: int, end: int) -> bool:
    """Whether only a name is left: `x Sarah`, or two capitals behind a mark. Better to ask than to keep a name."""
    names = [reply.text[reply.starts[at] : reply.ends[at]] for at in range(start, end)]
    if not 1 <= len(names) <= 2 or not all(name.isalpha() and name.istitle() for name in names):
        return False
    return start > index or (len(names) == 2 and index in reply.breaks) or "\n" in reply.mark_after(index - 1)


def is_sign(word: str) -> bool:
    """Whether a word is a single emoji or other sign."""
    return len(word) == 1 and not word.isalnum()


@lru_cache(maxsize=64)
def _opening(words: Words) -> frozenset[str]:
    return words.courtesy | words.fillers
