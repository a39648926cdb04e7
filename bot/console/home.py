"""The first page after signing in: what needs a person first, then how the day goes and how Sayso is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.access import EVERYONE_IN, STAFF, allow, person
from bot.console.group_pages import groups_of
from bot.console.language import say
from bot.service import Service
from flows.run import microseconds
from storage.community import groups
from storage.sending import broadcasts
from storage.team import alerts, audit, overview
from storage.upkeep import heartbeats

STALE = 60 * 1_000_000
"""Microseconds without a sign of life after which a process is taken to be away."""
MOST_ALERTS, MOST_PUZZLES, MOST_BROADCASTS = 20, 5, 5
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the service, and whether it works, in plain words."""

    name: str
    well: bool
    words: str


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/")
    @allow(EVERYONE_IN)
    def home() -> Response:
        now = service.now()
        at = microseconds(now)
        staff = person().is_staff
        with service.database.reading() as db:
            beats = heartbeats.read(db)
            page = {
                "waiting": alerts.waiting(db, MOST_ALERTS) if staff else [],
                "waiting_count": alerts.count_waiting(db) if staff else 0,
                "running": broadcasts.unfinished(db, MOST_BROADCASTS) if staff else [],
                # How everybody's day goes is not for champions, and a group's own is too few people to show by the day.
                "answers": overview.answers_since(db, service.midnight(now)) if staff else 0,
                "texts": overview.texts_since(db, service.midnight(now)) if staff else 0,
                "begins": staff and not groups.titles(db),
                "own": [] if staff else groups_of(db, person()),
                "puzzles": overview.puzzles_since(db, microseconds(now - WEEK), MOST_PUZZLES) if staff else [],
            }
        parts = _parts(beats, at, bool(service.spool))
        return make_response(render_template("console/home.html", parts=parts, alert_words=_alert_words(), **page))

    @routes.post("/alerts/<int:alert_id>/settle")
    @allow(STAFF)
    def settle_alert(alert_id: int) -> AnyResponse:
        now = microseconds(service.now())
        with service.database.transaction() as db:
            if not alerts.settle(db, alert_id, person().actor, now):
                abort(404)
            audit.note(db, person().actor, "settled an alert", f"alert:{alert_id}", "", now)
        flash(say("Settled. The audit trail keeps that you looked after it."))
        return redirect(url_for("console.home", settled=alert_id), 303)

    @routes.post("/alerts/<int:alert_id>/reopen")
    @allow(STAFF)
    def reopen_alert(alert_id: int) -> AnyResponse:
        now = microseconds(service.now())
        with service.database.transaction() as db:
            if not alerts.reopen(db, alert_id):
                abort(404)
            audit.note(db, person().actor, "reopened an alert", f"alert:{alert_id}", "", now)
        return redirect(url_for("console.home"), 303)


def _alert_words() -> dict[str, str]:
    """What each kind of alert means to a coordinator; other kinds are shown by their own name."""
    return {
        "safeguarding": say("Somebody may be in danger or distress. They were given numbers to ring."),
        "provider id reused": say("A text came twice under one id with other words. The first was kept."),
        "flow failed": say("A conversation broke off because of a mistake in the flow."),
        "follow up": say("Somebody asked to be contacted."),
    }


def _parts(beats: Mapping[str, tuple[int, str]], now: int, spooled: bool) -> list[Part]:
    """How store, clock, workers and queue stand. The store has just been read."""
    alive = {name: now - beats.get(name, (0, ""))[0] <= STALE for name in ("clock", "worker", "queue")}
    counting = alive["worker"] and alive["queue"] and beats["queue"][1] == "ok"
    return [
        Part(
            say("Texts that come in"),
            not spooled,
            say("All are handled.") if not spooled else say("Some wait on disk and are handled soon: nothing is lost."),
        ),
        Part(
            say("Reminders and prompts"),
            alive["clock"],
            say("The clock runs.") if alive["clock"] else say("The clock does not run: nothing leaves by itself."),
        ),
        Part(
            say("Counting and sending"),
            counting,
            say("Workers are at it.")
            if counting
            else say("No worker is seen: residents are answered, but counts and prompts wait."),
        ),
    ]
