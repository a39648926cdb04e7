"""Everything that can be said of a flow file: errors, warnings, and what it costs in each language it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.broadcasts.prices import PriceList, pounds
from bot.catalogues import catalogue_of, flow_sentences, in_language, state_of
from bot.languages import saying, words_of
from bot.rehearsing import no_language
from bot.settings import Settings
from flows.authoring.costs import Costs, Message, Passage, plain
from flows.authoring.reading_age import reading_age
from flows.definition import Flow
from flows.files.advice import advise
from flows.files.checks import confusions
from flows.files.places import Places
from flows.files.schema import MAX_TEXT
from flows.files.shelf_checks import check_shelf
from flows.files.yaml import read_tree
from flows.loader import FlowError, flow_files, load
from translations.catalogues import Catalogue, Sentence, State, progress
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
class InLanguage:
    """What a flow costs by SMS in one language."""

    language: str
    state: str
    """`written` for the file's own language; else `released`, `draft`, `incomplete`, `missing` or `broken`."""
    messages: tuple[Message, ...] = ()
    passages: tuple[Passage, Passage] | None = None
    prices: PriceList = field(default_factory=lambda: PriceList({}, 0))
    country: str = "GB"
    age: float | None = None
    wanting: tuple[Sentence, ...] = ()
    """What has no translation, though people rely on the language."""
    wrong: tuple[tuple[str, str], ...] = ()
    """What in the translation no flow may say: the node, and why."""

    def line(self) -> str:
        """The figures in one line."""
        said = f"{self.language} ({self.state})"
        if self.passages is None:
            return said
        if not self.messages:
            return f"{said}: it says nothing itself"
        parts = [message.cost.count for message in self.messages]
        encodings = "/".join(sorted({message.cost.encoding for message in self.messages}))
        least, most = self.passages
        said += f": {counted(len(parts), 'text')} of {_span(min(parts), max(parts), ' SMS part')}, {encodings}"
        costs = [pounds(self.cost(passage)) for passage in self.passages]
        said += f"; a completed run {_span(least.parts, most.parts, ' part')}, {_span(*costs)}"
        said += f"; reading age {self.age:g}" if self.age is not None else ""
        return f"{said}\n    {', '.join(map(_size, self.messages))}"

    def cost(self, passage: Passage) -> int:
        """What a run costs, in thousandths of a penny."""
        return passage.parts * self.prices.of("sms", self.country, "x")[1]

    def as_json(self) -> dict[str, Any]:
        """The figures for a program; prices in pence."""
        found: dict[str, Any] = {"language": self.language, "state": self.state}
        if self.passages is None:
            return found
        return found | {
            "messages": [
                {
                    "node": message.node,
                    "text": message.text,
                    "segments": message.cost.count,
                    "encoding": message.cost.encoding,
                    "units": message.cost.units,
                    "forced_by": message.cost.forced_by,
                }
                for message in self.messages
            ],
            "completed_run": [
                {"texts": each.sent, "segments": each.parts, "replies": each.received, "pence": self.cost(each) / 1000}
                for each in self.passages
            ],
            "reading_age": self.age,
        }


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


def _checked(path: Path, flow: Flow | None, problems: list[str], settings: Settings) -> Checked:
    findings = [_error(path, problem) for problem in problems]
    languages: list[InLanguage] = []
    if flow is not None:
        places = Places(read_tree(flow.source, path.name))
        for place, text in advise(flow, places, words_of(flow.language)):
            findings.append(Finding(str(path), place.line, place.column, "warning", text))
        for code in (flow.language, *(code for code in LANGUAGES if code != flow.language)):
            try:
                languages.append(_in_language(flow, code, path, settings))
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


def _in_language(flow: Flow, code: str, path: Path, settings: Settings) -> InLanguage:
    state = "written"
    if code != flow.language:
        catalogue = catalogue_of(flow.id, code, path.parent)
        done = progress(catalogue, flow_sentences(flow))
        if done.broken:
            return InLanguage(code, "broken", wanting=tuple(_wanting(catalogue, flow)))
        state = state_of(done)
        if not done.complete:
            return InLanguage(code, state)
    spoken = in_language(flow, code, path.parent)
    costs = Costs(spoken, saying(code), "sms", settings.organisation)
    messages = tuple(costs.messages())
    age = reading_age(_written(flow)) if code == "en" else None
    wrong = tuple(_wrong(spoken)) if spoken is not flow else ()
    return InLanguage(code, state, messages, costs.passages(), settings.prices, settings.region, age, wrong=wrong)


