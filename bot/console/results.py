"""A flow's results: each question as a chart and as numbers, by one breakdown; what people said; publishing."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console import publishing
from bot.console.access import EVERYONE_IN, STAFF, Person, allow, person
from bot.console.dates import period_in_words
from bot.console.language import explain, say
from bot.console.paging import place
from bot.console.publishing import said_in
from bot.console.shelf import all_said, breakdown_in_words, known, part_in_words, said
from bot.disclosure import ledger
from bot.exports.request import ExportRefusedError
from bot.results.figures import figures, parts, shown_for_team, shown_in_steps
from bot.results.over_time import LONGEST, courses
from bot.service import Service
from flows.definition import Flow
from flows.run import microseconds
from flows.text import clean
from storage.community import championing, groups
from storage.conversations import words
from storage.counting import results
from storage.counting.results import Whom
from storage.database import Connection
from storage.publishing import publications
from storage.team import audit

PAGE = 20
LONGEST_LABEL = 40
BREAKDOWNS = ("channel", "language", "group")


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/results")
    @allow(EVERYONE_IN)
    def all_results() -> Response:
        shelf = all_said(service)
        with service.database.reading() as db:
            answered = set(results.flows_answered(db))
        return make_response(render_template("console/all_results.html", shelf=shelf, answered=answered))

    @routes.get("/results/<name>")
    @allow(EVERYONE_IN)
    def flow_results(name: str) -> Response:
        flow = known(service, name)
        # What a champion is shown is noted in the ledger.
        opened = service.database.reading if person().is_staff else service.database.transaction
        with opened() as db:
            whom, own = _whom(db, person())
            by = request.args.get("by", "")
            declared = results.breakdowns_of(db, flow.id)
            breakdowns = [*BREAKDOWNS, *(each for each in declared if each not in BREAKDOWNS)]
            by = by if by in (*breakdowns, *LONGEST) and not whom.group else ""
            course = courses(service, db, flow, by, g.language, said=said_in) if by in LONGEST else []
            by, over = ("", by) if course else (by, "")
            found, shown = (
                shown_for_team(service, db, flow, whom, [by] if by else [], g.language)
                if person().is_staff
                else shown_in_steps(service, db, flow, whom.group, g.language)
            )
            published, titles = publications.get(db, flow.id), groups.titles(db)
            meeting = championing.meeting(db, flow.id, whom.group)
        found = [said_in(g.language, each) for each in found]
        page = render_template(
            "console/results.html",
            flow=said(service, flow),
            begun=any(figure.answered != 0 for figure in figures(found, shown)),
            figures=figures(found, shown),
            parts=[(part_in_words(by, part[1], titles), figures(found, shown, part)) for part in parts(shown, by)]
            if by
            else [],
            by=by or over,
            courses={each.node: each for each in course},
            period=lambda name: period_in_words(name, over, g.language),
            breakdowns=[
                ("", say("everybody together")),
                *((each, breakdown_in_words(each)) for each in (*LONGEST, *breakdowns)),
            ],
            group=whom.group,
            own=[
                *([("", say("everybody"))] if person().is_staff and own else []),
                *((each, titles.get(each, each)) for each in own),
            ],
            published=published,
            meeting=_labelled(said(service, flow), meeting),
        )
        return make_response(page)

    @routes.get("/results/<name>/words")
    @allow(STAFF)
    def words_said(name: str) -> Response:
        return _words_said(service, name, place(), request.args.get("label", ""))

    @routes.post("/results/<name>/words/find")
    @allow(STAFF)
    def find_words(name: str) -> Response:
        # What is looked for may be a name: it stands in no address.
        form = request.form
        return _words_said(service, name, place(), form.get("label", ""), form.get("q", ""))

    @routes.post("/results/<name>/words/<int:answer_id>")
    @allow(STAFF)
    def work_on_words(name: str, answer_id: int) -> AnyResponse:
        flow = known(service, name)
        now = microseconds(service.now())
        act = request.form.get("act", "")
        with service.database.transaction() as db:
            if words.get(db, flow.id, answer_id) is None:
                abort(404)
            label = " ".join(clean(request.form.get("label", "")).split())[:LONGEST_LABEL]
            if act == "label" and label:
                words.put_label(db, answer_id, label)
                audit.note(db, person().actor, "labelled an answer", f"answer:{answer_id}", "", now)
            elif act == "unlabel":
                words.take_label(db, answer_id, label)
                audit.note(db, person().actor, "took a label off an answer", f"answer:{answer_id}", "", now)
            elif act == "review":
                words.review(db, answer_id, clean(request.form.get("words", "")).strip(), person().actor, now)
                audit.note(db, person().actor, "reviewed an answer", f"answer:{answer_id}", "", now)
            elif act == "withdraw":
                words.withdraw_review(db, answer_id)
                audit.note(db, person().actor, "withdrew a review", f"answer:{answer_id}", "", now)
            else:
                abort(400)
        flash(say("Kept."))
        return redirect(url_for("console.words_said", name=flow.id), 303)

    @routes.post("/results/<name>/publish")
    @allow(STAFF)
    def publish(name: str) -> AnyResponse:
        flow = known(service, name)
        try:
            publishing.publish(service, flow, person().actor)
        except (ledger.Refused, ExportRefusedError) as refused:
            flash(explain(refused))
            return redirect(url_for("console.flow_results", name=flow.id), 303)
        flash(say("Published. Anybody can see them at {address}.", address=f"/results/{flow.id}"))
        return redirect(url_for("console.flow_results", name=flow.id), 303)

    @routes.post("/results/<name>/withdraw")
    @allow(STAFF)
    def withdraw(name: str) -> AnyResponse:
        flow = known(service, name)
        with service.database.transaction() as db:
            publications.withdraw(db, flow.id)
            audit.note(db, person().actor, "withdrew results", f"flow:{flow.id}", "", microseconds(service.now()))
        flash(say("Withdrawn: nobody outside the team sees them any more."))
        return redirect(url_for("console.flow_results", name=flow.id), 303)


def _whom(db: Connection, who: Person) -> tuple[Whom, list[str]]:
    """Whose answers are shown, and the groups to choose from: a champion's own, and always one of them."""
    asked = request.args.get("group", "")
    if who.is_staff:
        return Whom(group=asked), [group.name for group in groups.every(db)]
    own = [group.name for group in groups.of_champion(db, who.contact_id)] if who.contact_id is not None else []
    if not own or (asked and asked not in own):
        abort(404)
    return Whom(group=asked or own[0]), own


def _labelled(flow: Flow, meeting: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was counted at meetings, with the flow's words for its choices, else the champion's own; most first."""
    asked = [node.question for node in flow.nodes.values() if node.question is not None]
    labels = {choice.key: choice.label for question in asked for choice in question.choices}
    return [(labels.get(key, key), count) for key, count in sorted(meeting.items(), key=lambda each: -each[1])]


def _words_said(service: Service, name: str, before: int | None, label: str, containing: str = "") -> Response:
    flow = known(service, name)
    containing, label = containing[:80], label[:LONGEST_LABEL]
    with service.database.transaction() as db:
        audit.note(db, person().actor, "read what people said", f"flow:{flow.id}", "", microseconds(service.now()))
        rows = words.page(db, flow.id, before, PAGE + 1, containing=containing, label=label)
        labels = words.labels_of(db, [row.id for row in rows])
        older = rows[PAGE - 1].id if len(rows) > PAGE else None
        if older is None and containing:
            older = words.next_depth(db, flow.id, before)
    page = render_template(
        "console/words.html",
        flow=said(service, flow),
        rows=rows[:PAGE],
        labels=labels,
        older=older,
        q=containing,
        label=label,
    )
    return make_response(page)
