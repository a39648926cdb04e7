"""Checks on a whole flow: where it leads, which words it takes for itself, and what its texts refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from flows.definition import END, Choice, Flow, Node
from flows.files.places import Places
from flows.files.problems import Problems, did_you_mean
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Scalar, Sequence, Tree
from flows.paths import closure, targets_of
from flows.text import PLACEHOLDER, fold
from flows.wording import Wording

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
"""Carriers end all texts when one of these comes alone, so none of them can mean anything else."""

CARRIER_WORDS = frozenset({"start", "yes", "unstop", "help", "info"})
"""Carriers act on these too, and so do we: harmless as an answer, and a keyword that is heard as something else."""

SERVICE_WORDS = frozenset(
    {"join", "send", "remind", "halt", "add", "remove", "groups", "results", "who", "tally", "help"}
)
"""What the service around the flows hears: JOIN with the name of a group, and the orders of champions."""

_A_NODE = Wording("name a node of this file, or `end`")

_PLACES = ("organisation", "group")


def check(flow: Flow, tree: Tree, problems: Problems) -> None:
    """Note everything that is wrong with a flow as a whole."""
    placed = Places(tree)
    _check_keywords(flow, placed, problems)
    _check_times(flow, placed, problems)
    for node in flow.nodes.values():
        _check_choices(node, placed, problems)
    _check_texts(flow, placed, problems)
    if not problems.found:  # the paths of a flow that lost nodes to other mistakes would only mislead
        _check_targets(flow, placed, problems)
    if not problems.found and flow.nodes:
        _check_paths(flow, placed, problems)


# Words.


def _check_keywords(flow: Flow, placed: Places, problems: Problems) -> None:
    for scalar in placed.of("keywords"):
        word = fold(scalar.value)
        if word in STOP_WORDS:
            problems.add(
                scalar.place,
                "The keyword `{value}` is reserved: it ends all texts — choose another.",
                value=scalar.value,
            )
        elif sum(fold(keyword) == word for keyword in flow.keywords) > 1:
            problems.add(scalar.place, "The keyword `{value}` is written twice — keep one.", value=scalar.value)


def _check_times(flow: Flow, placed: Places, problems: Problems) -> None:
    if flow.remind and flow.remind[-1] >= flow.expires:
        problems.add(placed.key("remind"), "A reminder comes after the flow has expired — make `expires` longer.")
    if flow.daily and flow.expires <= timedelta(days=1):
        problems.add(placed.key("days"), "The flow expires before its second day — make `expires` longer.")


def confusions(choices: Iterable[Choice]) -> Iterator[tuple[Choice, Wording]]:
    """Why some choices could not be told from a command, from another choice or from its number

    Told of a translation as well: there the labels are other ones.
    """
    owners: dict[str, Choice] = {}
    listed = tuple(choices)
    for position, choice in enumerate(listed, 1):
        for words in dict.fromkeys((fold(choice.label), *map(fold, choice.words))):
            if words in STOP_WORDS:
                yield (
                    choice,
                    Wording("The choice `{words}` is reserved: it ends all texts — choose another word.", words=words),
                )
            owner = owners.setdefault(words, choice)
            if owner is not choice:
                yield (
                    choice,
                    Wording(
                        "The choices `{one}` and `{other}` cannot be told apart: both are `{words}`.",
                        one=owner.key,
                        other=choice.key,
                        words=words,
                    ),
                )
            if words.isascii() and words.isdecimal() and position != int(words[:9]) <= len(listed):
                yield (
                    choice,
                    Wording(
                        "The choice `{words}` cannot be told apart from choice number {words} — use words, or a "
                        "number.",
                        words=words,
                    ),
                )


def _check_choices(node: Node, placed: Places, problems: Problems) -> None:
    question = node.question
    if question is None:
        return
    tree = placed.value(node.id, "choices")
    places = {key: place for key, (place, _) in tree.entries.items()} if isinstance(tree, MappingTree) else {}
    for choice, what in confusions(question.choices):
        problems.note(places.get(choice.key, placed.node(node.id)), what)
    for side, words_of_side in question.words:
        for word in words_of_side:
            if fold(word) in STOP_WORDS:
                problems.add(
                    placed.node(node.id),
                    "`{word}` cannot mean {side}: it ends all texts — take it out.",
                    word=word,
                    side=side,
                )
    both = [{fold(word) for word in words} for _, words in question.words]
    if len(both) == 2 and both[0] & both[1]:
        problems.add(
            placed.node(node.id), "`{word}` cannot mean both yes and no — keep one.", word=sorted(both[0] & both[1])[0]
        )


# Texts.


def _check_texts(flow: Flow, placed: Places, problems: Problems) -> None:
    known = set(_PLACES)
    for node in flow.nodes.values():
        if node.question is not None:
            known.add(node.question.save_as)
        known.update(name for name, _ in node.set)
    for node in flow.nodes.values():
        for scalar in placed.scalars(node.id, "say", "ask", "hint", "retry_text", "notify"):
            _check_placeholders(scalar, known, problems)


def _check_placeholders(scalar: Scalar, known: Iterable[str], problems: Problems) -> None:
    for match in PLACEHOLDER.finditer(scalar.value):
        name = match.group(1)
        if name not in known and not name.startswith("contact."):
            advice = did_you_mean(name, known, Wording("name a saved answer, `contact.…` or `organisation`"))
            problems.add(
                scalar.place, "There is nothing to put for `{name}`{advice}", name=f"{{{name}}}", advice=advice
            )
    left = re.search("[{}]", PLACEHOLDER.sub("", scalar.value))
    if left is not None:
        problems.add(
            scalar.place, "A lone `{mark}` — write a placeholder as `{name}`, or take it out.", mark=left.group()
        )


# Paths.


def _check_targets(flow: Flow, placed: Places, problems: Problems) -> None:
    for node in flow.nodes.values():
        for key in ("next", "otherwise"):
            for scalar in _named(placed.value(node.id, key)):
                target = scalar.value.strip()
                if target != END and target not in flow.nodes:
                    advice = did_you_mean(target, [*flow.nodes, END], _A_NODE)
                    problems.add(scalar.place, "There is no node `{target}`{advice}", target=target[:60], advice=advice)
        chances = placed.value(node.id, "random")
        for target, (place, _) in chances.entries.items() if isinstance(chances, MappingTree) else ():
            if target != END and target not in flow.nodes:
                advice = did_you_mean(target, [*flow.nodes, END], _A_NODE)
                problems.add(place, "There is no node `{target}`{advice}", target=target[:60], advice=advice)
        _check_one_way(node, placed, problems)


def _check_one_way(node: Node, placed: Places, problems: Problems) -> None:
    """A node leads on in one way only."""
    ways = [key for key in ("start", "random", "next") if placed.value(node.id, key) is not None]
    if len(ways) > 1:
        problems.add(
            placed.node(node.id),
            "`{one}` and `{other}` both say where to go — keep one of them.",
            one=ways[0],
            other=ways[1],
        )


def _named(tree: Tree | None) -> Iterator[Scalar]:
    """Every node name in a `next` or an `otherwise`."""
    if isinstance(tree, Scalar):
        yield tree
    for item in tree.items if isinstance(tree, Sequence) else ():
        if isinstance(item, MappingTree):
            yield from (value for key, (_, value) in item.entries.items() if key != "if" and isinstance(value, Scalar))


def _check_paths(flow: Flow, placed: Places, problems: Problems) -> None:
    onward = {node.id: targets_of(flow, node) for node in flow.nodes.values()}
    reached = closure([flow.first], onward)
    for node_id in flow.nodes:
        if node_id not in reached:
            problems.add(
                placed.node(node_id),
                "No path leads to the node `{node}` — point a `next` at it, or take it out.",
                node=node_id,
            )
    backward: dict[str, set[str]] = {}
    for node_id, targets in onward.items():
        for target in targets:
            backward.setdefault(target, set()).add(node_id)
    ending = closure([END], backward)
    silent = {
        node_id: targets
        for node_id, targets in onward.items()
        if flow.nodes[node_id].question is None and flow.nodes[node_id].run is None
    }
    for node_id in flow.nodes:
        place = placed.node(node_id)
        if node_id in silent and node_id in closure(silent[node_id], silent):
            problems.add(
                place,
                "The node `{node}` leads back to itself with no question on the way — ask something.",
                node=node_id,
            )
        elif node_id in reached and node_id not in ending:
            problems.add(place, "From the node `{node}` no path leads to the end — add a `next: end`.", node=node_id)
