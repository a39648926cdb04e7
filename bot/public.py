"""Results for everybody: a page without cookies or scripts, the same for machines, and a picture to pass on."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from flask import Blueprint, Flask, Response, abort, jsonify, make_response, render_template
from werkzeug.exceptions import HTTPException

from bot import feeds
from bot.figures import Bar, read_document
from bot.service import Service
from storage import publications

COLUMNS = ("question", "text", "answer", "count", "share", "asked", "answered", "skipped", "unclear")
MINUTES = 5
MOST_KEPT = 50
"""Published pages that a process keeps as they are drawn."""
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"


def register_public(app: Flask, service: Service) -> None:
    """Add `/results/<flow>`, `.csv`, `.json` and `.svg`, and the addresses that spreadsheets refresh from."""
    routes = Blueprint("public", __name__, url_prefix="/results", template_folder="console/templates")

    @routes.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = f"public, max-age={MINUTES * 60}"
        return response

    @routes.errorhandler(404)
    def missing(_error: HTTPException) -> tuple[str, int]:
        return render_template("public_missing.html", organisation=service.settings.organisation), 404

    @lru_cache(maxsize=MOST_KEPT)
    def rendered(document: str) -> str:
        """A page is drawn once for each time it is published: it may be asked for by a whole town."""
        kept = json.loads(document)
        address = f"{service.settings.public_url}/results/{kept['flow']}"
        return render_template(
            "public.html",
            kept=kept,
            figures=read_document(kept),
            address=address,
            day=format_date(date.fromisoformat(kept["published"]), "d MMMM y", locale="en"),
            organisation=service.settings.organisation,
            _=str,
        )

    @routes.get("/<flow>")
    def page(flow: str) -> Response:
        return make_response(rendered(_document(service, flow)))

    @routes.get("/<flow>.json")
    def for_machines(flow: str) -> Response:
        return jsonify(_kept(service, flow))

    @routes.get("/<flow>.csv")
    def as_csv(flow: str) -> Response:
        kept = _kept(service, flow)
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        for figure in read_document(kept):
            left = (figure.asked, figure.answered, figure.skipped, figure.unclear)
            for bar in figure.bars or [Bar("", "", None)]:
                writer.writerow([_safe(figure.node), _safe(figure.text), _safe(bar.label), bar.count, bar.share, *left])
        response = make_response("\ufeff" + lines.getvalue())
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="{kept["flow"]}.csv"'
        return response

    @routes.get("/<flow>.svg")
    def picture(flow: str) -> Response:
        kept = _kept(service, flow)
        first = next((figure for figure in read_document(kept) if figure.bars), None)
        if first is None:
            abort(404)
        svg = render_template("public.svg", kept=kept, figure=first, organisation=service.settings.organisation, _=str)
        response = make_response(svg)
        response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
        return response

    app.register_blueprint(routes)

    @app.get(f"{feeds.PATH}<token>.csv")
    def refresh(token: str) -> Response:
        table = feeds.read(service, token)
        if table is None:
            abort(404)
        if not table:
            abort(410)
        response = harden(make_response("\ufeff" + table))
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.headers["Cache-Control"] = "private, no-cache"
        return response


def _document(service: Service, flow: str) -> str:
    with service.database.reading() as db:
        found = publications.get(db, flow[:60])
    if found is None:
        abort(404)
    return found.document


def _kept(service: Service, flow: str) -> dict[str, object]:
    kept: dict[str, object] = json.loads(_document(service, flow))
    return kept


def _safe(text: str) -> str:
    """A cell no spreadsheet takes for a formula: authors write these words, and authors can be tricked too."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
