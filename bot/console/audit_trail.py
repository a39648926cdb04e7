"""The audit trail: who did what, to whom and why, newest first."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, make_response, render_template, request

from bot.console.access import STAFF, allow
from bot.console.language import say
from bot.console.looks import code_name
from bot.service import Service
from storage.team import audit

PAGE = 50


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/audit")
    @allow(STAFF)
    def audit_trail() -> Response:
        with service.database.reading() as db:
            entries = audit.page(db, request.args.get("before", type=int), PAGE + 1)
            ids = {each for entry in entries for each in (entry.actor, entry.target)}
            names = {**audit.names(db, ids), **_in_words(service, ids)}
        older = entries[PAGE - 1].id if len(entries) > PAGE else None
        page = render_template("console/audit.html", entries=entries[:PAGE], names=names, older=older)
        return make_response(page)


def _in_words(service: Service, ids: Iterable[str]) -> dict[str, str]:
    """What people without a name on the team, and things, are called; a person is called as on their own page."""
    kinds = {
        "broadcast": say("a broadcast"),
        "alert": say("an alert"),
        "answer": say("an answer"),
        "flow": say("flow {name}"),
        "group": say("group {name}"),
    }
    found = {}
    for each in ids:
        kind, _, name = each.partition(":")
        if kind == "contact" and name.isdigit():
            found[each] = code_name(service, int(name))
        elif kind in kinds:
            found[each] = kinds[kind].replace("{name}", name)
    return found
