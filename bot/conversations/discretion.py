"""People whose phone somebody else may read: what comes unasked says only that something waits, and names nobody."""

from __future__ import annotations

from collections.abc import Mapping

from flows.definition import Flow
from flows.run import Run
from flows.text import fold
from flows.values import Value
from flows.words import Words

DOORBELL = "_doorbell"
"""A variable of a run after its person heard only that something waits: `UNSEEN` or `SEEN`, the question's fate."""
UNSEEN, SEEN = True, "seen"
TEMPLATE = "doorbell"
"""Name of the approved WhatsApp template that says only that something waits."""
NEUTRAL = "Sayso"
"""Stands where the organisation would be named: it tells nothing of what is asked, or by whom."""


def is_discreet(attributes: Mapping[str, Value]) -> bool:
    """Whether somebody else may read this person's phone."""
    return attributes.get("discreet") is True


def organisation_for(attributes: Mapping[str, Value], organisation: str) -> str:
    """What we call ourselves to this person."""
    return NEUTRAL if is_discreet(attributes) else organisation


def rings(attributes: Mapping[str, Value], flow: Flow) -> bool:
    """Whether this person gets no word of this flow that they did not ask for."""
    return is_discreet(attributes) and not flow.discreet


def template_of(attributes: Mapping[str, Value], flow: Flow) -> str:
    """Name of the WhatsApp template by which a flow begins with this person after a day's silence: a flow's own may say
    what it asks, and by whom."""
    return TEMPLATE if rings(attributes, flow) else flow.id


def ring(run: Run, *, seen: bool) -> None:
    """Note that the person is told only that something waits; `seen`: they were shown the waiting question before."""
    if DOORBELL not in run.variables:
        run.variables[DOORBELL] = SEEN if seen else UNSEEN


def opened(run: Run, body: str, words: Words) -> bool:
    """Whether a text only asks to see what waits; the doorbell is off then. Who had seen the question may answer it
    at once, and that answer must not be lost."""
    rung = run.variables.pop(DOORBELL, None)
    return rung is UNSEEN or (rung == SEEN and fold(body[:100]) in words.yes)
