"""What a flow costs by SMS in one language, and what that language lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.broadcasts.prices import PriceList, pounds
from bot.catalogues import catalogue_of, said_by, state_of
from bot.languages import saying
from bot.settings import Settings
from flows.authoring.costs import Costs, Message, Passage, plain
from flows.authoring.reading_age import reading_age
from flows.definition import Flow
from flows.files.checks import confusions
from flows.files.schema import MAX_TEXT
from flows.wording import Wording
from translations.catalogues import Catalogue, Sentence, State, progress


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
    wrong: tuple[tuple[str, Wording], ...] = ()
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


def in_one_language(flow: Flow, sentences: Sequence[Sentence], code: str, path: Path, settings: Settings) -> InLanguage:
    """A flow with its sentences in one language; its translations stand beside its file at `path`.

    Raises:
        CatalogueError: the translation is broken.
    """
    state, spoken = "written", flow
    if code != flow.language:
        catalogue = catalogue_of(flow.id, code, path.parent)
        done = progress(catalogue, sentences)
        if done.broken:
            return InLanguage(code, "broken", wanting=tuple(wanting(catalogue, sentences)))
        state = state_of(done)
        if not done.complete:
            return InLanguage(code, state)
        spoken = said_by(catalogue, flow)
    costs = Costs(spoken, saying(code), "sms", settings.organisation)
    messages = tuple(costs.messages())
    age = reading_age(_written(flow)) if code == "en" else None
    wrong = tuple(_wrong(spoken)) if spoken is not flow else ()
    return InLanguage(code, state, messages, costs.passages(), settings.prices, settings.region, age, wrong=wrong)


def _wrong(spoken: Flow) -> Iterator[tuple[str, Wording]]:
    """What the check of the file refuses, and a translation may bring back: its labels, and texts that are too long."""
    for node in spoken.nodes.values():
        question = node.question
        for _, what in confusions(replace(choice, words=()) for choice in (question.choices if question else ())):
            yield node.id, what
        for text in (node.say, *((question.ask, question.hint, question.retry_text) if question else ())):
            if any(len(said) > MAX_TEXT for said in (text or {}).values()):
                yield (
                    node.id,
                    Wording("A text has more than {most} characters — make it shorter.", most=f"{MAX_TEXT:,}"),
                )


def wanting(catalogue: Catalogue, sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences a language cannot do without and has no translation of."""
    for sentence in sentences:
        if not sentence.optional and catalogue.state(sentence) in (State.MISSING, State.STALE):
            yield sentence


def _written(flow: Flow) -> Iterator[str]:
    """What people read in a flow, as its author wrote it."""
    for node in flow.nodes.values():
        asked = node.question.ask if node.question is not None else None
        for text in (node.say, asked):
            yield from (plain(written) for written in dict.fromkeys((text or {}).values()))


def opening(flow: Flow, organisation: str) -> str:
    """The first text of a flow, in the language it stands in; empty where it says nothing before it hands over."""
    first = next(Costs(flow, saying(flow.language), "sms", organisation).messages(), None)
    return first.text if first is not None else ""


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
