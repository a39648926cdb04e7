"""Exports of both levels, with what was hidden and why; and the settings check, as a page."""

from __future__ import annotations

import os
import tempfile
from importlib import import_module
from pathlib import Path

from flask import Blueprint, Response, abort, g, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.console.access import STAFF, allow, person
from bot.console.language import explain, say
from bot.console.shelf import all_said, breakdown_in_words, known, said
from bot.disclosure import ledger
from bot.disclosure.suppression import Reason
from bot.exports import tables
from bot.exports.files import ExportFileError
from bot.exports.formats import FORMATS
from bot.exports.request import ExportRefusedError, Layout, Level, Request
from bot.exports.restricted import Words
from bot.marks import later
from bot.results.figures import reader_of
from bot.service import Service
from storage.counting import results
from storage.counting.results import Whom

OFFERED = {
    "csv": later("CSV: a table for every program"),
    "xlsx": later("XLSX: for Excel, with notes and the codebook on sheets of their own"),
    "json": later("JSON: for other programs, with notes and the codebook"),
}
"""Formats that a web process can write without loading a hundred megabytes; `sayso export` writes them all."""
LONGEST = 120
NEEDED = {
    "who": later("Say who gets this file: a person's name."),
    "purpose": later("Say what the file is for: the audit trail keeps it."),
}
"""What is said where a field of a file for one named person is empty."""
WHY_HIDDEN = {
    Reason.SMALL: later("too few people"),
    Reason.GROUP: later("a part of everybody with too few people in it"),
    Reason.PROTECTS: later("hidden so that no small number can be worked out"),
    tables.LEFT_OUT: later("not shown at all: a hidden number could be worked out"),
}


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/exports")
    @allow(STAFF)
    def exports() -> Response:
        return _page(service)

    @routes.get("/exports/<name>/hidden")
    @allow(STAFF)
    def hidden(name: str) -> Response:
        """The suppression log of the table that everybody may have."""
        flow = known(service, name)
        with service.database.reading() as db:
            reader = reader_of(service, db, flow, Whom(), ("channel", "language"), g.language)
            try:
                found, shown, _ = reader.shared()
                log, refused = list(tables.log(found, shown)), ""
            except (ledger.Refused, ExportRefusedError) as error:
                log, refused = [], explain(error)
        rows = [(node, breakdown_in_words(by), say(WHY_HIDDEN[why]), count) for node, by, why, count in log]
        page = render_template("console/hidden.html", flow=said(service, flow), log=rows, refused=refused)
        return make_response(page)

    @routes.post("/exports")
    @allow(STAFF)
    def export() -> AnyResponse:
        form = request.form
        flow = known(service, form.get("flow", ""))
        kind, level = form.get("format", ""), form.get("level", "")
        if kind not in OFFERED or level not in list(Level):
            abort(400)
        layout = Layout.TABLES if level == Level.SHARED else form.get("layout", Layout.WIDE)
        if layout not in list(Layout):
            abort(400)
        given = {name: " ".join(form.get(name, "").split())[:LONGEST] for name in NEEDED}
        if level == Level.RESTRICTED and not all(given.values()):
            return _page(service, {name: say(NEEDED[name]) for name in given if not given[name]}, 400)
        wanted = Request(
            flow=flow.id,
            level=Level(level),
            layout=Layout(layout),
            form=kind,
            by=("channel", "language"),
            language=g.language,
            labelled=True,
            words=Words.REVIEWED if level == Level.RESTRICTED else Words.NONE,
            who=given["who"],
            purpose=given["purpose"],
            command=say("the console, by {name}", name=person().name),
        )
        try:
            return _file(service, wanted)
        except (ExportRefusedError, ExportFileError) as error:
            return _page(service, {"flow": explain(error)}, 400)

    @routes.get("/settings")
    @allow(STAFF)
    def settings_check() -> Response:
        # The doctor talks to the queue, which no other page needs: its client is loaded only here.
        doctor = import_module("bot.commands.doctor")
        findings = list(doctor.examine(os.environ, service.now()))
        return make_response(render_template("console/settings.html", findings=findings, parts=_parts()))


def _parts() -> dict[str, str]:
    """What `doctor` looks at, as people call it."""
    return {
        "settings": say("Settings"), "key": say("Key"), "flows": say("Flows"), "language": say("Language"),
        "store": say("Store"), "tallies": say("Counts"), "clock": say("Clock"), "worker": say("Worker"),
        "queue": say("Queue"), "helplines": say("Helplines"), "files": say("Files"), "phone": say("Phone page"),
        "twilio": "Twilio",
    }  # fmt: skip


def _page(service: Service, problems: dict[str, str] | None = None, status: int = 200) -> Response:
    with service.database.reading() as db:
        answered = results.flows_answered(db)
    shelf = [(flow.id, flow.title) for flow in all_said(service) if flow.id in answered]
    formats = [(name, say(words)) for name, words in OFFERED.items()]
    page = render_template(
        "console/exports.html", shelf=shelf, formats=formats, problems=problems or {}, form=request.form
    )
    return make_response(page, status)


def _file(service: Service, wanted: Request) -> Response:
    """Make the file, and hand it over whole. Its name says what it is and never who is in it."""
    making = import_module("bot.exports.making")
    command = import_module("bot.commands.export")
    source = command.source_of(service.settings, service.database, service.shelf.flow(wanted.flow))
    form = FORMATS[wanted.form]
    with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
        path = Path(folder) / f"{wanted.flow}-{wanted.level}{form.ending}"
        making.make(
            source, wanted, str(path), service.now(), bom=wanted.form == "csv", actor=person().actor, kept=False
        )
        response = make_response(path.read_bytes())
    response.headers["Content-Type"] = "text/csv; charset=utf-8" if wanted.form == "csv" else "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response
