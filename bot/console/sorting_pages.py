"""How replies were sorted under choices, and sorting one anew: what was written stays, the counts follow."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.access import STAFF, allow, person
from bot.console.language import explain, say
from bot.console.paging import place
from bot.console.publishing import OURS
from bot.console.shelf import known, said
from bot.exports.masking import masked
from bot.results.sorting import UNCLEAR, SortingError, choices, sort
from bot.service import Service
from flows.run import microseconds
from storage.counting import sorting
from storage.counting.sorting import Sorted
from storage.team import audit

PAGE = 30
LONGEST_REASON = 200


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/results/<name>/sorting")
    @allow(STAFF)
    def how_sorted(name: str) -> Response:
        flow = known(service, name)
        unclear = request.args.get("only") == UNCLEAR
        before = place()
        with service.database.transaction() as db:
            audit.note(db, person().actor, "read what people said", f"flow:{flow.id}", "", microseconds(service.now()))
            found = sorting.listed(db, flow.id, PAGE + 1, outcome=UNCLEAR if unclear else "", before=before)
        rows = [(each, _choices(service, each)) for each in found[:PAGE]]
        older = found[PAGE - 1].id if len(found) > PAGE else None
        page = render_template(
            "console/sorting.html", flow=said(service, flow), rows=rows, unclear=unclear, older=older
        )
        return make_response(page)

    @routes.post("/results/<name>/sorting/<int:answer_id>")
    @allow(STAFF)
    def sort_anew(name: str, answer_id: int) -> AnyResponse:
        keys = [key for key in request.form.getlist("under") if key != UNCLEAR]
        why = masked(" ".join(request.form.get("why", "").split())[:LONGEST_REASON], service.settings.region)
        with service.database.reading() as db:
            answer = sorting.get(db, answer_id)
        if answer is None or answer.flow != name or not request.form.getlist("under"):
            abort(404)
        try:
            sort(service, answer_id, keys, person().actor, why)
        except SortingError as error:
            flash(explain(error))
        else:
            flash(say("Sorted anew. The counts follow within a minute."))
        return redirect(url_for("console.how_sorted", name=name), 303)


def _choices(service: Service, answer: Sorted) -> dict[str, str]:
    """What an answer can be sorted under, in the reader's language."""
    found = choices(service.shelf.revision(answer.revision_id, g.language), answer)
    return {key: say(label) if OURS.get(key) == label else label for key, label in found.items()}
