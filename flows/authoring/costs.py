"""What a flow costs: every message it can send, and what a completed run comes to at the least and at the most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flows.definition import END, Flow, Node
from flows.paths import targets_of
from flows.rendering import Voice
from flows.text import PLACEHOLDER, Segments, segments
from flows.words import Words

SAMPLE = "Amina Khan"
"""What stands for a value nobody can know yet, such as a name or a resident's own words."""

MOST_STEPS = 3_000
"""Questions met on all ways through a flow before we stop looking."""

MOST_ROUTES = 64
"""Ways from one question to the next that are looked at."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text as it is sent: everything said up to a question, or to the end; `node` is the last one said."""

    node: str
    text: str
    cost: Segments


@dataclass(frozen=True, slots=True)
class Route:
    """What is said between two questions: the texts, and the question it ends at (None: the end of the flow)."""

    message: Message | None
    question: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A whole run: texts we send, the parts they take, and texts the contact sends, the keyword included."""

    sent: int
    parts: int
    received: int


class Costs:
    """The messages of a flow in one language on one channel."""

    def __init__(self, flow: Flow, words: Words, channel: str, organisation: str) -> None:
        self.flow = flow
        self.voice = Voice(words, channel, _Samples(organisation))
        self._routes: dict[str, list[Route]] = {}
        self._steps = 0

    def messages(self) -> Iterator[Message]:
        """Every different message, in the order of the flow."""
        seen: set[str] = set()
        nodes = [None, *(node for node in self.flow.nodes.values() if node.question is not None)]
        for node in nodes:
            for route in self._routes_from(node):
                if route.message is not None and route.message.text not in seen:
                    seen.add(route.message.text)
                    yield route.message

    def passages(self) -> tuple[Passage, Passage] | None:
        """The cheapest and the dearest way to the end, each question asked once; None where none leads there."""
        found = self._passages()
        if not found:
            return None
        return min(found, key=lambda each: each.parts), max(found, key=lambda each: each.parts)

    def most_questions(self) -> int:
        """Questions of the longest way to the end."""
        return max((each.received - 1 for each in self._passages()), default=0)

    def _passages(self) -> list[Passage]:
        found: list[Passage] = []
        self._steps = 0
        self._walk(None, frozenset(), Passage(0, 0, 1), found)
        return found

    def _walk(self, node: Node | None, asked: frozenset[str], so_far: Passage, found: list[Passage]) -> None:
        for route in self._routes_from(node):
            self._steps += 1
            if self._steps > MOST_STEPS:
                return
            sent, parts = (1, route.message.cost.count) if route.message is not None else (0, 0)
            after = Passage(so_far.sent + sent, so_far.parts + parts, so_far.received + (route.question is not None))
            if route.question is None:
                found.append(after)
            elif route.question not in asked:
                self._walk(self.flow.nodes[route.question], asked | {route.question}, after, found)

    def _routes_from(self, node: Node | None) -> list[Route]:
        """The ways from a question (None: from the beginning) to the next ones, or to the end."""
        key = node.id if node is not None else ""
        if key not in self._routes:
            starts = sorted(targets_of(self.flow, node)) if node is not None else [self.flow.first]
            unique: dict[tuple[str | None, str], Route] = {}
            for start in starts:
                for route in islice(self._onward(start, (), "", frozenset()), MOST_ROUTES):
                    unique.setdefault((route.question, route.message.text if route.message else ""), route)
            self._routes[key] = list(unique.values())
        return self._routes[key]

    def _onward(self, node_id: str, said: tuple[str, ...], last: str, passed: frozenset[str]) -> Iterator[Route]:
        if node_id == END or node_id in passed:
            if node_id == END:
                yield Route(_message(last, said), None)
            return
        node = self.flow.nodes[node_id]
        if node.when is not None:
            yield from self._onward(self.flow.following[node_id], said, last, passed | {node_id})
        texts = [*said, *([self.voice.pick(node.say)] if node.say is not None else [])]
        if node.question is not None:
            yield Route(_message(node_id, (*texts, self.voice.question(node.question))), node_id)
            return
        for target in sorted(_when_done(self.flow, node)):
            yield from self._onward(target, tuple(texts), node_id if node.say else last, passed | {node_id})


def _when_done(flow: Flow, node: Node) -> set[str]:
    """Where a node without a question leads once it was not left out."""
    chosen = {branch.then for branch in node.next} | {target for target, _ in node.random}
    return {END} if node.start is not None else chosen or {flow.following[node.id]}


def _message(node: str, texts: tuple[str, ...]) -> Message | None:
    text = "\n".join(texts)
    return Message(node, text, segments(text)) if text else None


class _Samples:
    """Values for placeholders while nobody is there."""

    def __init__(self, organisation: str) -> None:
        self.organisation = organisation

    def get(self, name: str, /) -> str:
        """The organisation's name, or a sample."""
        return self.organisation if name == "organisation" else SAMPLE


def plain(text: str) -> str:
    """A text without placeholders, for counting words."""
    return PLACEHOLDER.sub("it", text)
