"""The flows: the shelf, one flow and its translations, switching it on and off, a new revision, a poster."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from urllib.parse import quote

import segno
from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot import uploads
from bot.catalogues import catalogue_of, flow_sentences
from bot.console.access import STAFF, allow, person
from bot.console.language import say
from bot.console.shelf import all_said, known, said
from bot.flow_figures import wanting
from bot.flow_report import check_flow
from bot.marks import later
from bot.service import Service
from flows.authoring.picture import svg
from flows.definition import Flow
from flows.loader import FlowError
from flows.run import microseconds
from flows.wording import Wording
from storage.conversations import shelf_changes
from storage.team import audit
from translations.catalogues import Catalogue, progress
from translations.files import CatalogueError
from translations.languages import LANGUAGES

LARGEST_FILE = 256 * 1024
"""Bytes of a flow file; the loader takes no more."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one language of a flow has come."""

    code: str
    name: str
    ready: int
    wanted: int
    signed: bool
    problem: str = ""


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/flows")
    @allow(STAFF)
    def flows() -> Response:
        shelf = all_said(service)
        return make_response(render_template("console/flows.html", shelf=shelf, is_off=service.shelf.is_off))

    @routes.get("/flows/<name>")
    @allow(STAFF)
    def flow(name: str) -> Response:
        return _flow_page(service, known(service, name))

    @routes.get("/flows/<name>/drawing")
    @allow(STAFF)
    def drawing(name: str) -> Response:
        # A picture of its own: fill and stroke are attributes in it, and the pages allow no styles of elements.
        return Response(svg(said(service, known(service, name))), mimetype="image/svg+xml")

    @routes.post("/flows/<name>/switch")
    @allow(STAFF)
    def switch_flow(name: str) -> AnyResponse:
        flow = known(service, name)
        off = request.form.get("to") == "off"
        now = microseconds(service.now())
        with service.database.transaction() as db:
            shelf_changes.switch(db, flow.id, off=off, now=now)
            done = later("switched off") if off else later("switched on")
            audit.note(db, person().actor, done, f"flow:{flow.id}", "", now)
        title = said(service, flow).title
        if off:
            flash(say("{flow} is off. Open conversations go on; nobody can begin a new one.", flow=title))
        else:
            flash(say("{flow} is on.", flow=title))
        return redirect(url_for("console.flow", name=flow.id), 303)

    @routes.post("/flows/<name>/revision")
    @allow(STAFF, largest=LARGEST_FILE + 64 * 1024)
    def upload_revision(name: str) -> AnyResponse:
        flow = known(service, name)
        file = request.files.get("file")
        source = file.read(LARGEST_FILE + 1) if file else request.form.get("source", "").encode()
        # A browser sends a form's lines with CRLF ends, and a revision is known by its bytes.
        source = source.replace(b"\r\n", b"\n")
        try:
            new = uploads.check(service, flow.id, source)
        except FlowError as error:
            return _flow_page(service, flow, [_problem(each) for each in error.problems], 400)
        if request.form.get("sure") != new.revision:
            page = render_template(
                "console/flow_change.html",
                flow=said(service, flow),
                new=new,
                changes=_changes(flow, new),
                checked=check_flow(new, service.settings),
            )
            return make_response(page)
        uploads.use(service, new, person().actor)
        flash(say("New conversations begin with this revision. Open ones go on with theirs."))
        return redirect(url_for("console.flow", name=new.id), 303)

    @routes.post("/flows/<name>/file")
    @allow(STAFF)
    def use_file(name: str) -> AnyResponse:
        flow = known(service, name)
        now = microseconds(service.now())
        with service.database.transaction() as db:
            shelf_changes.use_revision(db, flow.id, None, now)
            audit.note(db, person().actor, "went back to the file", f"flow:{flow.id}", "", now)
        flash(say("New conversations begin with the flow's file again."))
        return redirect(url_for("console.flow", name=flow.id), 303)

    @routes.get("/flows/<name>/languages/<code>")
    @allow(STAFF)
    def flow_language(name: str, code: str) -> Response:
        flow = known(service, name)
        if code not in LANGUAGES or code == flow.language:
            abort(404)
        try:
            catalogue, problem = catalogue_of(flow.id, code, service.settings.flows_dir), ""
        except CatalogueError as error:
            catalogue, problem = Catalogue(code), error.problems[0]
        checked = check_flow(flow, service.settings, [code])
        page = render_template(
            "console/flow_language.html",
            flow=said(service, flow),
            code=code,
            figures=next((each for each in checked.languages if each.language == code), None),
            problem=problem,
            lacking=[] if problem else list(wanting(catalogue, flow_sentences(flow))),
        )
        return make_response(page)

    @routes.get("/flows/<name>/poster")
    @allow(STAFF)
    def poster(name: str) -> Response:
        flow = said(service, known(service, name))
        if not flow.keywords:
            abort(404)
        number, word = service.settings.twilio_sms_from or "", flow.keywords[0].upper()
        picture = ""
        if number.startswith("+"):
            # An `sms:` address opens the texting program with number and word filled in; nothing is sent by itself.
            code = segno.make(f"sms:{number}?body={quote(word)}", error="m")
            picture = code.svg_inline(scale=8, omitsize=True, svgclass="qr qr--poster", lineclass=None)
        page = render_template("console/poster.html", flow=flow, number=number, word=word, picture=picture)
        return make_response(page)


def _flow_page(service: Service, flow: Flow, problems: list[str] | None = None, status: int = 200) -> Response:
    in_words = said(service, flow)
    page = render_template(
        "console/flow.html",
        flow=in_words,
        off=service.shelf.is_off(flow.id),
        uploaded=service.shelf.is_uploaded(flow.id),
        coverage=_coverage(service, flow),
        questions=[node for node in in_words.nodes.values() if node.question is not None],
        problems=problems or [],
        checked=check_flow(flow, service.settings),
        phone=service.settings.phone,
    )
    return make_response(page, status)


def _coverage(service: Service, flow: Flow) -> list[Coverage]:
    """How far every other language has come."""
    sentences = flow_sentences(flow)
    wanted = sum(not sentence.optional for sentence in sentences)
    found = []
    for code, name in LANGUAGES.items():
        if code == flow.language:
            continue
        try:
            done = progress(catalogue_of(flow.id, code, service.settings.flows_dir), sentences)
        except CatalogueError as error:
            found.append(Coverage(code, name, 0, wanted, False, error.problems[0]))
            continue
        found.append(Coverage(code, name, done.signed + done.draft, wanted, done.released))
    return found


def _problem(problem: str) -> str:
    """A mistake in a flow file, and the line it is in, in the reader's language."""
    if not isinstance(problem, Wording) or "line" not in problem.values:
        return problem
    return say("Line {line}: {what}", line=problem.values["line"], what=problem.values["what"])


def _changes(old: Flow, new: Flow) -> list[tuple[str, str]]:
    """The lines that differ, each with `+`, `-` or nothing before it."""
    lines = difflib.unified_diff(old.source.splitlines(), new.source.splitlines(), lineterm="", n=2)
    return [(line[:1].strip(), line[1:]) for line in lines if not line.startswith(("---", "+++", "@@"))]
