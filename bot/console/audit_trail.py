"""The audit trail: who did what, to whom and why, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, url_for

from bot.console.access import STAFF, allow
from bot.console.language import say
from bot.console.looks import code_name, named_by
from bot.console.paging import place
from bot.marks import later
from bot.service import Service
from flows.wording import filled
from storage.team import audit

PAGE = 50
ELSEWHERE = (
    later("published a revision"), later("deleted runs past their time"), later("restored a backup"), later("exported"),
    later("sorted an answer anew"), later("looked at"), later("reported on"), later("{count} people"),
    later("{count} runs"), later("{count} people erased again"), later("for {count} days"),
)  # fmt: skip
"""What is noted where the extractor does not look, or with a count: marked here for those who translate."""
_COUNT = re.compile(r"\d+")
_NUMBERED = ("broadcast", "contact")


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/audit")
    @allow(STAFF)
    def audit_trail() -> Response:
        with service.database.reading() as db:
            entries = audit.page(db, place(), PAGE + 1)
            ids = {each for entry in entries for each in (entry.actor, entry.target, entry.reason)}
            names = {**audit.names(db, ids), **_in_words(service, ids)}
        older = entries[PAGE - 1].id if len(entries) > PAGE else None
        rows = [(entry, _act(entry.action), names.get(entry.reason) or _why(entry.reason)) for entry in entries[:PAGE]]
        page = render_template("console/audit.html", rows=rows, names=names, page_of=_page_of, older=older)
        return make_response(page)


def _page_of(target: str) -> str | None:
    """The address of the page of what was acted on, where it has one."""
    kind, _, name = target.partition(":")
    if kind in ("flow", "group"):
        return url_for(f"console.{kind}", name=name)
    if kind not in _NUMBERED or not name.isdecimal():
        return None
    number: dict[str, Any] = {f"{kind}_id": int(name)}
    return url_for(f"console.{kind}", **number)


def _act(action: str) -> str:
    """What was done; behind a colon stands with what, as it was written."""
    act, colon, rest = action.partition(": ")
    return say(act) + colon + rest


def _why(reason: str) -> str:
    """Why, or how many: one of our own sentences, or what somebody wrote."""
    count = _COUNT.search(reason)
    return say(reason) if count is None else say(_COUNT.sub("{count}", reason, count=1), count=count[0])


def _in_words(service: Service, ids: Iterable[str]) -> dict[str, str]:
    """What people without a name on the team, and things, are called; a person is called as on their own page."""
    found = {"clock": say("the clock"), "command line": say("the command line"), "store": say("the store")}
    kinds = {
        "broadcast": say("a broadcast"),
        "alert": say("an alert"),
        "answer": say("an answer"),
        "flow": say("flow {name}"),
        "group": say("group {name}"),
        "feed": say("a refresh address"),
    }
    for each in ids:
        kind, _, name = each.partition(":")
        if kind == "contact" and name.isdigit():
            found[each] = code_name(service, int(name))
        elif kind == "contact":  # somebody who was erased, and whoever the command line looked at
            found[each] = named_by(name)
        elif kind in kinds:
            found[each] = filled(kinds[kind], {"name": name})
    return found
