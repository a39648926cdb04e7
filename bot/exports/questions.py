"""What a flow's questions are, for tables, rows and codebooks: their words, and every value with its label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from flows.definition import Flow, Kind, Question

WIDEST_SCALE = 101
"""Values listed one by one for a scale nobody has answered yet."""
WORDS_KINDS = frozenset({"text", "media"})
"""Kinds whose answers are a person's own words."""
NUMBER_KINDS = frozenset({"number", "scale"})
OTHER = "other"
YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `labels` gives every value that may be given its words, in the order asked."""

    node: str
    text: str
    kind: str
    labels: Mapping[str, str] = field(default_factory=dict)
    personal: bool = False
    whole: bool = True
    gone: bool = False
    """The present revision does not ask it any more."""

    @property
    def in_words(self) -> bool:
        """Whether the answers are a person's own words."""
        return self.kind in WORDS_KINDS

    def in_order(self, values: Iterable[str]) -> list[str]:
        """The values given: those listed first and in their order, then older ones, numbers by size."""
        given = dict.fromkeys(values)
        return [
            *(v for v in self.labels if v in given),
            *sorted((v for v in given if v not in self.labels), key=by_size),
        ]


def questions_of(flow: Flow | None, older: Iterable[Flow] = ()) -> dict[str, Asked]:
    """A flow's questions in order; at the end those that only older revisions ask, and of each the choices that only
    older ones list, so that no answer is lost."""
    found: dict[str, Asked] = {}
    for each in (*([flow] if flow else []), *older):
        for node in each.nodes.values():
            if node.question is None:
                continue
            asked = _asked(node.id, node.question, gone=each is not flow)
            known = found.setdefault(node.id, asked)
            if known.kind == asked.kind and (taken_away := {*asked.labels} - {*known.labels}):
                more = {value: label for value, label in asked.labels.items() if value in taken_away}
                found[node.id] = replace(known, labels={**known.labels, **more})
    return found


def _asked(node: str, question: Question, *, gone: bool) -> Asked:
    text = question.ask.get("") or next(iter(question.ask.values()), "")
    return Asked(node, text, question.kind.value, _labels(question), question.personal, question.whole, gone)


def _labels(question: Question) -> dict[str, str]:
    if question.choices:
        labels = {choice.key: choice.label for choice in question.choices}
        if getattr(question, "other", False):
            labels.setdefault(OTHER, "Other, in their own words")
        return labels
    if question.kind is Kind.YES_NO:
        return dict(YES_NO)
    if question.kind is Kind.SCALE and question.minimum is not None and question.maximum is not None:
        low, high = int(question.minimum), int(question.maximum)
        if high - low < WIDEST_SCALE:
            ends = {str(low): question.low, str(high): question.high}
            return {str(n): f"{n} {ends.get(str(n)) or ''}".strip() for n in range(low, high + 1)}
    return {}


def by_size(value: str) -> tuple[int, float, str]:
    """Numbers by size, then words: a key to sort values by."""
    try:
        return (0, float(value), value)
    except ValueError:
        return (1, 0.0, value)
