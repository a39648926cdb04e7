"""What an importer gathers, and how it becomes a flow file with its translations: all of it, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from babel.core import get_global
from babel.messages.catalog import Catalog

from bot.catalogues import flow_sentences
from bot.commands.flows_test import replace_file
from flows.definition import Flow
from flows.files.building import RESERVED_NAMES
from flows.files.schema import NAME
from flows.files.shelf_checks import check_shelf
from flows.loader import FlowError, load_text
from flows.text import PLACEHOLDER
from translations.languages import IN_ENGLISH, LANGUAGES
from translations.po import write as write_po

BY_LANGUAGE = Mapping[str, str]
"""A text by language code."""


class NotCarriedError(ValueError):
    """A part of the file says something that flows cannot; the message says what."""


class ImportRefusedError(Exception):
    """Nothing was written; the message says what is wrong with the file and where."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that could not be carried over: what it is called, where it stands, and why."""

    name: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.name}: {self.why}"


@dataclass(slots=True)
class Draft:
    """A flow on its way into a file."""

    id: str
    title: str
    language: str
    keywords: list[str]
    expires: str = ""
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    source: str = ""
    """The name of the file it is from."""
    places: dict[str, str] = field(default_factory=dict)
    """Where each node stands in that file, as far as it has places with names."""
    said: dict[tuple[str, str], BY_LANGUAGE] = field(default_factory=dict)
    """Translations, by context and text as `flows.translating` names them."""

    def leave(self, name: str, where: str, why: str) -> None:
        """Note what could not be carried over."""
        self.left.append(Left(name or "(no name)", where, why))


def quoted(text: str) -> str:
    """A text as conditions and values of a flow write it.

    Raises:
        NotCarriedError: it cannot be written.
    """
    plain = " ".join(text.split())
    mark = "'" if '"' in plain else '"'
    if mark in plain or not plain.isprintable():
        raise NotCarriedError(f"`{plain[:60]}` has both kinds of quotes")
    return f"{mark}{plain}{mark}"


def placeholders(text: str) -> set[str]:
    """The names in braces of a text: a translation shows the same ones."""
    return {match[1] for match in PLACEHOLDER.finditer(text)}


def named(text: str, taken: Mapping[str, object], fallback: str = "node") -> str:
    """A name that a node or a choice may have, near to what it was called, and not taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or fallback
    if not word[0].isalpha():
        word = f"{fallback}_{word}"
    if word in RESERVED_NAMES or not NAME.fullmatch(word):
        word = f"{word}_1"
    number, chosen = 2, word
    while chosen in taken:
        chosen, number = f"{word}_{number}", number + 1
    return chosen


def language_code(name: str) -> str | None:
    """The code of a language as other programs name it: `French (fr)`, `French`, `fr`, `fra`; None for one we lack."""
    inside = re.search(r"\(([A-Za-z]{2,3})(?:[-_][A-Za-z]+)?\)\s*$", name)
    code = (inside[1] if inside else name.strip()).lower()
    code = get_global("language_aliases").get(code, code)
    if code in LANGUAGES:
        return str(code)
    return next((known for known, english in IN_ENGLISH.items() if english.lower() == code), None)


def flow_text(draft: Draft) -> str:
    """The draft as a flow file.

    Raises:
        ImportRefusedError: nothing of the form is left, or the flow would break a rule of flows.
    """
    if not draft.nodes:
        why = "".join(f"\n  {left}" for left in draft.left)
        raise ImportRefusedError(f"There is nothing in “{draft.title}” of {draft.source} that a flow can hold.{why}")
    top: dict[str, Any] = {"title": draft.title}
    top |= {"keywords": draft.keywords} if draft.keywords else {}
    top |= {"language": draft.language}
    top |= {"expires": draft.expires} if draft.expires else {}
    head = "".join(f"# Not carried over: {_comment(left)}\n" for left in draft.left)
    body = yaml.safe_dump(
        top | {"nodes": draft.nodes}, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False
    )
    return f"{head}{body}"


def _comment(left: Left) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in str(left))


def write(drafts: list[Draft], folder: Path) -> list[Path]:
    """Write flows and their translations; returns the files. Where one flow cannot be, none is written.

    Raises:
        ImportRefusedError: a flow would break a rule of flows, or a file of that name is there.
        OSError: a file cannot be written.
    """
    ready = _ready(drafts)
    for draft, _, _ in ready:
        path = folder / f"{draft.id}.yaml"
        if path.exists():
            raise ImportRefusedError(f"{path} is there already — move it away, or choose another folder with --out.")
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for draft, flow, _ in ready:
        for language in sorted({code for texts in draft.said.values() for code in texts} - {draft.language}):
            file = folder / "translations" / language / f"{draft.id}.po"
            write_po(file, _catalogue(draft, flow, language))
            files.append(file)
    # The flows come last: without them, nobody reads the translations.
    for draft, _, text in reversed(ready):
        path = folder / f"{draft.id}.yaml"
        replace_file(path, text)
        files.insert(0, path)
    return files


def _ready(drafts: list[Draft]) -> list[tuple[Draft, Flow, str]]:
    """Each draft as the flow it will be, and its text."""
    ready, broken = [], []
    for draft in drafts:
        text = flow_text(draft)
        try:
            ready.append((draft, load_text(text, f"{draft.id}.yaml"), text))
        except FlowError as error:
            broken.append(_broken(draft, error, text))
    broken += check_shelf({flow.id: flow for _, flow, _ in ready}) if not broken else []
    if broken:
        raise ImportRefusedError("\n".join(broken))
    return ready


def _broken(draft: Draft, error: FlowError, text: str) -> str:
    lines = text.splitlines()
    said = []
    for problem in error.problems:
        line = re.search(r":(\d+):\d+: ", problem)
        above = lines[: int(line[1])] if line else []
        written = above[-1].strip()[:80] if above else ""
        nodes = (draft.places.get(each.strip()[:-1]) for each in reversed(above) if re.fullmatch(r"  \w+:", each))
        where = next(filter(None, nodes), "")
        said.append(f"  {where}{': ' if where else ''}{problem.partition(': ')[2]}  ({written})")
    return "\n".join([f"“{draft.title}” cannot be a flow as it stands; put this right in {draft.source}:", *said])


def _catalogue(draft: Draft, flow: Flow, language: str) -> Catalog:
    """Drafts: a person signs them off, as with every translation."""
    catalogue = Catalog(locale=language, project="Sayso", version="1", fuzzy=False)
    for sentence in flow_sentences(flow):
        said = draft.said.get((sentence.context, sentence.text), {})
        # A title has no translation in the files we read, and a language is complete only with one.
        text = said.get(language, draft.title if sentence.context == "title" else "")
        flags = ["fuzzy"] if text else []
        catalogue.add(
            sentence.text, text, context=sentence.context, flags=flags, locations=[(sentence.file, sentence.line)]
        )
    return catalogue
