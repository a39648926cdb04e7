"""Broadcasts: put one together, see what it would do, send it, follow it, stop it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.broadcasts import planning
from bot.broadcasts.composing import BroadcastsError, Wish, compose
from bot.broadcasts.draft import Draft, Kind
from bot.broadcasts.estimating import estimate
from bot.broadcasts.exclusions import Exclusion
from bot.broadcasts.filters import FilterError
from bot.broadcasts.planning import Preview
from bot.broadcasts.prices import pounds
from bot.broadcasts.rules import Rules
from bot.broadcasts.schedule import Repeat, ScheduleError
from bot.console.access import STAFF, allow, person
from bot.console.language import explain, say
from bot.console.once import mark_of_request
from bot.console.paging import place
from bot.console.shelf import all_said
from bot.flow_figures import opening
from bot.marks import later
from bot.mistakes import ToldError
from bot.service import Service
from flows.run import microseconds
from flows.text import clean
from storage.community import groups
from storage.sending import broadcasts
from storage.sending.broadcasts import Progress, StoredBroadcast
from storage.team import audit, once

PAGE = 30
LONGEST_CONDITION = 400
ESTIMATE_MAY_MOVE = 0.05
"""How far an estimate may have moved while somebody looked at it; one of a list that grows is never twice the same."""
FOLLOWED = timedelta(days=2)
"""How long after its beginning the page of a broadcast moves by itself."""

STATES = {
    "scheduled": later("waits for its time"),
    "planning": later("is being prepared"),
    "sending": later("is being sent"),
    "done": later("everybody is asked"),
    "stopped": later("stopped"),
}
REPEATS = {Repeat.NEVER: later("Once"), Repeat.WEEKLY: later("Every week"), Repeat.MONTHLY: later("Every month")}


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/broadcasts")
    @allow(STAFF)
    def all_broadcasts() -> Response:
        with service.database.reading() as db:
            rows = broadcasts.latest(db, PAGE + 1, place())
        older = rows[PAGE - 1].id if len(rows) > PAGE else None
        return make_response(
            render_template("console/broadcasts.html", rows=rows[:PAGE], older=older, states=STATES, repeats=REPEATS)
        )

    @routes.get("/broadcasts/new")
    @allow(STAFF)
    def new_broadcast() -> Response:
        return _form(service, Wish(to=tuple(request.args.getlist("to"))))

    @routes.post("/broadcasts/new")
    @allow(STAFF)
    def preview_broadcast() -> AnyResponse:
        """Show what it would do; once somebody has seen that and says so, send it."""
        wish, sends = _wish(), request.form.get("act") == "send"
        if request.form.get("act") == "change":
            return _form(service, wish)
        mark = mark_of_request(service) if sends else b""
        with service.database.reading() as db:
            if sends and once.is_used(db, mark):
                return _sent_already()
        try:
            draft = compose(service, wish)
        except (BroadcastsError, FilterError, ScheduleError) as error:
            return _form(service, wish, {_field_of(error): explain(error)})
        with service.database.reading() as db:
            found = estimate(service, db, draft)
        # Later people may have joined, and an estimate of nobody may be a few.
        may_send = bool(found.people or found.reckoned_from or draft.starts_at)
        grown = sends and _is_more_than_shown(found)
        if grown or not (sends and may_send):
            return _preview(service, wish, draft, found, may_send=may_send, grown=grown)
        now = microseconds(service.now())
        with service.database.transaction() as db:
            if not once.claim(db, mark, now):
                return _sent_already()
            stored = planning.confirm(service, db, draft)
            audit.note(db, person().actor, "sent a broadcast", f"broadcast:{stored.id}", "", now)
        flash(say("It is on its way. You can stop it here."))
        return redirect(url_for("console.broadcast", broadcast_id=stored.id), 303)

    @routes.get("/broadcasts/<int:broadcast_id>")
    @allow(STAFF)
    def broadcast(broadcast_id: int) -> Response:
        with service.database.reading() as db:
            stored = broadcasts.get(db, broadcast_id)
            if stored is None:
                abort(404)
            progress = broadcasts.progress(db, broadcast_id)
        now = service.now()
        running = stored.status not in ("done", "stopped")
        opens = Rules.of(service.settings).hours.next_allowed(now)
        page = render_template(
            "console/broadcast.html",
            stored=stored,
            progress=progress,
            left_out=[(_words(reason), count) for reason, count in progress.left_out.items()],
            states=STATES,
            repeats=REPEATS,
            phone=service.settings.phone,
            running=running,
            every=5 if running else 30 if _may_move(stored, progress, now) else None,
            opens=microseconds(opens) if opens > now else None,
        )
        return make_response(page)

    @routes.get("/broadcasts/<int:broadcast_id>/stop")
    @allow(STAFF)
    def ask_to_stop(broadcast_id: int) -> Response:
        with service.database.reading() as db:
            stored = broadcasts.get(db, broadcast_id)
        if stored is None:
            abort(404)
        return make_response(render_template("console/stop_broadcast.html", stored=stored))

    @routes.post("/broadcasts/<int:broadcast_id>/stop")
    @allow(STAFF)
    def stop_broadcast(broadcast_id: int) -> AnyResponse:
        now = microseconds(service.now())
        with service.database.transaction() as db:
            if broadcasts.get(db, broadcast_id) is None:
                abort(404)
            stopped = broadcasts.stop(db, broadcast_id, now)
            if stopped:
                audit.note(db, person().actor, "stopped a broadcast", f"broadcast:{broadcast_id}", "", now)
        flash(say("Stopped. What has left may still be answered.") if stopped else say("It was over already."))
        return redirect(url_for("console.broadcast", broadcast_id=broadcast_id), 303)


def _wish() -> Wish:
    form = request.form
    return Wish(
        flow=form.get("flow", ""),
        text=clean(form.get("text", "")).strip(),
        to=tuple(form.getlist("to")),
        everybody=form.get("everybody") == "yes",
        matching=form.get("matching", "").strip()[:LONGEST_CONDITION],
        at=form.get("at", "").strip(),
        repeat=form.get("repeat", Repeat.NEVER),
        remind=form.get("remind") == "yes",
    )


def _preview(service: Service, wish: Wish, draft: Draft, found: Preview, *, may_send: bool, grown: bool) -> Response:
    page = render_template(
        "console/broadcast_preview.html",
        wish=wish,
        found=found,
        openings=_openings(service, draft, found),
        may_send=may_send,
        grown=grown,
        price=pounds(found.price),
        left_out=[(reason.words, count) for reason, count in found.left_out.most_common()],
        starts_at=microseconds(found.starts_at) if found.starts_at else None,
        repeats=REPEATS,
    )
    return make_response(page)


def _openings(service: Service, draft: Draft, found: Preview) -> list[tuple[str, str]]:
    """The first text of a survey in each language it would be read in, the one most people read first."""
    revision_id = draft.revision_id
    if draft.kind is not Kind.SURVEY or revision_id is None:
        return []
    flows = [(code, service.shelf.revision(revision_id, code)) for code, _ in found.languages.most_common()]
    return [(code, opening(flow, service.settings.organisation)) for code, flow in flows]


def _sent_already() -> AnyResponse:
    flash(say("It was sent already: a second click sends nothing."))
    return redirect(url_for("console.all_broadcasts"), 303)


def _is_more_than_shown(found: Preview) -> bool:
    """Whether more people would be reached, or more be paid, than on the page on which somebody said yes."""
    about = 1 + ESTIMATE_MAY_MOVE if found.reckoned_from else 1
    return any(
        now > about * request.form.get(name, 0, type=int)
        for name, now in (("shown_people", found.people), ("shown_price", found.price))
    )


def _may_move(stored: StoredBroadcast, progress: Progress, now: datetime) -> bool:
    """Whether texts that have left may still arrive, or be answered, while somebody looks."""
    young = microseconds(now - FOLLOWED) < stored.starts_at
    arrived = progress.delivered + progress.failed
    return young and (arrived < progress.asked or (stored.flow is not None and progress.answered < progress.asked))


def _field_of(error: ToldError) -> str:
    if isinstance(error, FilterError):
        return "matching"
    return "at" if isinstance(error, ScheduleError) else "flow"


def _words(reason: str) -> str:
    return say(Exclusion(reason).words) if reason in list(Exclusion) else reason


def _form(service: Service, wish: Wish, problems: Mapping[str, str] | None = None) -> Response:
    with service.database.reading() as db:
        known = groups.titles(db)
    on = [flow for flow in all_said(service) if not service.shelf.is_off(flow.id)]
    page = render_template(
        "console/broadcast_new.html",
        wish=wish,
        flows=[("", say("none: only a text")), *((flow.id, flow.title) for flow in on)],
        groups=known.items(),
        repeats=[(value, say(words)) for value, words in REPEATS.items()],
        problems=problems or {},
    )
    return make_response(page, 400 if problems else 200)
