"""What words mean, whatever their form and language: `otobüsle` and `coach` are a bus, `codziennie` is every day.

A language lists such words under English names (`meanings` in its `words.yaml`). A label and a reply that mean the same
need not share a word. That is a hint and no more: whatever is found so is asked back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from flows.understanding.reading import phrase_end
from flows.understanding.slips import MIN_LENGTH, one_slip, same_stem
from flows.words import Words

DENYING = frozenset(("never", "nobody"))
"""Meanings beside which a denial denies nothing more: Polish `nie korzystam nigdy`."""

VERY, NOT_AT_ALL = "very", "not_at_all"
DENIALS = DENYING | {"not_very", NOT_AT_ALL}
"""Meanings that deny what stands beside them."""

_MADE_OF = {
    "daily": ("daily", "often"),
    "satisfied": ("satisfied", "good"),
    "dissatisfied": ("dissatisfied", "bad"),
    "easy": ("easy", "good"),
    "hard": ("hard", "bad"),
    "very_good": (VERY, "good"),
    "very_bad": (VERY, "bad"),
    "strongly_agree": (VERY, "agree"),
    "strongly_disagree": (VERY, "disagree"),
}
"""Meanings with others in them, or a degree."""

_OPPOSITES = {
    "good": "bad",
    "agree": "disagree",
    "satisfied": "dissatisfied",
    "easy": "hard",
    "safe": "unsafe",
    "warm": "cold",
}
"""What somebody means who denies it; the other way round they mean less: not bad, not cold."""

_INSTEAD = {"better": ("same", "worse")}
"""And what says no to a question, though nobody would say it for the denial."""


class Meant(NamedTuple):
    """Some words in a row and what they mean, by name; `end` is the word behind them."""

    names: frozenset[str]
    start: int
    end: int


def meant_in(row: list[str], words: Words) -> list[Meant]:
    """What folded words mean in a language, the longest phrase first; where it knows none of them, in the others."""
    found, at = list[Meant](), 0
    phrases, longest = _phrases(words)
    while at < len(row):
        end = phrase_end(row, at, phrases, longest)
        if end is not None:
            found.append(Meant(phrases[" ".join(row[at:end])], at, end))
        at = end or at + 1
    return found or _abroad(row, words) or _almost(row, words)


def names_of(meant: Iterable[Meant]) -> frozenset[str]:
    """All that is meant, a degree by itself: `excellent` is very, and good."""
    names = frozenset().union(*(each.names for each in meant))
    return frozenset(part for name in names for part in _MADE_OF.get(name, (name,)))


def opposite(names: frozenset[str]) -> frozenset[str]:
    """What is meant where it is denied: `nu sunt multumit` is dissatisfied; nothing where it has no opposite."""
    turned = frozenset(_OPPOSITES[name] for name in names if name in _OPPOSITES)
    return turned | {VERY} if turned and NOT_AT_ALL in names else turned


def opposites(names: Collection[str]) -> frozenset[str]:
    """What somebody means who says no to a question about these."""
    return frozenset(other for name in names for other in (_OPPOSITES.get(name), *_INSTEAD.get(name, ())) if other)


def agree_in_denial(names: frozenset[str], meant: frozenset[str]) -> bool:
    """Whether what is said and what a label means both deny, or neither; `Nobody, I did it myself` is no denial."""
    denied, denies = names & DENIALS, meant & DENIALS
    return not denied.isdisjoint(denies) if denied and denies else not denied and denies <= DENYING


@lru_cache(maxsize=64)
def _phrases(words: Words) -> tuple[Mapping[str, frozenset[str]], int]:
    """The phrases that mean something, and the words of the longest."""
    phrases = {day: frozenset((f"weekday_{number}",)) for day, number in words.weekdays.items()}
    for name, listed in words.meanings.items():
        for phrase in listed:
            phrases[phrase] = phrases.get(phrase, frozenset()) | {name}
    return phrases, max((phrase.count(" ") + 1 for phrase in phrases), default=0)


def _almost(row: list[str], words: Words) -> list[Meant]:
    """`excellant` alone, a slip away from words of one meaning only; `електричкою`, another form of such a word."""
    found = list[Meant]()
    for at, word in enumerate(row):
        if len(word) < MIN_LENGTH or word in words.real or word in words.fillers or word in words.courtesy:
            continue
        known = [(phrase, names) for phrase, names in _phrases(words)[0].items() if len(phrase) >= MIN_LENGTH - 1]
        near = {names for phrase, names in known if len(row) == 1 and one_slip(word, phrase)}
        near = near or {names for phrase, names in known if same_stem(word, phrase)}
        if len(near) == 1:
            found.append(Meant(near.pop(), at, at + 1))
    return found


def _abroad(row: list[str], words: Words) -> list[Meant]:
    """The whole of it as another language has it, or else single words: a phrase of theirs among ours is too rare."""
    whole = words.meant_abroad.get(" ".join(row))
    if whole is not None:
        return [Meant(frozenset((whole,)), 0, len(row))]
    said = ((words.meant_abroad.get(word), at) for at, word in enumerate(row))
    return [Meant(frozenset((name,)), at, at + 1) for name, at in said if name is not None]
