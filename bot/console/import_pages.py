"""Inviting the people of a list: upload it, see row by row what is wrong, then confirm. Nobody counts before a yes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.access import STAFF, allow, person
from bot.console.language import explain, say
from bot.conversations.joining import Outcome
from bot.people import imports
from bot.people.imports import ImportPreview, Row
from bot.people.sheets import ImportFileError
from bot.service import Service
from flows.run import microseconds
from storage.community import groups, uploads
from storage.team import audit

MOST = 2_000
"""Rows: all are invited while somebody waits for the page. The command line takes longer lists."""
LARGEST = 2 * 1024 * 1024
LASTS = timedelta(hours=1)
SHOWN = 50
"""Rows with a mistake that are listed."""


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/contacts/import")
    @allow(STAFF)
    def import_contacts() -> Response:
        return _form(service)

    @routes.post("/contacts/import")
    @allow(STAFF, largest=LARGEST)
    def preview_import() -> Response:
        file, group = request.files.get("file"), request.form.get("group", "")
        if file is None or not file.filename:
            return _form(service, {"file": say("Choose a file.")})
        try:
            found = imports.group_named(service, group)
            preview = imports.read(file.filename, file.read(), service, MOST)
        except ImportFileError as error:
            return _form(service, {"file": explain(error)})
        text, price = imports.invitations_of(service, preview, found)
        page = render_template(
            "console/import_preview.html",
            group=group,
            text=text,
            price=price,
            preview=preview,
            shown=[(row, explain(problem)) for row, problem in preview.problems[:SHOWN]],
            token=_keep(service, group, preview) if preview.people else "",
        )
        return make_response(page)

    @routes.post("/contacts/import/confirm")
    @allow(STAFF)
    def confirm_import() -> AnyResponse:
        now = microseconds(service.now())
        name = service.secrets.hash(f"upload {request.form.get('token', '')}")
        with service.database.transaction() as db:
            sealed = uploads.take(db, name, now)
        if sealed is None:
            flash(say("That list was used already, or waited for more than an hour. Choose the file again."))
            return redirect(url_for("console.import_contacts"), 303)
        kept = json.loads(service.secrets.unseal(sealed))
        group = imports.group_named(service, kept["group"])
        counts = imports.apply(service, ImportPreview([Row(**row) for row in kept["people"]]), group)
        with service.database.transaction() as db:
            audit.note(
                db, person().actor, "invited a list", f"group:{group.name}", f"{len(kept['people'])} people", now
            )
        flash(
            say(
                "{invited} invited; {member} are in it already; {not_now} are not asked: asked this week, or said no.",
                **{outcome.value: counts[outcome] for outcome in Outcome},
            )
        )
        return redirect(url_for("console.group", name=group.name), 303)


def _keep(service: Service, group: str, preview: ImportPreview) -> str:
    """Keep what would be done until it is confirmed; returns the name it goes by in the page."""
    token = secrets.token_urlsafe(24)
    expires_at = microseconds(service.now() + LASTS)
    kept = json.dumps({"group": group, "people": [asdict(row) for row in preview.people]}).encode()
    with service.database.transaction() as db:
        uploads.keep(db, service.secrets.hash(f"upload {token}"), service.secrets.seal(kept), expires_at)
    return token


def _form(service: Service, problems: Mapping[str, str] | None = None) -> Response:
    with service.database.reading() as db:
        known = groups.titles(db)
    page = render_template(
        "console/import.html",
        groups=known.items(),
        chosen=request.form.get("group") or request.args.get("group", ""),
        problems=problems or {},
    )
    return make_response(page, 400 if problems else 200)
