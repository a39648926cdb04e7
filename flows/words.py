"""The words of one language that the engine needs: sentences it says and words it hears.

They come from `translations`, which the engine does not know: it never reads a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from flows.text import fold

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
    leaning: frozenset[str] = _NONE
    """Words for yes or no that say something else before other words: Polish nie is also not, Spanish si also if."""
    clear: frozenset[str] = _NONE
    """Yes and no that win over the story after them; all others must stand alone or before a mark."""
    assent: frozenset[str] = _NONE
    """Words of yes that agree to anything, and so do not answer what was: okay, fine. Alone they are asked back."""
    skip: frozenset[str] = _NONE
    stop: frozenset[str] = _NONE
    """Whole texts that mean stop."""
    stop_phrases: frozenset[str] = _NONE
    """Phrases that mean stop where the rest of a short text is only courtesy or in `stop_around`."""
    stop_around: frozenset[str] = _NONE
    """Single words that leave such a phrase its meaning: i, want, to, texts, from, your, list."""
    start: frozenset[str] = _NONE
    help: frozenset[str] = _NONE
    back: frozenset[str] = _NONE
    again: frozenset[str] = _NONE
    why: frozenset[str] = _NONE
    language_menu: frozenset[str] = _NONE
    pause: frozenset[str] = _NONE
    my_data: frozenset[str] = _NONE
    forget_me: frozenset[str] = _NONE
    fix: frozenset[str] = _NONE
    asking: frozenset[str] = _NONE
    """What people put around a command when they say it in a whole sentence: can you, i want to."""
    anger: frozenset[str] = _NONE
    """Insults and curses that may stand around a command: you idiots, for gods sake."""
    autoreply: frozenset[str] = _NONE
    """Phrases of texts that no person wrote as an answer: out of office, your code is."""
    courtesy: frozenset[str] = _NONE
    """Words that may stand around an answer or a request without changing it: please, thanks, hi, now."""
    changing: frozenset[str] = _NONE
    """Words that turn a label into its opposite or another: not, very, more, than."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Number words and phrases: one, two, twenty one; Polish półtora is 1.5."""
    ordinals: Mapping[str, int] = field(default_factory=dict)
    """first, second: an answer only when nothing but courtesy stands around them."""
    ordinal_ends: frozenset[str] = _NONE
    """Endings that make a figure an ordinal: Somali 2aad, Tamil 2vathu. May be left out."""
    fillers: frozenset[str] = _NONE
    """Phrases that say an answer is coming, or that it was one: it was, i would say, for me."""
    numbering: frozenset[str] = _NONE
    """Words before a choice's number: option, number, no."""
    questions: frozenset[str] = _NONE
    """Words that open a question: how, what, is."""
    hedges: frozenset[str] = _NONE
    """Doubtful phrases: what they stand with is asked back."""
    doubt: frozenset[str] = _NONE
    """Phrases that answer nothing: dont know, it depends."""
    negating: frozenset[str] = _NONE
    """Words that deny what follows: not, never, wasnt."""
    nobody: frozenset[str] = _NONE
    """Who did not: nobody listened. May be left out."""
    negating_after: frozenset[str] = _NONE
    """Phrases that deny what stands right before them, in languages where the verb comes last: acha nahi."""
    unreal: frozenset[str] = _NONE
    """Words of wishes and conditions: if, would, should, hope."""
    joining: frozenset[str] = _NONE
    """Words that end an answer and begin its reason: because, but, as."""
    counted: frozenset[str] = _NONE
    """What a number counts or names when it stands before one of these: hours, people, pm."""
    counting: frozenset[str] = _NONE
    """Phrases before a number that only counts: there were. Where people are counted, an answer follows."""
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
    all: frozenset[str] = _NONE
    """Every choice of several."""
    none: frozenset[str] = _NONE
    """No choice of several."""
    scores: frozenset[str] = _NONE
    """Between a number and the top of its scale: out of."""
    either: frozenset[str] = _NONE
    """or: whoever says so has not decided."""
    points: frozenset[str] = _NONE
    """What a scale's number may be called: points, marks."""
    between: frozenset[str] = _NONE
    """Between two numbers or two choices: and, or."""
    span: frozenset[str] = _NONE
    """Between the two ends of a range: to, until."""
    totals: frozenset[str] = _NONE
    """Words before the sum of what was counted: so, in total."""
    akin: Mapping[str, str] = field(default_factory=dict)
    """Words and what labels say for them, with bars between: uber is taxi, excellent is very good."""
    unclear_days: frozenset[str] = _NONE
    """Named days that may be two: Urdu kal is yesterday and tomorrow."""
    feasts: Mapping[str, int] = field(default_factory=dict)
    """Days of the year by name, as month and day: christmas eve is 1224."""
    relative_days: Mapping[str, int] = field(default_factory=dict)
    """Named days and how many days they are from today: yesterday is -1."""
    day_units: Mapping[str, int] = field(default_factory=dict)
    """Days in a unit: a week has 7."""
    minutes: Mapping[str, int] = field(default_factory=dict)
    """Minutes in a stretch of time: an hour has 60, half an hour 30."""
    metres: Mapping[str, int] = field(default_factory=dict)
    """Distances with a name of their own: half a mile."""
    pence: Mapping[str, int] = field(default_factory=dict)
    """And sums of money: a fiver."""
    halves: frozenset[str] = _NONE
    """What adds a half to the number before it: and a half."""
    ago: frozenset[str] = _NONE
    last: frozenset[str] = _NONE
    """Words that leave a weekday in doubt: last Monday."""
    future: frozenset[str] = _NONE
    dated: frozenset[str] = _NONE
    """Words that may stand inside a date: on, the, of."""
    months: Mapping[str, int] = field(default_factory=dict)
    """Names of months that CLDR does not have: sept is 9."""
    weekdays: Mapping[str, int] = field(default_factory=dict)
    """Names of weekdays that CLDR does not have; Monday is 1."""
    heads: Mapping[str, int] = field(default_factory=dict)
    """twins: how many people or children somebody names."""
    times: Mapping[str, int] = field(default_factory=dict)
    """once, twice: numbers where a question asks how many times."""
    often: frozenset[str] = _NONE
    """Units of a question that asks how often: times."""
    units: Mapping[str, str] = field(default_factory=dict)
    """What a question counts, and its English name: godzin are hours."""
    people: frozenset[str] = _NONE
    """What counts the people of one home: people, persons, of us."""
    frequencies: Mapping[str, float] = field(default_factory=dict)
    """How often, as times a year: weekly and `a week` are 52, hardly ever is 1, never 0."""
    every: frozenset[str] = _NONE
    """Words before a period or a weekday: every, each."""
    periods: Mapping[str, float] = field(default_factory=dict)
    """Periods in a year: of months there are 12."""
    degrees: Mapping[str, float] = field(default_factory=dict)
    """How much, from -5 to 5: completely is 5, very 4, a bit 2, not really -2, not at all -5."""
    poles: Mapping[str, float] = field(default_factory=dict)
    """Where a word stands between two ends, from -4 to 4: safe is 3, unsafe -3, terrified -4, so so 0."""
    textspeak: frozenset[str] = _NONE
    """Shortened words and road names that look like a postcode: b4, m8."""
    abroad: Mapping[str, str] = field(default_factory=dict)
    """Whole replies in other languages that ship, and what they are: yes, no, stop, forget_me or my_data."""
    household: frozenset[str] = _NONE
    """Phrases of a question about the people in one home."""
    meanings: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What words and phrases mean whatever their form, by an English name: bus is bus, buses, coach, autobusem."""
    meant_abroad: Mapping[str, str] = field(default_factory=dict)
    """The same for the words of other languages that ship: autobusem means bus."""
    requests: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The groups of phrases that make commands in one's own words; `flows.understanding.requests` names them."""

    @classmethod
    def of(cls, vocabulary: Mapping[str, Any], english: Words | None = None) -> Words:
        """Words as a language's file has them, folded.

        Args:
            vocabulary: the categories by name, and `language`.
            english: is heard as well, but for words that this language lists only in categories where English does not.
        """
        own = {name: _folded(name, value) for name, value in vocabulary.items()}
        if english is None:
            return cls(**_as_read(own))
        heard = {each.name: getattr(english, each.name) for each in fields(cls) if each.name not in _SAID}
        shared = _heard(own) & _heard(heard)
        mine, theirs = _listings(own, shared), _listings(heard, shared)
        other = {word for word in shared if mine[word].isdisjoint(theirs[word])}
        for name, value in heard.items():
            if name in _GROUPED:
                groups = own.get(name, {})
                own[name] = {
                    group: _beside(value.get(group, _NONE), groups.get(group), other) for group in value | groups
                }
            else:
                own[name] = _beside(value, own.get(name), other)
        return cls(**_as_read(own))

    def beside(self, elsewhere: Mapping[str, str], meant: Mapping[str, str]) -> Words:
        """These words, hearing also a whole yes, no or stop of other languages and what other words mean there
        (`flows.words_abroad`), where they mean nothing else here."""
        known = _heard({each.name: getattr(self, each.name) for each in fields(self)})
        own = frozenset().union(*self.meanings.values())
        return replace(
            self,
            abroad={word: meaning for word, meaning in elsewhere.items() if word not in known},
            meant_abroad={word: meaning for word, meaning in meant.items() if word not in own},
        )

    def say(self, sentence: str) -> str:
        """The sentence in this language, or as given."""
        return self.sentences.get(sentence, sentence)


