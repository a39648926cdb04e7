"""The flows as pages name them, and the words for what results are told apart by: in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, g

from bot.console.language import language_in_words, say
from bot.exports.tables import EVERY
from bot.phone.numbers import CHANNELS
from bot.service import Service
from flows.definition import Flow


def known(service: Service, name: str) -> Flow:
    """A flow as its author wrote it, with what a coordinator changed just now; no such page where there is none."""
    service.shelf.refresh(service.now(), at_once=True)
    found = service.shelf.flow(name)
    if found is None:
        abort(404)
    return found


def said(service: Service, flow: Flow) -> Flow:
    """The flow in the reader's language; as it was written where nobody has translated it whole."""
    return service.shelf.current(flow.id, g.language)[1]


def all_said(service: Service) -> list[Flow]:
    """Every flow on the shelf, by its id, as `said`."""
    service.shelf.refresh(service.now(), at_once=True)
    return [service.shelf.current(name, g.language)[1] for name in service.shelf.ids()]


def title_of(service: Service, name: str) -> str:
    """What a flow is called; one that is on the shelf no more is called by its id."""
    found = service.shelf.flow(name)
    return name if found is None else said(service, found).title


def question_of(service: Service, flow: str, node: str) -> str:
    """What a question asks; one that is asked no more is called by its node."""
    found = service.shelf.flow(flow)
    asked = None if found is None else said(service, found).nodes.get(node)
    if asked is None or asked.question is None:
        return node
    return asked.question.ask.get("") or next(iter(asked.question.ask.values()), node)


def breakdown_in_words(name: str) -> str:
    """What a breakdown is called; one that a flow declares is called as the flow calls it."""
    words = {
        EVERY: say("everybody together"),
        "channel": say("how they text"),
        "language": say("language"),
        "group": say("group"),
        "day": say("day, the last month"),
        "week": say("week, the last half year"),
        "month": say("month, the last two years"),
    }
    return words.get(name, name.replace("_", " "))


def part_in_words(breakdown: str, part: str, groups: Mapping[str, str]) -> str:
    """What one part of a breakdown is called; `groups` gives the titles of groups by name."""
    if breakdown == "language":
        return language_in_words(part, g.language)
    return {"channel": CHANNELS, "group": groups}.get(breakdown, {}).get(part, part.replace("_", " "))
