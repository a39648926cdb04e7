"""Catalogues: the sentences of one flow, or of the service, in one language, and how far each translation has come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from translations.entries import entries
from translations.files import CatalogueError
from translations.quick import Entry

_PLACEHOLDER = re.compile(r"\{([^{}|]*)(?:\|[^{}]*)?\}")
CHANGED = "The sentence has changed. It was: "
"""Begins the note beside a translation of an earlier sentence."""
UNSIGNED = "Nobody had signed this off."
"""A comment on obsolete drafts: Babel writes those without their marks."""


class State(StrEnum):
    """How far one sentence has come in one language."""

    SIGNED = "signed"
    """Somebody has read it and put their name to it."""
    DRAFT = "draft"
    """There is a translation; the mark `fuzzy` says that nobody has signed it off."""
    STALE = "stale"
    """There is one of an earlier sentence."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence to translate. `context` tells equal sentences apart, `line` is its place in `file`.

    Lists of words people write (keywords, more words of a choice) are `optional`: a language is complete without.
    """

    context: str
    text: str
    file: str
    line: int
    note: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one file: what is said for a sentence, and how far it has come."""

    language: str
    entries: Mapping[tuple[str, str], tuple[str, State]] = field(default_factory=dict)
    """By context and sentence."""
    old: Mapping[str, tuple[str, State]] = field(default_factory=dict)
    """Entries no longer used, by sentence: a run pinned to an earlier revision still says them."""

    def state(self, sentence: Sentence) -> State:
        """How far a sentence has come; STALE where its place holds the translation of another sentence."""
        entry = self.entries.get((sentence.context, sentence.text))
        if entry is not None:
            return entry[1]
        changed = sentence.context and any(context == sentence.context for context, _ in self.entries)
        return State.STALE if changed else State.MISSING

    def say(self, context: str, text: str, *, drafts: bool = True) -> str | None:
        """The translation that may be said; None where there is none, or only a draft and those are not allowed."""
        allowed = (State.SIGNED, State.DRAFT) if drafts else (State.SIGNED,)
        for entry in (self.entries.get((context, text)), self.old.get(text)):
            if entry is not None and entry[1] in allowed:
                return entry[0]
        return None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many required sentences of one file stand where, in one language."""

    signed: int = 0
    draft: int = 0
    stale: int = 0
    missing: int = 0

    @property
    def complete(self) -> bool:
        """Every sentence is there; some may be drafts."""
        return not self.stale and not self.missing

    @property
    def released(self) -> bool:
        """Every sentence is there and signed off."""
        return self.complete and not self.draft

    @property
    def broken(self) -> bool:
        """Everything there is signed off, so people rely on it, but a sentence is missing or has changed."""
        return bool(self.signed) and not self.draft and not self.complete


def progress(catalogue: Catalogue, sentences: Iterable[Sentence]) -> Progress:
    """How far a language has come."""
    counts = Counter(catalogue.state(sentence) for sentence in sentences if not sentence.optional)
    return Progress(*(counts[state] for state in State))


def load(path: Path, language: str) -> Catalogue:
    """The catalogue in a file; an empty one where there is no file.

    Raises:
        CatalogueError: the file is broken, or a translation has other placeholders than its sentence.
    """
    if not path.is_file():
        return Catalogue(language)
    found = entries(path, language)
    _compare_placeholders(path, found)
    return Catalogue(
        language,
        {(each.context, each.text): (each.translation, state_of(each)) for each in found if not each.obsolete},
        {each.text: (each.translation, state_of(each)) for each in found if each.obsolete},
    )


def state_of(entry: Entry) -> State:
    """How far the translation of one entry has come."""
    if not entry.translation:
        return State.MISSING
    if not entry.fuzzy and UNSIGNED not in entry.comments:
        return State.SIGNED
    return State.STALE if any(note.startswith(CHANGED) for note in entry.notes) else State.DRAFT


def placeholders(text: str) -> Counter[str]:
    """The names in braces, and how often each; what is said instead of a missing value (`{name|there}`) is free."""
    return Counter(_PLACEHOLDER.findall(text))


def _compare_placeholders(path: Path, entries: Iterable[Entry]) -> None:
    problems = []
    for entry in entries:
        if entry.obsolete or not entry.translation or ("{" not in entry.text and "{" not in entry.translation):
            continue
        expected, got = placeholders(entry.text), placeholders(entry.translation)
        if expected == got or state_of(entry) is State.STALE:
            continue
        missing = ", ".join(f"{{{name}}}" for name in (expected - got))
        strange = ", ".join(f"{{{name}}}" for name in (got - expected))
        said = [f"{missing} is missing" if missing else "", f"{strange} does not belong here" if strange else ""]
        what = " and ".join(filter(None, said))
        problems.append(f"{path}:{entry.line}:1: In the translation {what} — names in braces stay as they are.")
    if problems:
        raise CatalogueError(problems)
