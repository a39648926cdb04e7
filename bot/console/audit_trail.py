"""The audit trail: who did what, to whom and why, newest first."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from bot.console.access import STAFF, allow
from bot.service import Service
from storage import audit

PAGE = 50


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/audit")
    @allow(STAFF)
    def audit_trail() -> Response:
        with service.database.reading() as db:
            entries = audit.page(db, request.args.get("before", type=int), PAGE + 1)
            names = audit.names(db, {each for entry in entries for each in (entry.actor, entry.target)})
        older = entries[PAGE - 1].id if len(entries) > PAGE else None
        page = render_template("console/audit.html", entries=entries[:PAGE], names=names, older=older)
        return make_response(page)
