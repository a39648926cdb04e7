"""Reading YAML strictly: a tree with the place of every value, and nothing that surprises an author.

YAML 1.2 decides what is a truth value or a number, so that `no`, `012` and `1:30` stay text where text is wanted.
Anchors, tags, duplicate keys, tabs and oversized or deeply nested files are refused. The tree is built from parser
events on a stack of our own, because composing a deeply nested file recurses in C and can end the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from yamlcore import CCoreLoader  # type: ignore[import-untyped]  # it ships no types

from flows.files.broken_yaml import explained
from flows.files.problems import FlowError, Place, Problems

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 5_000

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff\t]")
_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Scalar:
    """A single value. `tag` is what YAML 1.2 takes a bare word for: `str`, `bool`, `int`, `float` or `null`.

    `style` is the mark it was written with: a quote, `|` or `>`, or nothing. `end` is the spot behind it.
    """

    place: Place
    value: str
    tag: str
    style: str
    end: Place


@dataclass(slots=True)
class Sequence:
    """A list of values."""

    place: Place
    items: list[Tree] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys and values, in the order written."""

    place: Place
    entries: dict[str, tuple[Place, Tree]] = field(default_factory=dict)


Tree = Scalar | Sequence | Mapping


def read_tree(source: str | bytes, name: str) -> Tree:
    """The one document of a YAML file.

    Args:
        source: the file's content; bytes must be UTF-8.
        name: the file's name, for messages.

    Raises:
        FlowError: the file is not the plain YAML described above; the message says where and what to do.
    """
    text = _decoded(source, name)
    problems = Problems(name)
    try:
        tree = _Builder(problems).build(text)
    except _StopError as error:
        raise FlowError([f"{name}:{error.place.line}:{error.place.column}: {error}."]) from None
    except yaml.YAMLError as error:
        place, what = explained(error, text)
        raise FlowError([f"{name}:{place.line}:{place.column}: {what}"]) from None
    problems.raise_if_any()
    if tree is None:
        raise FlowError([f"{name}:1:1: The file is empty — write a title and nodes in it, or its talks."])
    return tree


def _decoded(source: str | bytes, name: str) -> str:
    raw = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BYTES:
        raise FlowError([f"{name}:1:1: The file has {len(raw):,} bytes; the most is {MAX_BYTES:,} — split the flow."])
    if isinstance(source, bytes):
        try:
            source = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            column = error.start - raw.rfind(b"\n", 0, error.start)
            raise FlowError([f"{name}:{line}:{column}: This is not UTF-8 text — save the file as UTF-8."]) from None
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    bad = _FORBIDDEN.search(source)
    if bad is not None:
        line = source.count("\n", 0, bad.start()) + 1
        column = bad.start() - source.rfind("\n", 0, bad.start())
        what = "a tab — use spaces" if bad.group() == "\t" else f"the character U+{ord(bad.group()):04X} — take it out"
        raise FlowError([f"{name}:{line}:{column}: A flow file cannot hold {what}."])
    return source


class _StopError(Exception):
    """A limit was met: nothing after it is looked at."""

    def __init__(self, event: yaml.Event, what: str) -> None:
        super().__init__(what)
        self.place = _place(event)


def _place(event: yaml.Event, *, end: bool = False) -> Place:
    mark = event.end_mark if end else event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


class _Builder:
    """Turns parser events into a tree."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.nodes = 0
        self.parents: list[Sequence | Mapping] = []
        self.keys: list[Scalar | None] = []
        """For every open mapping the key that waits for its value; None for a list."""
        self.root: Tree | None = None
        self.loader: CCoreLoader | None = None

    def build(self, text: str) -> Tree | None:
        self.loader = loader = CCoreLoader(text)
        try:
            for event in _events(loader):
                self._take(event)
        finally:
            loader.dispose()
        return self.root

    def _take(self, event: yaml.Event) -> None:
        place = _place(event)
        if isinstance(event, yaml.DocumentStartEvent):
            if self.root is not None:
                raise _StopError(event, "A second document begins here (`---`) — keep one in a file")
            return
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _StopError(event, "`&` and `*` are not allowed here — write the value out, or put the text in quotes")
        if getattr(event, "tag", None) is not None:
            raise _StopError(event, "`!` is not allowed here — put the text in quotes")
        if isinstance(event, yaml.ScalarEvent):
            self._add(Scalar(place, event.value, self._tag(event), event.style or "", _place(event, end=True)), event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open(Sequence(place), event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open(Mapping(place), event)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self.parents.pop()
            self.keys.pop()

    def _tag(self, event: yaml.ScalarEvent) -> str:
        assert self.loader is not None  # noqa: S101 -- for the type checker; build() has set it
        return str(self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)).removeprefix(_TAG)

    def _open(self, branch: Sequence | Mapping, event: yaml.Event) -> None:
        self._add(branch, event)
        self.parents.append(branch)
        self.keys.append(None)
        if len(self.parents) > MAX_DEPTH:
            raise _StopError(event, f"This is nested more than {MAX_DEPTH} levels deep — make it flatter")

    def _add(self, tree: Tree, event: yaml.Event) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _StopError(event, f"The file holds more than {MAX_NODES:,} values — split the flow")
        if not self.parents:
            self.root = tree
            return
        parent = self.parents[-1]
        if isinstance(parent, Sequence):
            parent.items.append(tree)
            return
        key = self.keys[-1]
        if key is None:
            if not isinstance(tree, Scalar):
                raise _StopError(event, "What stands before `:` must be a plain word — write the name only")
            self.keys[-1] = tree
            return
        self.keys[-1] = None
        first = parent.entries.get(key.value)
        if first is not None:
            self.problems.add(
                key.place, f"`{key.value}` is written twice, first in line {first[0].line} — keep one of them."
            )
            return
        parent.entries[key.value] = (key.place, tree)


def _events(loader: CCoreLoader) -> Iterator[yaml.Event]:
    while loader.check_event():
        yield loader.get_event()
