"""Building a flow from its YAML tree: which keys there are, what each may hold, and what a question needs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flows.conditions import Condition
from flows.definition import END, Branch, Flow, Node, Question
from flows.files import schema
from flows.files.checks import check
from flows.files.condition_parser import parse_condition, parse_expression
from flows.files.keys import FLOW, NODE
from flows.files.problems import Place, Problems, did_you_mean
from flows.files.questions import known_of, question_of
from flows.files.shapes import BRANCH
from flows.files.tokens import ConditionError
from flows.files.types import ANY, Known, Sort
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Scalar, Sequence, Tree
from flows.wording import Wording

DEFAULT_EXPIRY = timedelta(days=7)

RESERVED_NAMES = frozenset({END, "contact", "groups", "channel", "language", "today", "organisation", "group"})


GIVEN: Mapping[str, Known] = {
    "groups": Known(Sort.LIST),
    "channel": Known(Sort.TEXT, frozenset(schema.CHANNELS)),
    "language": ANY,
    "today": Known(Sort.TEXT),
}
"""Names that every condition may use, without an answer of that name."""


def build(tree: Tree, flow_id: str, source: str | bytes, problems: Problems) -> Flow:
    """The flow that a tree describes; every mistake is noted in `problems`, and then the flow must not be used."""
    return _Builder(problems, tree).flow(flow_id, source)


class _Builder:
    """Builds one flow from its tree."""

    def __init__(self, problems: Problems, tree: Tree) -> None:
        self.problems = problems
        self.tree = tree
        self.names = dict(GIVEN)

    def flow(self, flow_id: str, source: str | bytes) -> Flow:
        values = schema.keys_of(self.problems, self.tree, Wording("a flow"), FLOW)
        for key, advice in (
            ("title", Wording("say what it is about")),
            ("nodes", Wording("write what is said and asked")),
        ):
            if isinstance(self.tree, MappingTree) and key not in self.tree.entries:
                self.problems.add(self.tree.place, "The flow has no `{key}` — {advice}.", key=key, advice=advice)
        if not schema.NAME.fullmatch(flow_id.replace("-", "_")):
            self.problems.add(
                self.tree.place, "`{flow}` cannot name a flow — use small letters, digits and `_`.", flow=flow_id
            )
        nodes = self._nodes(values.get("nodes"))
        raw = source if isinstance(source, bytes) else source.encode()
        flow = Flow(
            id=flow_id,
            revision=hashlib.sha256(raw).hexdigest(),
            source=raw.decode(errors="replace"),
            title=values.get("title", ""),
            about=values.get("about", ""),
            purpose=values.get("purpose", ""),
            language=values.get("language", "en"),
            keywords=tuple(word for _, word in values.get("keywords", ())),
            expires=values.get("expires", DEFAULT_EXPIRY),
            remind=values.get("remind", ()),
            nodes=nodes,
            daily=values.get("days", False),
            discreet=values.get("discreet", False),
            keep=values.get("keep"),
            basis=values.get("basis", ""),
            breakdown=self._breakdown(values.get("breakdown", ())),
            following=dict(zip(nodes, [*list(nodes)[1:], END], strict=True)) if nodes else {},
        )
        check(flow, self.tree, self.problems)
        return flow

    def _breakdown(self, names: tuple[tuple[Place, str], ...]) -> tuple[str, ...]:
        for place, name in names:
            if not name.startswith("contact.") and name not in self.names:
                advice = did_you_mean(name, self.names, Wording("name `contact.…` or a saved answer"))
                self.problems.add(place, "There is no answer `{name}`{advice}", name=name[:60], advice=advice)
        return tuple(dict.fromkeys(name for _, name in names))

    def _nodes(self, tree: Tree | None) -> dict[str, Node]:
        if tree is None:
            return {}
        if not isinstance(tree, MappingTree) or not tree.entries:
            self.problems.add(
                tree.place, "`nodes` must hold at least one node — write `name:` and under it `say` or `ask`."
            )
            return {}
        values: dict[str, tuple[Place, dict[str, Any], Question | None]] = {}
        for key, (place, node_tree) in tree.entries.items():
            if not schema.name_is_good(self.problems, place, key):
                continue
            if key in RESERVED_NAMES:
                self.problems.add(place, "`{key}` has a meaning of its own — give the node another name.", key=key)
                continue
            found = schema.keys_of(self.problems, node_tree, Wording("a node"), NODE)
            question = question_of(self.problems, key, place, node_tree, found)
            values[key] = (place, found, question)
        for place, found, question in values.values():
            self._learn(place, question, found.get("set"))
        return {key: self._node(key, *parts) for key, parts in values.items()}

    def _learn(self, place: Place, question: Question | None, set_tree: Tree | None) -> None:
        """Note the names that a node gives values to, for conditions and placeholders."""
        if question is not None:
            name = question.save_as
            if name in RESERVED_NAMES:
                self.problems.add(
                    place, "`{name}` has a meaning of its own — save the answer as another name.", name=name
                )
            elif name in self.names:
                self.problems.add(
                    place, "Two questions save their answer as `{name}` — give one another `save_as`.", name=name
                )
            self.names[name] = known_of(question)
        if isinstance(set_tree, MappingTree):
            for key in set_tree.entries:
                if not key.startswith("contact."):
                    self.names.setdefault(key, ANY)

    def _node(self, key: str, place: Place, found: dict[str, Any], question: Question | None) -> Node:
        return Node(
            id=key,
            line=place.line,
            say=found.get("say"),
            question=question,
            when=self._condition(found["when"], "when") if "when" in found else None,
            set=self._set(found["set"]) if "set" in found else (),
            join=found.get("join", ()),
            leave=found.get("leave", ()),
            label=found.get("label", ()),
            notify=found.get("notify", ()),
            run=found.get("run"),
            start=found.get("start"),
            random=found.get("random", ()),
            next=self._next(found["next"]) if "next" in found else (),
        )

    def _condition(self, tree: Tree, key: str) -> Condition | None:
        source = schema.text(self.problems, tree, key)
        if source is None:
            return None
        try:
            return parse_condition(source, self.names)
        except ConditionError as error:
            self._wrong_condition(tree, key, error)
            return None

    def _wrong_condition(self, tree: Tree, key: str, error: ConditionError) -> None:
        style = tree.style if isinstance(tree, Scalar) else ""
        # Inside a `|` or `>` block the column of the text is not the column of the file: then the block's own place.
        inside = 0 if style in ("|", ">") else error.column - 1 + (1 if style else 0)
        place = Place(tree.place.line, tree.place.column + inside)
        self.problems.add(place, "In `{key}`, {why}", key=key, why=error.wording)

    def _set(self, tree: Tree) -> tuple[tuple[str, Condition], ...]:
        assert isinstance(tree, MappingTree)  # noqa: S101 -- for the type checker; the reader of `set` has looked
        found = []
        for key, (place, value) in tree.entries.items():
            if not schema.name_is_good(self.problems, place, key.removeprefix("contact.")):
                continue
            if not key.startswith("contact.") and (key in RESERVED_NAMES or self.names.get(key) is not ANY):
                self.problems.add(
                    place, "`{key}` is taken — `set` gives a value to `contact.…` or to a name of its own.", key=key
                )
                continue
            source = schema.text(self.problems, value, key)
            if source is None:
                continue
            try:
                found.append((key, parse_expression(source, self.names)))
            except ConditionError as error:
                self._wrong_condition(value, "set", error)
        return tuple(found)

    def _next(self, tree: Tree) -> tuple[Branch, ...]:
        if isinstance(tree, Scalar):
            return (Branch(tree.value.strip()),)
        assert isinstance(tree, Sequence)  # noqa: S101 -- for the type checker; the reader of `next` has looked
        branches = []
        for number, item in enumerate(tree.items, 1):
            branch = self._branch(item, last=number == len(tree.items))
            if branch is not None:
                branches.append(branch)
        if branches and branches[-1].condition is not None:
            self.problems.add(tree.place, "`next` has no `else` — say where to go when no condition holds.")
        return tuple(branches)

    def _branch(self, tree: Tree, *, last: bool) -> Branch | None:
        values = schema.keys_of(self.problems, tree, Wording("a line of `next`"), BRANCH)
        if set(values) == {"else"}:
            if not last:
                self.problems.add(tree.place, "`else` must come last — nothing after it would ever be tried.")
            return Branch(values["else"])
        if set(values) != {"if", "then"}:
            self.problems.add(tree.place, "A line of `next` is `if` with `then`, or `else` alone.")
            return None
        condition = self._condition(values["if"], "if")
        return None if condition is None else Branch(values["then"], condition)