_SAID = ("language", "sentences", "abroad", "meant_abroad")
_GROUPED = ("requests", "meanings")
_NO_LISTS = (*_SAID, *_GROUPED)


def _as_read(categories: dict[str, Any]) -> dict[str, Any]:
    """The categories with every phrase also as it stands in a reply whose shortened words were written out."""
    short: Mapping[str, str] = categories.get("short", {})

    def long(phrase: str) -> str:
        if " " not in phrase and phrase not in short:
            return phrase  # most are
        return " ".join(short.get(word, word) for word in phrase.split(" "))

    def once(phrase: str) -> str:
        row = long(phrase).split(" ")
        kept = (word for at, word in enumerate(row) if at == 0 or word != row[at - 1] or len(word) == 1)
        return " ".join(kept)  # a word said twice is read once: Italian "così così"

    for name, value in categories.items():
        if isinstance(value, frozenset):
            categories[name] = value | frozenset(map(long, value))
        elif name in _GROUPED:
            read = once if name == "meanings" else long
            categories[name] = {group: value[group] | frozenset(map(read, value[group])) for group in value}
        elif name not in _SAID and name != "short":
            categories[name] = {long(phrase): meaning for phrase, meaning in value.items()} | value
    return categories


def _folded(name: str, value: Any) -> Any:
    if name in _SAID:
        return value
    if name in _GROUPED:
        return {group: frozenset(map(parted, phrases)) for group, phrases in value.items()}
    if isinstance(value, Mapping):
        return {fold(word): fold(meaning) if isinstance(meaning, str) else meaning for word, meaning in value.items()}
    return frozenset(map(fold, value))


def parted(phrase: str) -> str:
    """A phrase as a reply is taken apart, where a hyphen parts words."""
    return fold(phrase).replace("-", " ")


def _heard(categories: Mapping[str, Any]) -> set[str]:
    """Every heard word."""
    return {word for name, value in categories.items() if name not in _NO_LISTS for word in value}


def _listings(categories: Mapping[str, Any], words: Iterable[str]) -> dict[str, set[str]]:
    """Some heard words, and the categories each stands in."""
    heard = {name: value for name, value in categories.items() if name not in _NO_LISTS}
    return {word: {name for name, value in heard.items() if word in value} for word in words}


def _beside(english: Any, own: Any, other: set[str]) -> Any:
    """English words beside a language's own, but for those that mean something else in it."""
    if isinstance(english, Mapping):
        return {word: meaning for word, meaning in english.items() if word not in other} | dict(own or {})
    return frozenset(word for word in english if word not in other) | (own or _NONE)
