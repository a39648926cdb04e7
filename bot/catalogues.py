"""Where translations lie, which sentences they are of, and a flow as it is said in another language.

Sayso's own sentences stand in `translations/<language>/system.po`, those of a shelf flow beside them in
`<flow>.po`. Flows in a folder of their own have theirs in `translations/<language>/` in that folder; a flow copied
from the shelf finds the shelf's as long as its own folder has none.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from types import ModuleType

import translations
from bot import sentences as service_sentences
from bot.champions import sentences as champion_sentences
from bot.conversations import crisis_sentences
from bot.settings import LIBRARY
from flows import sentences as engine_sentences
from flows.definition import Flow
from flows.translating import localise, written
from translations import catalogues
from translations.catalogues import Catalogue, Progress, Sentence

SYSTEM = "system"
"""The catalogue of what Sayso itself says."""

CONSOLE = "console"
"""The catalogue of the console's pages; it ships in the few languages the console is read in."""

SAFEGUARDING = "safeguarding"
"""The catalogue of what is said to somebody in danger: whoever signs it off answers for more than the language."""

CHAMPIONS = "champions"
"""The catalogue of what champions hear; residents' languages are complete without it."""

OWN = (SYSTEM, SAFEGUARDING, CHAMPIONS, CONSOLE)

SHIPPED = Path(translations.__file__).parent

_MODULES: dict[str, tuple[ModuleType, ...]] = {
    SYSTEM: (engine_sentences, service_sentences),
    SAFEGUARDING: (crisis_sentences,),
    CHAMPIONS: (champion_sentences,),
}
_WORDS = "Words people write, with commas between. May stay empty."


def system_sentences(name: str = SYSTEM) -> list[Sentence]:
    """What Sayso itself says, in the order of its source; each sentence once."""
    found: dict[str, Sentence] = {}
    for module in _MODULES[name]:
        path = Path(str(module.__file__))
        for name, text, line in _constants(path.read_text("utf-8")):
            found.setdefault(text, Sentence("", text, f"{path.parent.name}/{path.name}", line, name))
    return list(found.values())


def flow_sentences(flow: Flow) -> list[Sentence]:
    """What a flow says, and the words it hears."""
    return [
        Sentence(each.context, each.text, f"{flow.id}.yaml", each.line, _WORDS if each.words else "", each.words)
        for each in written(flow)
    ]


def path_of(name: str, language: str, flows_dir: Path) -> Path:
    """Where the catalogue of a flow, or of Sayso itself, is written."""
    own = name not in OWN and flows_dir.resolve() != LIBRARY.resolve()
    return (flows_dir / "translations" if own else SHIPPED) / language / f"{name}.po"


def catalogue_of(name: str, language: str, flows_dir: Path) -> Catalogue:
    """The catalogue of a flow, or of Sayso itself; an empty one where nobody has begun it.

    Raises:
        CatalogueError: the file is broken.
    """
    path = path_of(name, language, flows_dir)
    return catalogues.load(path if path.is_file() else SHIPPED / language / f"{name}.po", language)


@cache
def system_catalogue(language: str, name: str = SYSTEM) -> Catalogue:
    """What Sayso itself, or its console, says in a language, read once a process.

    Raises:
        CatalogueError: the file that ships is broken.
    """
    return catalogues.load(SHIPPED / language / f"{name}.po", language)


def in_language(flow: Flow, language: str, flows_dir: Path, *, drafts: bool = True) -> Flow:
    """The flow in a language, or as written where the translation is not complete.

    Args:
        flow: as written.
        language: the contact's.
        flows_dir: the folder of the flow.
        drafts: translations nobody has signed off yet may be said.

    Raises:
        CatalogueError: the file of that language is broken.
    """
    if language == flow.language:
        return flow
    return said_by(catalogue_of(flow.id, language, flows_dir), flow, drafts=drafts)


def said_by(catalogue: Catalogue, flow: Flow, *, drafts: bool = True) -> Flow:
    """The flow as a catalogue says it, or as written where that is not complete."""
    return localise(flow, catalogue.language, lambda context, text: catalogue.say(context, text, drafts=drafts)) or flow


def state_of(done: Progress) -> str:
    """A language of a flow in one word."""
    if done.released:
        return "released"
    if done.complete:
        return "draft"
    return "incomplete" if done.signed or done.draft or done.stale else "missing"


def _constants(source: str) -> list[tuple[str, str, int]]:
    """Name, text and line of every constant in capitals that holds a text, or a row of them."""
    found = []
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name, value = statement.targets[0].id, statement.value
        if name.isupper():
            rows = value.elts if isinstance(value, ast.Tuple) else [value]
            found += [(name, ast.literal_eval(row), row.lineno) for row in rows]
    return [row for row in found if isinstance(row[1], str)]
