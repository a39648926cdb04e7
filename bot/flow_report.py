"""Everything that can be said of a flow file: errors, warnings, and what it costs in each language it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.catalogues import flow_sentences
from bot.flow_figures import InLanguage, in_one_language
from bot.languages import words_of
from bot.rehearsing import no_language
from bot.settings import Settings
from flows.authoring.costs import Message
from flows.definition import Flow
from flows.files.advice import advise
from flows.files.places import Places
from flows.files.shelf_checks import check_shelf
from flows.files.yaml import read_tree
from flows.loader import FlowError, flow_files, load
from flows.wording import Wording
from translations.files import CatalogueError
from translations.languages import LANGUAGES

OLDEST_READER = 11
"""The reading age above which we warn: half of the adults in England read no better."""

MOST_PARTS = 2
"""Parts of one text above which we warn; one more where it lists more than a few choices."""

FEW_CHOICES = 6

LONGER = 1.5
"""How many times as long as its original a translation may be, in characters, before we warn. Most alphabets
hold 70 characters in a part and not 160: nobody can make a text in Bengali as cheap as one in English."""

_PROBLEM = re.compile(r"(?P<file>.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something wrong (`error`) or worth another thought (`warning`), at its place."""

    file: str
    line: int
    column: int
    severity: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """The finding for a program."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Checked:
    """One flow file, checked."""

    path: Path
    findings: tuple[Finding, ...]
    languages: tuple[InLanguage, ...] = ()

    @property
    def errors(self) -> list[Finding]:
        """What keeps the flow from running."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """What is worth another thought."""
        return [finding for finding in self.findings if finding.severity == "warning"]


def check_file(path: Path, settings: Settings) -> Checked:
    """Check one flow; of the flows beside it only what they have to do with this one is told."""
    beside = flow_files(path.parent)
    files = beside if path in beside else [path]
    return next(one for one in check_files(files, settings, only=path) if one.path == path)


def check_files(paths: Iterable[Path], settings: Settings, only: Path | None = None) -> list[Checked]:
    """Check flows that stand together, or `only` one of them among the others."""
    flows: dict[str, Flow] = {}
    problems: dict[Path, list[str]] = {}
    for path in paths:
        problems[path] = []
        try:
            flows[path.stem] = load(path)
        except FlowError as error:
            problems[path] += error.problems
    broken = {path.stem for path, found in problems.items() if found}
    for problem in check_shelf(flows, broken):
        owner = next(path for path in problems if problem.startswith(f"{path.name}:"))
        problems[owner].append(problem)
    chosen = [path for path in problems if only in (None, path)]
    return [_checked(path, flows.get(path.stem), problems[path], settings) for path in chosen]


def check_flow(flow: Flow, settings: Settings, others: Iterable[str] = ()) -> Checked:
    """What can be said of a flow that can run: in the language of its file, and in these others."""
    return _checked(settings.flows_dir / f"{flow.id}.yaml", flow, [], settings, others)


def _checked(
    path: Path, flow: Flow | None, problems: list[str], settings: Settings, others: Iterable[str] = tuple(LANGUAGES)
) -> Checked:
    findings = [_error(path, problem) for problem in problems]
    languages: list[InLanguage] = []
    if flow is not None:
        places = Places(read_tree(flow.source, path.name))
        for place, text in advise(flow, places, words_of(flow.language)):
            findings.append(Finding(str(path), place.line, place.column, "warning", text))
        sentences = flow_sentences(flow)
        for code in (flow.language, *(code for code in others if code != flow.language)):
            try:
                languages.append(in_one_language(flow, sentences, code, path, settings))
            except CatalogueError as error:
                findings += [_error(path, problem) for problem in error.problems]
        findings += _of_languages(path, flow, places, languages)
    return Checked(path, tuple(sorted(set(findings))), tuple(languages))


def _error(path: Path, problem: str) -> Finding:
    found = _PROBLEM.fullmatch(problem)
    if found is None:
        return Finding(str(path), 1, 1, "error", problem)
    file = str(path) if Path(found["file"]).name == path.name else found["file"]
    return Finding(file, int(found["line"]), int(found["column"]), "error", found["message"])


def _of_languages(path: Path, flow: Flow, places: Places, languages: list[InLanguage]) -> Iterator[Finding]:
    drafts = ", ".join(one.language for one in languages if one.state == "draft")
    if drafts:
        yield Finding(
            str(path),
            1,
            1,
            "warning",
            Wording("Nobody has signed off the translation into {languages}.", languages=drafts),
        )
    own = languages[0]
    if flow.language not in LANGUAGES:
        place = places.key("language")
        what = Wording(
            "{why} What it says itself, such as how to answer, stays English.", why=no_language(flow.language)
        )
        yield Finding(str(path), place.line, place.column, "warning", what)
    longest = Counter(dict(sorted((message.node, message.cost.units) for message in own.messages)))
    for one in languages:
        for gone in one.wanting:
            what = Wording(
                "`{language}` was released, but `{sentence}` is missing or has changed since — translate it.",
                language=one.language,
                sentence=gone.context,
            )
            yield Finding(str(path), gone.line, 1, "error", what)
        for node, wrong in one.wrong:
            place = places.node(node)
            yield Finding(str(path), place.line, place.column, "error", _in_translation(one.language, wrong))
        if one.age is not None and one.age > OLDEST_READER:
            what = Wording(
                "The English needs a reading age of {age}, more than {limit} — use shorter words.",
                age=f"{one.age:g}",
                limit=OLDEST_READER,
            )
            yield Finding(str(path), 1, 1, "warning", what)
        for message in one.messages:
            place = places.node(message.node) if message.node in flow.nodes else places.key("nodes")
            cost = message.cost
            if one.language == "en" and cost.forced_by:
                sentence = Wording(
                    "`{characters}` makes this text cost more ({encoding}, 1 SMS part) — write it without."
                )
                if cost.count > 1:
                    sentence = Wording(
                        "`{characters}` makes this text cost more ({encoding}, {count} SMS parts) — write it without."
                    )
                what = Wording(sentence, characters=cost.forced_by, encoding=cost.encoding, count=cost.count)
                yield Finding(str(path), place.line, place.column, "warning", what)
            elif cost.count > _most_parts(flow, message) and (
                one is own or cost.units > longest[message.node] * LONGER
            ):
                what = Wording(
                    "In `{language}` this text takes {count} SMS parts ({encoding}) — make it shorter.",
                    language=one.language,
                    count=cost.count,
                    encoding=cost.encoding,
                )
                yield Finding(str(path), place.line, place.column, "warning", what)


def _in_translation(language: str, what: Wording) -> Wording:
    return Wording("In the translation `{language}`: {what}", language=language, what=what)


def _most_parts(flow: Flow, message: Message) -> int:
    node = flow.nodes.get(message.node)
    listed = len(node.question.choices) if node is not None and node.question is not None else 0
    return MOST_PARTS + (listed > FEW_CHOICES)
