"""Where a run can go in a flow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flows.definition import END, Flow, Node


def targets_of(flow: Flow, node: Node) -> set[str]:
    """Where a run can go from a node."""
    targets = {branch.then for branch in node.next} | {target for target, _ in node.random}
    if node.start is not None:
        targets.add(END)
    if not targets:
        targets.add(flow.following[node.id])
    if node.when is not None:
        targets.add(flow.following[node.id])
    if node.question is not None and node.question.otherwise is not None:
        targets.add(node.question.otherwise)
    return targets


def closure(start: Iterable[str], onward: Mapping[str, set[str]]) -> set[str]:
    """Everything reached from `start`, itself included."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(onward.get(node, ()))
    return found
