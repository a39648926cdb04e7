"""Catalogues: the sentences of one flow, or of the service, in one language, and how far each translation has come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from translations import po
from translations.quick import Entry

_PLACEHOLDER = re.compile(r"\{([^{}|]*)(?:\|[^{}]*)?\}")
_CHANGED = "The sentence has changed. It was: "
_UNSIGNED = "Nobody had signed this off."
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
    found = po.entries(path, language)
    _compare_placeholders(path, found)
    return Catalogue(
        language,
        {(each.context, each.text): (each.translation, _state(each)) for each in found if not each.obsolete},
        {each.text: (each.translation, _state(each)) for each in found if each.obsolete},
    )


def _state(entry: Entry) -> State:
    if not entry.translation:
        return State.MISSING
    if not entry.fuzzy and _UNSIGNED not in entry.comments:
        return State.SIGNED
    return State.STALE if any(note.startswith(_CHANGED) for note in entry.notes) else State.DRAFT


def placeholders(text: str) -> Counter[str]:
    """The names in braces, and how often each; what is said instead of a missing value (`{name|there}`) is free."""
    return Counter(_PLACEHOLDER.findall(text))


def _compare_placeholders(path: Path, entries: Iterable[Entry]) -> None:
    problems = []
    for entry in entries:
        if entry.obsolete or not entry.translation or ("{" not in entry.text and "{" not in entry.translation):
            continue
        expected, got = placeholders(entry.text), placeholders(entry.translation)
        if expected == got or _state(entry) is State.STALE:
            continue
        missing = ", ".join(f"{{{name}}}" for name in (expected - got))
        strange = ", ".join(f"{{{name}}}" for name in (got - expected))
        said = [f"{missing} is missing" if missing else "", f"{strange} does not belong here" if strange else ""]
        what = " and ".join(filter(None, said))
        problems.append(f"{path}:{entry.line}:1: In the translation {what} — names in braces stay as they are.")
    if problems:
        raise po.CatalogueError(problems)


def update(path: Path, language: str, sentences: Iterable[Sentence]) -> bool:
    """Bring a file up to date with the sentences; returns whether it was written.

    A translation whose sentence stayed keeps its text, its mark and its comments. One whose sentence changed keeps
    its text, is marked fuzzy and told what the sentence was. One whose sentence went is kept as obsolete.

    Raises:
        CatalogueError: the file is broken; it is left as it is.
        OSError: the file cannot be written; it is left as it is.
    """
    old = po.read(path, language) if path.is_file() else None
    new = Catalog(locale=language, project="Sayso", version="1", fuzzy=False, header_comment=_header(old))
    if old is not None:
        new.creation_date, new.revision_date = old.creation_date, old.revision_date
        new.last_translator, new.language_team = old.last_translator, old.language_team
        new.obsolete.update(old.obsolete)
    by_context = {str(message.context): message for message in old or () if message.id and message.context}
    for sentence in sentences:
        key = (sentence.text, sentence.context) if sentence.context else sentence.text
        kept = old.get(sentence.text, sentence.context or None) if old is not None else None
        kept = kept or new.obsolete.pop(key, None)
        _add(new, sentence, kept or by_context.get(sentence.context), changed=kept is None)
    for message in old or ():
        gone = message.id and message.string and new.get(message.id, message.context) is None
        if gone and _state(po.entry_of(message)) is not State.STALE:
            text = str(message.id)
            if message.fuzzy:
                message.user_comments.append(_UNSIGNED)
            new.obsolete[(text, message.context) if message.context else text] = message
    if old is not None and _dump(old) == _dump(new):
        return False
    po.write(path, new)
    return True


def _add(new: Catalog, sentence: Sentence, kept: Message | None, *, changed: bool) -> None:
    string = str(kept.string) if kept is not None else ""
    flags = set(kept.flags) if kept is not None else set()
    notes = [sentence.note] if sentence.note else []
    if kept is not None and changed and string:
        flags.add("fuzzy")
        notes.append(f"{_CHANGED}{str(kept.id)!r}")
    elif kept is not None and _state(po.entry_of(kept)) in (State.DRAFT, State.STALE):
        flags.add("fuzzy")
        notes += [comment for comment in kept.auto_comments if comment.startswith(_CHANGED)]
    new.add(
        sentence.text,
        string,
        locations=[(sentence.file, sentence.line)],
        flags=flags,
        auto_comments=notes,
        user_comments=[each for each in kept.user_comments if each != _UNSIGNED] if kept is not None else [],
        context=sentence.context or None,
    )


def sign_off(path: Path, language: str, by: str, day: str) -> int:
    """Take the mark `fuzzy` from every translation of a file, and note who answers for it; returns how many.

    A translation of an earlier sentence keeps the mark: nobody has read it against the new one.

    Raises:
        CatalogueError: the file is broken; it is left as it is.
        OSError: it cannot be written.
    """
    load(path, language)
    catalog = po.read(path, language)
    drafts = [message for message in catalog if message.id and _state(po.entry_of(message)) is State.DRAFT]
    for message in drafts:
        message.flags.discard("fuzzy")
    if drafts:
        catalog.header_comment = f"{_header(catalog)}\n# Signed off by {by} on {day}."
        catalog.last_translator = by
        po.write(path, catalog)
    return len(drafts)


def _header(old: Catalog | None) -> str:
    return old.header_comment if old is not None else "# How to work on this file: docs/translators.md"


def _dump(catalog: Catalog) -> list[list[object]]:
    """Everything a translator would see in a file, but for its header."""
    return [
        [
            (
                each.context,
                each.id,
                each.string,
                sorted(each.flags),
                each.locations,
                each.auto_comments,
                each.user_comments,
            )
            for each in messages
            if each.id
        ]
        for messages in (catalog, catalog.obsolete.values())
    ]
