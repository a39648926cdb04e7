"""What a run's answers may be told apart by: the person's groups, who answers for whom, what they told us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.people import needs
from flows.definition import Flow
from flows.values import Value
from storage.counting import results
from storage.counting.results import GROUP

ANSWERED_FOR = (results.ANSWERED_FOR, "another person")
"""Borne by runs in which somebody else wrote."""
CONTACT = "contact."
LONGEST = 60
"""Characters of a part of everybody; what is longer is no category."""


def at_start(
    flow: Flow, groups: Iterable[str], attributes: Mapping[str, Value], *, answered_for: bool = False
) -> list[tuple[str, str]]:
    """Marks of a run that begins: a group each, whether another person answers, and what the flow declares and we know
    already."""
    marks = [(GROUP, group) for group in sorted(groups)]
    if answered_for or needs.has(attributes, needs.PROXY):
        marks.append(ANSWERED_FOR)
    for name in flow.breakdown:
        if name.startswith(CONTACT):
            marks += _mark(name.removeprefix(CONTACT), attributes.get(name.removeprefix(CONTACT)))
    return marks


def of_attribute(flow: Flow, name: str, value: Value) -> list[tuple[str, str]]:
    """The mark that an attribute set in the course of a run gives it, where the flow declares that attribute."""
    return _mark(name, value) if CONTACT + name in flow.breakdown else []


def of_answer(flow: Flow, name: str, value: Value) -> list[tuple[str, str]]:
    """The mark that an answer gives its own run, where the flow declares it for breakdown."""
    return _mark(name, value) if name in flow.breakdown else []


def _mark(name: str, value: Value) -> list[tuple[str, str]]:
    if value is None or value == "" or isinstance(value, tuple):
        return []
    part = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return [(name, part[:LONGEST])]
