"""Bringing PO files up to date with their sentences, and signing them off."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from translations import po
from translations.catalogues import CHANGED, UNSIGNED, Sentence, State, load, state_of


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
        if gone and state_of(po.entry_of(message)) is not State.STALE:
            text = str(message.id)
            if message.fuzzy:
                message.user_comments.append(UNSIGNED)
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
        notes.append(f"{CHANGED}{str(kept.id)!r}")
    elif kept is not None and state_of(po.entry_of(kept)) in (State.DRAFT, State.STALE):
        flags.add("fuzzy")
        notes += [comment for comment in kept.auto_comments if comment.startswith(CHANGED)]
    new.add(
        sentence.text,
        string,
        locations=[(sentence.file, sentence.line)],
        flags=flags,
        auto_comments=notes,
        user_comments=[each for each in kept.user_comments if each != UNSIGNED] if kept is not None else [],
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
    drafts = [message for message in catalog if message.id and state_of(po.entry_of(message)) is State.DRAFT]
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
