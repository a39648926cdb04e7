"""Counts of answers put in order: by question and choice, whole, by channel and by language. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from flows.definition import Flow, Kind, Question
from flows.events import Outcome

WIDEST_SCALE = 101
"""Values listed one by one for a scale nobody has answered yet."""


class Counted(Protocol):
    """A row of tallies: so many answers of this kind at this question, by this channel, in this language."""

    @property
    def node(self) -> str:
        """The question."""

    @property
    def outcome(self) -> str:
        """How it was left."""

    @property
    def value(self) -> str:
        """The choice's key, the number, or nothing for free text."""

    @property
    def channel(self) -> str:
        """`sms` or `whatsapp`."""

    @property
    def language(self) -> str:
        """The language it was asked in."""

    @property
    def count(self) -> int:
        """How many."""


class Waiting(Protocol):
    """So many runs that were asked this question and have not left it."""

    @property
    def waiting_node(self) -> str:
        """The question still open."""

    @property
    def channel(self) -> str:
        """`sms` or `whatsapp`."""

    @property
    def language(self) -> str:
        """The language it was asked in."""

    @property
    def count(self) -> int:
        """How many."""


@dataclass(slots=True)
class Counts:
    """How a question was left, and how often each value was the answer."""

    answered: int = 0
    skipped: int = 0
    unclear: int = 0
    waiting: int = 0
    values: dict[str, int] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """Everybody who was asked, also those who have not answered, or never will."""
        return self.answered + self.skipped + self.unclear + self.waiting

    def share(self, value: str) -> float | None:
        """The part of those who answered that gave this value, 0 to 1; None when nobody answered."""
        return round(self.values.get(value, 0) / self.answered, 4) if self.answered else None

    def add(self, outcome: str, value: str, count: int) -> None:
        """Count so many more."""
        if outcome == Outcome.ANSWERED:
            self.answered += count
            self.values[value] = self.values.get(value, 0) + count
        elif outcome == Outcome.SKIPPED:
            self.skipped += count
        else:
            self.unclear += count


@dataclass(slots=True)
class Grouped:
    """The same counts whole, by channel and by language."""

    whole: Counts = field(default_factory=Counts)
    by_channel: dict[str, Counts] = field(default_factory=dict)
    by_language: dict[str, Counts] = field(default_factory=dict)

    def each(self, channel: str, language: str) -> tuple[Counts, Counts, Counts]:
        """The three counts that something by this channel in this language belongs to."""
        return (
            self.whole,
            self.by_channel.setdefault(channel, Counts()),
            self.by_language.setdefault(language, Counts()),
        )


@dataclass(slots=True)
class Asked:
    """One question with its counts. `labels` gives every possible value its words, in the order asked."""

    node: str
    text: str
    kind: str
    labels: dict[str, str]
    counts: Grouped = field(default_factory=Grouped)

    def choices(self) -> list[tuple[str, str]]:
        """Every value with its label: those that may be given, also when nobody did, then older ones that were."""
        older = sorted(set(self.counts.whole.values) - set(self.labels), key=_in_order)
        return [*self.labels.items(), *((value, value) for value in older)]


@dataclass(slots=True)
class Summary:
    """What a flow's questions came to. `totals` adds them all up, values left out."""

    flow: str
    title: str
    revision: str
    questions: list[Asked]
    totals: Grouped


def summarise(flow_id: str, flow: Flow | None, counted: Iterable[Counted], waiting: Iterable[Waiting]) -> Summary:
    """Put counts in the order of the flow; questions it no longer has come last. `flow` is None for one taken away."""
    asked: dict[str, Asked] = {}
    for node in flow.nodes.values() if flow else ():
        if node.question is not None:
            question = node.question
            asked[node.id] = Asked(node.id, _words(question), question.kind, _labels(question))
    totals = Grouped()
    for row in counted:
        group = asked.setdefault(row.node, Asked(row.node, "", "", {})).counts
        for counts in group.each(row.channel, row.language):
            counts.add(row.outcome, row.value, row.count)
        for counts in totals.each(row.channel, row.language):
            counts.add(row.outcome, "", row.count)
    for still in waiting:
        group = asked.setdefault(still.waiting_node, Asked(still.waiting_node, "", "", {})).counts
        for counts in (*group.each(still.channel, still.language), *totals.each(still.channel, still.language)):
            counts.waiting += still.count
    title, revision = (flow.title, flow.revision) if flow else ("", "")
    return Summary(flow_id, title, revision, list(asked.values()), totals)


def _words(question: Question) -> str:
    return question.ask.get("") or next(iter(question.ask.values()), "")


def _labels(question: Question) -> dict[str, str]:
    if question.kind is Kind.CHOICE:
        return {choice.key: choice.label for choice in question.choices}
    if question.kind is Kind.YES_NO:
        return {"yes": "Yes", "no": "No"}
    if question.kind is Kind.TEXT:
        return {"": "in their own words"}
    if question.kind is Kind.SCALE and question.minimum is not None and question.maximum is not None:
        low, high = int(question.minimum), int(question.maximum)
        if high - low < WIDEST_SCALE:
            return {str(number): str(number) for number in range(low, high + 1)}
    return {}


def _in_order(value: str) -> tuple[int, float, str]:
    """Numbers by size, then words."""
    try:
        return (0, float(value), value)
    except ValueError:
        return (1, 0.0, value)