def _wrong(spoken: Flow) -> Iterator[tuple[str, str]]:
    """What the check of the file refuses, and a translation may bring back: its labels, and texts that are too long."""
    for node in spoken.nodes.values():
        question = node.question
        for _, what in confusions(replace(choice, words=()) for choice in (question.choices if question else ())):
            yield node.id, what
        for text in (node.say, *((question.ask, question.hint, question.retry_text) if question else ())):
            if any(len(said) > MAX_TEXT for said in (text or {}).values()):
                yield node.id, f"A text has more than {MAX_TEXT:,} characters — make it shorter."


def _wanting(catalogue: Catalogue, flow: Flow) -> Iterator[Sentence]:
    """The sentences a language cannot do without and has no translation of."""
    for sentence in flow_sentences(flow):
        if not sentence.optional and catalogue.state(sentence) in (State.MISSING, State.STALE):
            yield sentence


def _written(flow: Flow) -> Iterator[str]:
    """What people read in a flow, as its author wrote it."""
    for node in flow.nodes.values():
        asked = node.question.ask if node.question is not None else None
        for text in (node.say, asked):
            yield from (plain(written) for written in dict.fromkeys((text or {}).values()))


def _of_languages(path: Path, flow: Flow, places: Places, languages: list[InLanguage]) -> Iterator[Finding]:
    drafts = ", ".join(one.language for one in languages if one.state == "draft")
    if drafts:
        yield Finding(str(path), 1, 1, "warning", f"Nobody has signed off the translation into {drafts}.")
    own = languages[0]
    if flow.language not in LANGUAGES:
        place = places.key("language")
        what = f"{no_language(flow.language)} What it says itself, such as how to answer, stays English."
        yield Finding(str(path), place.line, place.column, "warning", what)
    longest = Counter(dict(sorted((message.node, message.cost.units) for message in own.messages)))
    for one in languages:
        for gone in one.wanting:
            what = (
                f"`{one.language}` was released, but `{gone.context}` is missing or has changed since — translate it."
            )
            yield Finding(str(path), gone.line, 1, "error", what)
        for node, what in one.wrong:
            place = places.node(node)
            yield Finding(str(path), place.line, place.column, "error", f"In the translation `{one.language}`: {what}")
        if one.age is not None and one.age > OLDEST_READER:
            what = f"The English needs a reading age of {one.age:g}, more than {OLDEST_READER} — use shorter words."
            yield Finding(str(path), 1, 1, "warning", what)
        for message in one.messages:
            place = places.node(message.node) if message.node in flow.nodes else places.key("nodes")
            cost = message.cost
            if one.language == "en" and cost.forced_by:
                size = f"{cost.encoding}, {counted(cost.count, 'SMS part')}"
                what = f"`{cost.forced_by}` makes this text cost more ({size}) — write it without."
                yield Finding(str(path), place.line, place.column, "warning", what)
            elif cost.count > _most_parts(flow, message) and (
                one is own or cost.units > longest[message.node] * LONGER
            ):
                parts = counted(cost.count, "SMS part")
                what = f"In `{one.language}` this text takes {parts} ({cost.encoding}) — make it shorter."
                yield Finding(str(path), place.line, place.column, "warning", what)


def _most_parts(flow: Flow, message: Message) -> int:
    node = flow.nodes.get(message.node)
    listed = len(node.question.choices) if node is not None and node.question is not None else 0
    return MOST_PARTS + (listed > FEW_CHOICES)


def _size(message: Message) -> str:
    """Where a text ends, its parts, and what made it expensive."""
    cost = message.cost
    return f"{message.node} {cost.count}" + (f" ({cost.encoding}: {cost.forced_by[:12]})" if cost.forced_by else "")


def counted(number: int, what: str) -> str:
    """A number of things, as `1 error` or `2 errors`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _span(least: object, most: object, what: str = "") -> str:
    many = "s" if what and most != 1 else ""
    return f"{least}{what}{many}" if least == most else f"{least} to {most}{what}{many}"
