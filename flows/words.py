"""The words of one language that the engine needs: sentences it says and words it hears.

Made by `translations.open_language`; the engine never reads a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One language. All heard words are folded (`flows.text.fold`): lower case, no accents, single spaces.

    `sentences` maps an English sentence to this language's; a missing one is said in English. Two are equal only when
    they are the same object: what is compiled for a language is remembered by it.
    """

    language: str = "en"
    sentences: Mapping[str, str] = field(default_factory=dict)
    yes: frozenset[str] = _NONE
    no: frozenset[str] = _NONE
    clear: frozenset[str] = _NONE
    """Yes and no that win over the story after them; all others must stand alone or before a mark."""
    skip: frozenset[str] = _NONE
    stop: frozenset[str] = _NONE
    """Whole texts that mean stop."""
    stop_phrases: frozenset[str] = _NONE
    """Phrases that mean stop where the rest of a short text is only courtesy or in `stop_around`."""
    stop_around: frozenset[str] = _NONE
    """Single words that leave such a phrase its meaning: i, want, to, texts, from, your, list."""
    start: frozenset[str] = _NONE
    help: frozenset[str] = _NONE
    courtesy: frozenset[str] = _NONE
    """Words that may stand around an answer or a request without changing it: please, thanks, hi, now."""
    changing: frozenset[str] = _NONE
    """Words that turn a label into its opposite or another: not, very, more, than."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Number words: one, two."""
    ordinals: Mapping[str, int] = field(default_factory=dict)
    """first, second: an answer only when nothing but courtesy stands around them."""
    fillers: frozenset[str] = _NONE
    """Phrases that say an answer is coming, or that it was one: it was, i would say, for me."""
    numbering: frozenset[str] = _NONE
    """Words before a choice's number: option, number, no."""
    hedges: frozenset[str] = _NONE
    """Doubtful phrases: what they stand with is asked back."""
    doubt: frozenset[str] = _NONE
    """Phrases that answer nothing: dont know, it depends."""
    negating: frozenset[str] = _NONE
    """Words that deny what follows: not, never, wasnt."""
    unreal: frozenset[str] = _NONE
    """Words of wishes and conditions: if, would, should, hope."""
    joining: frozenset[str] = _NONE
    """Words that end an answer and begin its reason: because, but, as."""
    counted: frozenset[str] = _NONE
    """What a number counts or names when it stands before one of these: hours, people, pm."""
    uncounted: frozenset[str] = _NONE
    """Words ending like a plural that are none: was, this, always, needs."""
    idioms: frozenset[str] = _NONE
    """Set phrases that begin like an answer and are none: good luck, no problem."""
    real: frozenset[str] = _NONE
    """Real words one slip away from words of common labels: never taken for a slip."""
    below: frozenset[str] = _NONE
    """Words beside the one figure of a label that make it an upper end: under, less than."""
    above: frozenset[str] = _NONE
    """And a lower end: over, or more."""
    short: Mapping[str, str] = field(default_factory=dict)
    """Shortened words of labels: v for very."""
    alone: frozenset[str] = _NONE
    """Ways to say that nobody else lives here: just me."""

    def say(self, sentence: str) -> str:
        """The sentence in this language, or as given."""
        return self.sentences.get(sentence, sentence)
