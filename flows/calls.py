"""A flow that goes through another one and comes back: where the flows come from, and what waits meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from flows.definition import Flow
from flows.run import Run

MAX_CALLS = 5
"""Flows that may wait for one another."""


class Flows(Protocol):
    """Where a run finds the other flows it names."""

    def flow(self, flow_id: str) -> Flow | None:
        """The present revision of a flow."""

    def pinned(self, flow_id: str, revision: str) -> Flow | None:
        """The revision that a run began, however often the flow was edited since."""


class Loaded:
    """Flows in memory, where nothing is ever edited."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = flows

    def flow(self, flow_id: str) -> Flow | None:
        """The flow of that name."""
        return self._flows.get(flow_id)

    def pinned(self, flow_id: str, revision: str) -> Flow | None:
        """The flow of that name, if it is that revision."""
        flow = self._flows.get(flow_id)
        return flow if flow is not None and flow.revision == revision else None


NO_OTHERS = Loaded({})
"""For a flow that names no other."""

_KEPT = ("flow", "revision", "node", "answers", "labels", "variables", "path", "undo")


def enter(run: Run, node: str, inner: Flow) -> None:
    """Let the present flow wait at a node, and begin another in its place."""
    run.node = node
    run.callers = [*run.callers, {name: getattr(run, name) for name in _KEPT}]
    run.flow, run.revision = inner.id, inner.revision
    run.node, run.answers, run.labels, run.variables, run.path, run.undo = None, {}, {}, {}, [], []


def come_back(run: Run) -> str:
    """Take up the flow that waited last; returns the node it waited at."""
    *rest, caller = run.callers
    run.callers = rest
    for name in _KEPT:
        setattr(run, name, caller[name])
    return str(caller["node"])
