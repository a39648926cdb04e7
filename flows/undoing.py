"""What BACK takes back besides the answer: values given, groups and labels. What somebody was told stays told.

Before a node does something, what was there before is noted in the run, beside how many answers had been given. Going
back to a question undoes what was noted after it was answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.definition import Node
from flows.events import AttributeSet, Event, GroupJoined, GroupLeft, LabelTaken
from flows.run import Run
from flows.scope import Scope

MOST = 50
"""Changes that a run remembers."""


def note(run: Run, scope: Scope, node: Node) -> None:
    """Remember what a node is about to change."""
    groups = scope.context.groups
    found = [("set", name, scope.get(name)) for name, _ in node.set]
    found += [("join", group, None) for group in node.join if group not in groups]
    found += [("leave", group, None) for group in node.leave if group in groups]
    found += [("label", label, None) for label in node.label if label not in run.tags]
    if found:
        run.undo = [*run.undo, *([len(run.path), *each] for each in found)][-MOST:]


def forget_first(run: Run) -> None:
    """The first answer of the way back is forgotten: nothing done right after it can be undone any more."""
    run.undo = [[depth - 1, *rest] for depth, *rest in run.undo if depth > 1]


def take_back(run: Run, scope: Scope) -> Iterator[Event]:
    """Undo what was done after the answers that the way back still holds; the last thing first."""
    kept = [each for each in run.undo if each[0] <= len(run.path)]
    undone, run.undo = run.undo[len(kept) :], kept
    for _, kind, name, before in reversed(undone):
        if kind == "join":
            yield GroupLeft(name)
        elif kind == "leave":
            yield GroupJoined(name)
        elif kind == "label":
            run.tags = [label for label in run.tags if label != name]
            yield LabelTaken(name)
        elif name.startswith("contact."):
            scope.contact[name[8:]] = before
            yield AttributeSet(name[8:], before)
        elif before is None:
            run.variables.pop(name, None)
        else:
            run.variables[name] = before
