"""Results for everybody: a page without cookies or scripts, the same for machines, and a picture to pass on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from flask import Blueprint, Flask, Response, abort, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from bot.console.dates import day_in_words
from bot.console.language import LANGUAGES, direction, language_in_words, translated
from bot.exports.cleaning import clean, guarded
from bot.results import feeds
from bot.results.figures import Bar, read_document
from bot.service import Service
from storage.publishing import publications

COLUMNS = ("question", "text", "answer", "count", "share", "asked", "answered", "skipped", "unclear")
MINUTES = 5
MOST_KEPT = 50
"""Published pages that a process keeps as they are drawn."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'"
)


def register_public(app: Flask, service: Service) -> None:
    """Add `/results/<flow>`, `.csv`, `.json` and `.svg`, and the addresses that spreadsheets refresh from."""
    routes = Blueprint("public", __name__, url_prefix="/results", template_folder="console/templates")

    @routes.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = f"public, max-age={MINUTES * 60}"
        response.vary.add("Accept-Language")
        return response

    def around(language: str) -> dict[str, object]:
        return {
            "_": partial(translated, language=language),
            "language": language,
            "direction": direction(language),
            "organisation": service.settings.organisation,
        }

    @routes.errorhandler(404)
    def missing(_error: HTTPException) -> tuple[str, int]:
        return render_template("public_missing.html", **around(_chosen([code for code, _name in LANGUAGES]))), 404

    @lru_cache(maxsize=MOST_KEPT)
    def rendered(document: str, language: str) -> str:
        """A page is drawn once for each time it is published: it may be asked for by a whole town."""
        documents = _documents(document)
        kept = documents[language]
        return render_template(
            "public.html",
            kept=kept,
            figures=read_document(kept),
            address=f"{service.settings.public_url}/results/{kept['flow']}",
            day=day_in_words(kept["published"], language),
            languages=[(code, dict(LANGUAGES).get(code) or language_in_words(code, code)) for code in documents],
            **around(language),
        )

    def published(flow: str) -> tuple[str, Mapping[str, Any]]:
        """What is kept of a flow, and what of it this visitor reads: in their language, else as it was written."""
        document = _document(service, flow)
        documents = _documents(document)
        return document, documents[_chosen(list(documents))]

    @routes.get("/<flow>")
    def page(flow: str) -> Response:
        document, kept = published(flow)
        return _in(kept, make_response(rendered(document, kept["language"])))

    @routes.get("/<flow>.json")
    def for_machines(flow: str) -> Response:
        _document, kept = published(flow)
        return _in(kept, jsonify(kept))

    @routes.get("/<flow>.csv")
    def as_csv(flow: str) -> Response:
        _document, kept = published(flow)
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        for figure in read_document(kept):
            left = (figure.asked, figure.answered, figure.skipped, figure.unclear)
            for bar in figure.bars or [Bar("", "", None)]:
                texts = (guarded(clean(text)) for text in (figure.node, figure.text, bar.label))
                writer.writerow([*texts, bar.count, bar.share, *left])
        response = make_response("\ufeff" + lines.getvalue())
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="{kept["flow"]}.csv"'
        return _in(kept, response)

    @routes.get("/<flow>.svg")
    def picture(flow: str) -> Response:
        _document, kept = published(flow)
        first = next((figure for figure in read_document(kept) if figure.bars), None)
        if first is None:
            abort(404)
        day = day_in_words(kept["published"], kept["language"])
        response = make_response(render_template("public.svg", figure=first, day=day, **around(kept["language"])))
        response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
        return _in(kept, response)

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


@lru_cache(maxsize=MOST_KEPT)
def _documents(document: str) -> Mapping[str, Mapping[str, Any]]:
    """What is kept by language, the flow's own first."""
    kept: dict[str, dict[str, Any]] = json.loads(document)
    return kept


def _chosen(languages: list[str]) -> str:
    """The language of `?language=`, else of the browser, else the first; a cookie would have to be asked for."""
    asked = request.args.get("language")
    return asked if asked in languages else request.accept_languages.best_match(languages) or languages[0]


def _in(kept: Mapping[str, Any], response: Response) -> Response:
    response.headers["Content-Language"] = kept["language"]
    return response
