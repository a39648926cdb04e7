"""Who to call in each nation, and how that is said.

The numbers stand in `nations/`, each file with the day it was written, and the day somebody last called them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.conversations import crisis_sentences
from bot.environment import NATIONS
from bot.languages import words_of
from bot.settings import Settings
from flows.text import fill
from flows.understanding.crisis import Cry, Danger
from flows.values import Value
from flows.words import Words
from translations.languages import OTHER_LETTERS

_FOLDER = Path(__file__).resolve().parent / "nations"
NEVER = "never"
MOST = 4
"""Numbers in one text: more than this nobody in distress reads."""
_AREA = re.compile(r"\s*([A-Za-z]{1,2})\d")


@dataclass(frozen=True, slots=True)
class Line:
    """One service: a number to call, perhaps a key to press then; or, where it has a `word`, a number to text."""

    name: str
    number: str
    dangers: frozenset[Danger]
    source: str
    key: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Nation:
    """The numbers of one nation, written down on a day (YYYY-MM-DD) and last called on another (None: never yet)."""

    written: str
    checked: str | None
    emergency: str
    postcode_areas: frozenset[str]
    lines: tuple[Line, ...]

    def lines_for(self, dangers: Iterable[Danger]) -> list[Line]:
        """The lines for some dangers, each number once: one for each danger, the gravest first, then what fits."""
        each = [[line for line in self.lines if danger in line.dangers] for danger in dangers]
        found: dict[str, Line] = {}
        for line in (*(lines[0] for lines in each if lines), *(line for lines in each for line in lines[1:])):
            if line.number not in found or line.key:  # 111 and press 2 is a graver service than 111
                found[line.number] = line
        return list(found.values())[:MOST]


@cache
def nations() -> dict[str, Nation]:
    """Every nation by name, read once a process."""
    return {name: _read(_FOLDER / f"{name}.yaml") for name in NATIONS}


def nation_of(default: str, postcode: object) -> Nation:
    """The nation somebody lives in by the area of their postcode (`CF` of CF10), or the service's own."""
    match = _AREA.match(postcode) if isinstance(postcode, str) else None
    area = match[1].upper() if match is not None else ""
    return next((nation for nation in nations().values() if area in nation.postcode_areas), nations()[default])


def said(settings: Settings, cry: Cry, words: Words, postcode: object = None) -> str:
    """What is said to somebody in danger, in the language they wrote in.

    Only where they wrote another language's words in Latin letters that it does not use, they may not read its own:
    then in the language they are written to in.
    """
    heard = cry.languages[0]
    if words.language not in cry.languages and not (cry.latin and heard in OTHER_LETTERS):
        words = words_of(heard, drafts=settings.drafts)
    nation = nation_of(settings.nation, postcode)
    values: dict[str, Value] = {
        "emergency": nation.emergency,
        "lines": ", ".join(_how(line, words) for line in nation.lines_for(cry.dangers)),
    }
    if cry.dangers == (Danger.UNDER_16,):
        return fill(words.say(crisis_sentences.UNDER_16), values)
    if cry.dangers == (Danger.EMERGENCY,):
        return fill(words.say(crisis_sentences.EMERGENCY), values)
    text = fill(words.say(crisis_sentences.CRISIS), values)
    return f"{text} {words.say(crisis_sentences.CRISIS_ABUSE)}" if Danger.ABUSE in cry.dangers else text


def _how(line: Line, words: Words) -> str:
    """A service and how to reach it, such as `NHS 111 and press 2`."""
    number = line.number
    if line.key:
        number = fill(words.say(crisis_sentences.PRESS), {"number": number, "key": line.key})
    if line.word:
        return fill(words.say(crisis_sentences.TEXT_LINE), {"word": line.word, "number": number})
    return f"{line.name} {number}"


def _read(path: Path) -> Nation:
    document = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 -- it makes only text
    return Nation(
        document["written"],
        None if document["checked"] == NEVER else document["checked"],
        document["emergency"],
        frozenset(document["postcode_areas"]),
        tuple(map(_line, document["lines"])),
    )


def _line(entry: dict[str, Any]) -> Line:
    dangers = frozenset(map(Danger, entry.pop("for")))
    return Line(dangers=dangers, **entry)
