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
from flows.files.problems import FlowError, Place, Problems, at
from flows.wording import Wording

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
        raise FlowError([at(name, error.place, error.wording)]) from None
    except yaml.YAMLError as error:
        raise FlowError([at(name, *explained(error, text))]) from None
    problems.raise_if_any()
    if tree is None:
        what = Wording("The file is empty — write a title and nodes in it, or its talks.")
        raise FlowError([at(name, Place(1, 1), what)])
    return tree


def _decoded(source: str | bytes, name: str) -> str:
    raw = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    if len(raw) > MAX_BYTES:
        what = Wording(
            "The file has {count} bytes; the most is {most} — split the flow.",
            count=f"{len(raw):,}",
            most=f"{MAX_BYTES:,}",
        )
        raise FlowError([at(name, Place(1, 1), what)])
    if isinstance(source, bytes):
        try:
            source = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            place = Place(raw.count(b"\n", 0, error.start) + 1, error.start - raw.rfind(b"\n", 0, error.start))
            what = Wording("This is not UTF-8 text — save the file as UTF-8.")
            raise FlowError([at(name, place, what)]) from None
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    bad = _FORBIDDEN.search(source)
    if bad is not None:
        place = Place(source.count("\n", 0, bad.start()) + 1, bad.start() - source.rfind("\n", 0, bad.start()))
        what = Wording("A flow file cannot hold a tab — use spaces.")
        if bad.group() != "\t":
            code = f"{ord(bad.group()):04X}"
            what = Wording("A flow file cannot hold the character U+{code} — take it out.", code=code)
        raise FlowError([at(name, place, what)])
    return source


class _StopError(Exception):
    """A limit was met: nothing after it is looked at."""

    def __init__(self, event: yaml.Event, sentence: str, /, **values: object) -> None:
        self.wording = Wording(sentence, **values)
        super().__init__(self.wording)
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
                raise _StopError(event, "A second document begins here (`---`) — keep one in a file.")
            return
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _StopError(
                event, "`&` and `*` are not allowed here — write the value out, or put the text in quotes."
            )
        if getattr(event, "tag", None) is not None:
            raise _StopError(event, "`!` is not allowed here — put the text in quotes.")
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
            raise _StopError(event, "This is nested more than {most} levels deep — make it flatter.", most=MAX_DEPTH)

    def _add(self, tree: Tree, event: yaml.Event) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _StopError(event, "The file holds more than {most} values — split the flow.", most=f"{MAX_NODES:,}")
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
                raise _StopError(event, "What stands before `:` must be a plain word — write the name only.")
            self.keys[-1] = tree
            return
        self.keys[-1] = None
        first = parent.entries.get(key.value)
        if first is not None:
            self.problems.add(
                key.place,
                "`{value}` is written twice, first in line {line} — keep one of them.",
                value=key.value,
                line=first[0].line,
            )
            return
        parent.entries[key.value] = (key.place, tree)


def _events(loader: CCoreLoader) -> Iterator[yaml.Event]:
    while loader.check_event():
        yield loader.get_event()
