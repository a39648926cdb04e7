"""The nodes of a RapidPro flow, read once: what each does, where it leads, and which of them anybody reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.importing.json_file import Item

SEND = "send_msg"
ENTER = "enter_flow"
_TALK = ("", "msg", "image", "video", "audio", "location")


@dataclass(frozen=True, slots=True)
class Case:
    """A test that a router makes, and the category it leads to."""

    id: str
    test: str
    arguments: list[str]
    category: str


@dataclass(frozen=True, slots=True)
class Category:
    """One way out of a router; `to` is the node it leads to, empty where the flow ends."""

    id: str
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A way out under a condition; without one it is the last, and always taken. `weight` is for chance."""

    to: str
    condition: str = ""
    weight: int = 1


@dataclass(slots=True)
class Step:
    """One node of the export. `router` is `switch`, `random`, or empty where the node leads one way only."""

    id: str
    where: str
    actions: list[Item]
    router: str = ""
    waits: bool = False
    wants: str = ""
    """What a wait hints at: `digits`, `image`, `audio`, `video`, `location`."""
    silence: tuple[float, str] | None = None
    """Seconds until a wait gives up, and the category it takes then."""
    operand: str = ""
    result: str = ""
    cases: list[Case] = field(default_factory=list)
    categories: dict[str, Category] = field(default_factory=dict)
    default: str = ""
    to: str = ""
    """Where a node without router leads; empty: the flow ends."""

    branches: list[Branch] = field(default_factory=list)
    """Where a router leads, as far as it is carried over; filled in once all names are known."""
    otherwise: str | None = None
    """Where a wait leads once nothing more is asked; None: where any answer does."""

    @property
    def groups(self) -> list[tuple[Category, list[Case]]]:
        """The categories that a test leads to, each with its tests."""
        found = [
            (category, [case for case in self.cases if case.category == category.id])
            for category in self.categories.values()
            if category.id not in (self.default, self.silence[1] if self.silence else "")
        ]
        return [(category, cases) for category, cases in found if cases]

    @property
    def ways(self) -> list[str]:
        """The nodes it leads to, where anything is carried over."""
        if not self.router:
            return [self.to]
        return [*(branch.to for branch in self.branches), *([self.otherwise] if self.otherwise else [])]

    def to_default(self) -> str:
        """Where the default category leads."""
        return self.categories[self.default].to if self.default in self.categories else ""

    @property
    def texts(self) -> list[Item]:
        """The actions that say something."""
        return [action for action in self.actions if action["type"].text == SEND and action["text"].text.strip()]


def steps_of(flow: Item) -> dict[str, Step]:
    """The nodes of a flow by their ids, the one it begins with first.

    Raises:
        ImportRefusedError: a node is not what a node should be.
    """
    found = {}
    for at, node in enumerate(flow["nodes"].each(), 1):
        step = _step(node, f"node {at}")
        found[step.id] = step
    for step in found.values():
        step.to = step.to if step.to in found else ""
        step.categories = {
            key: Category(each.id, each.name, each.to if each.to in found else "")
            for key, each in step.categories.items()
        }
    return found


def _step(node: Item, where: str) -> Step:
    exits = {each["uuid"].text: each["destination_uuid"].text for each in node["exits"].each()}
    router = node["router"]
    step = Step(node["uuid"].text, where, list(node["actions"].each()), to=next(iter(exits.values()), ""))
    if not router:
        return step
    step.router = router["type"].text or "switch"
    step.operand, step.result = router["operand"].text.strip(), router["result_name"].text.strip()
    step.default = router["default_category_uuid"].text
    for each in router["categories"].each():
        category = Category(each["uuid"].text, each["name"].text.strip(), exits.get(each["exit_uuid"].text, ""))
        step.categories[category.id] = category
    step.cases = [
        Case(each["uuid"].text, each["type"].text, each["arguments"].texts, each["category_uuid"].text)
        for each in router["cases"].each()
        if each["category_uuid"].text in step.categories
    ]
    wait = router["wait"]
    step.waits = bool(wait) and wait["type"].text in _TALK
    step.wants = wait["hint"]["type"].text
    if wait["timeout"]:
        step.silence = (wait["timeout"]["seconds"].number, wait["timeout"]["category_uuid"].text)
    return step


def reached(steps: dict[str, Step]) -> list[Step]:
    """The nodes that anybody can come to, in the order of a reader who follows each way to its end."""
    found: dict[str, Step] = {}
    waiting = list(steps)[:1]
    while waiting:
        step = steps.get(waiting.pop())
        if step is not None and step.id not in found:
            found[step.id] = step
            waiting += reversed(step.ways)
    return list(found.values())


def askers(steps: list[Step], wait: Step) -> Iterator[Step]:
    """The nodes that speak last before a wait, those that a reader meets first coming first."""
    behind, seen = [wait], {wait.id}
    speaking = set()
    while behind:
        here = behind.pop()
        for step in steps:
            if step.id not in seen and not step.router and step.to == here.id:
                seen.add(step.id)
                if step.texts:
                    speaking.add(step.id)
                else:
                    behind.append(step)
    yield from (step for step in steps if step.id in speaking)


def way_back(steps: dict[str, Step], start: str, wait: Step) -> list[Step] | None:
    """The nodes from `start` to a wait with nothing but talk between; None where they do not lead there."""
    path: list[Step] = []
    while start != wait.id:
        step = steps.get(start)
        if step is None or step.router or step in path:
            return None
        path.append(step)
        start = step.to
    return path
