"""Checks on flows that stand together: one keyword for two, and flows that name each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from flows.definition import END, Flow, Node
from flows.files.places import Places
from flows.files.problems import Problems, did_you_mean, listed
from flows.files.yaml import read_tree
from flows.paths import closure, targets_of
from flows.text import fold
from flows.wording import Wording


def check_shelf(flows: Mapping[str, Flow], others: Collection[str] = ()) -> list[Wording]:
    """What is wrong between some flows, each problem at its place; the later of two with one keyword is at fault.

    `others` are flows that are there too, but cannot be looked into.
    """
    found: list[Wording] = []
    owners: dict[str, str] = {}
    known = {*flows, *others}
    onward = {flow.id: _led_to(flow) for flow in flows.values()}
    for flow in flows.values():
        taken = {
            word: owner for word in map(fold, flow.keywords) if (owner := owners.setdefault(word, flow.id)) != flow.id
        }
        named = [(node, key, other) for node in flow.nodes.values() for key, other in _names(node)]
        round_trip = flow.id in closure(onward[flow.id], onward)
        if not (taken or round_trip or any(other not in known for _, _, other in named)):
            continue
        problems = Problems(f"{flow.id}.yaml")
        placed = Places(read_tree(flow.source, problems.name))
        for scalar in placed.of("keywords"):
            starts = taken.get(fold(scalar.value))
            if starts is not None:
                sentence = Wording("The keyword `{word}` already starts the flow `{flow}` — choose another one.")
                problems.add(scalar.place, sentence, word=scalar.value, flow=starts)
        for node, key, other in named:
            if other not in known:
                advice = did_you_mean(other, known, Wording("there is {names}", names=listed(sorted(known)) or "–"))
                problems.add(placed.at(node.id, key), "There is no flow `{flow}`{advice}", flow=other, advice=advice)
            elif round_trip and flow.id in closure([other], onward):
                sentence = Wording(
                    "`{flow}` leads back to this flow with no question on the way — take one of them out."
                )
                problems.add(placed.at(node.id, key), sentence, flow=other)
        found += problems.lines()
    return found


def _names(node: Node) -> Iterator[tuple[str, str]]:
    for key, other in (("run", node.run), ("start", node.start)):
        if other is not None:
            yield key, other


def _led_to(flow: Flow) -> set[str]:
    """The flows that this one goes through, or starts before it has asked anything: these must not lead back."""
    silent = {node.id: targets_of(flow, node) - {END} for node in flow.nodes.values() if node.question is None}
    begun = closure([flow.first], silent)
    through = {node.run for node in flow.nodes.values() if node.run is not None}
    return through | {
        node.start
        for node in flow.nodes.values()
        if node.start is not None and node.id in begun and node.question is None
    }
