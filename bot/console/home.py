"""The first page after signing in: what needs a person first, then how the day goes and how Sayso is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console import alert_words
from bot.console.access import EVERYONE_IN, STAFF, allow, person
from bot.console.contact_pages import erase_person
from bot.console.group_pages import groups_of
from bot.console.language import say
from bot.marks import later
from bot.service import Service
from flows.run import microseconds
from flows.understanding.crisis import Danger
from storage.community import groups
from storage.conversations import given
from storage.sending import broadcasts, candidates
from storage.team import alerts, audit, overview
from storage.team.alerts import Alert
from storage.upkeep import heartbeats

STALE = 60 * 1_000_000
"""Microseconds without a sign of life after which a process is taken to be away."""
MOST_ALERTS, MOST_PUZZLES, MOST_BROADCASTS = 20, 5, 5
WEEK = timedelta(days=7)
AFTERWARDS = {
    "deleted": later("Under 16: delete all that is held of them"),
    "withheld": later("Under 16: keep it here, count and export nothing"),
    "kept": later("Not under 16: their answers count"),
}
"""What may become of what somebody wrote who said that they are under 16."""


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
                "waiting": [
                    (each, alert_words.what(each), alert_words.detail(service, each, g.language))
                    for each in (alerts.waiting(db, MOST_ALERTS) if staff else [])
                ],
                "of_a_child": is_of_a_child,
                "afterwards": AFTERWARDS,
                "waiting_count": alerts.count_waiting(db) if staff else 0,
                "running": broadcasts.unfinished(db, MOST_BROADCASTS) if staff else [],
                # How everybody's day goes is not for champions, and a group's own is too few people to show by the day.
                "answers": overview.answers_since(db, service.midnight(now)) if staff else 0,
                "texts": overview.texts_since(db, service.midnight(now)) if staff else 0,
                "begins": staff and not (groups.titles(db) and broadcasts.latest(db, 1)),
                "own": [] if staff else groups_of(db, person()),
                "puzzles": overview.puzzles_since(db, microseconds(now - WEEK), MOST_PUZZLES) if staff else [],
            }
            ways = candidates.closed_until(db)
        parts = _parts(service, beats, ways, at)
        return make_response(render_template("console/home.html", parts=parts, **page))

    @routes.post("/alerts/<int:alert_id>/settle")
    @allow(STAFF)
    def settle_alert(alert_id: int) -> AnyResponse:
        """Write down that somebody looked after it. Of a child's answers they must say what becomes of them."""
        now, words = microseconds(service.now()), request.form.get("words", "")
        with service.database.reading() as db:
            alert = alerts.get(db, alert_id)
        if alert is None:
            abort(404)
        if alert.times != request.form.get("times", alert.times, int):
            return _has_come_again()
        if not is_of_a_child(alert):
            words = ""
        elif words not in AFTERWARDS:
            abort(400)
        if words == "deleted" and alert.contact_id is not None:
            # First, and the alert goes with them: one that is still there says that they are, too.
            erase_person(service, alert.contact_id, AFTERWARDS[words])
        with service.database.transaction() as db:
            if not alerts.settle(db, alert, person().actor, now) and words != "deleted":
                return _has_come_again()
            audit.note(db, person().actor, "settled an alert", f"alert:{alert_id}", AFTERWARDS.get(words, ""), now)
            if words == "withheld" and alert.contact_id is not None:
                given.take_back_all(db, alert.contact_id)
        flash(say("Settled. The audit trail keeps that you looked after it."))
        final = words in ("deleted", "withheld")
        return redirect(url_for("console.home", settled=None if final else alert_id), 303)

    @routes.post("/alerts/<int:alert_id>/reopen")
    @allow(STAFF)
    def reopen_alert(alert_id: int) -> AnyResponse:
        now = microseconds(service.now())
        with service.database.transaction() as db:
            if not alerts.reopen(db, alert_id):
                abort(404)
            audit.note(db, person().actor, "reopened an alert", f"alert:{alert_id}", "", now)
        return redirect(url_for("console.home"), 303)


def _has_come_again() -> AnyResponse:
    """What somebody was about to settle is no longer what they saw."""
    flash(say("They have texted again meanwhile. Look once more before you settle it."))
    return redirect(url_for("console.home"), 303)


def is_of_a_child(alert: Alert) -> bool:
    """Whether somebody has said that they are under 16, where only older people take part."""
    return Danger.UNDER_16 in alert.detail.split(", ")


def _parts(service: Service, beats: Mapping[str, tuple[int, str]], ways: Mapping[str, int], now: int) -> list[Part]:
    """How store, queue, gateway, clock and workers stand. The store has just been read."""
    alive = {name: now - beats.get(name, (0, ""))[0] <= STALE for name in ("clock", "worker", "queue")}
    queue = alive["queue"] and beats["queue"][1] == "ok"
    closed = max(ways.values(), default=0) > now
    return [
        _part(
            say("Store"),
            not service.spool,
            say("It answers, and every text that came in is in it."),
            say("Some texts that came in wait on disk and are stored soon: nothing is lost."),
        ),
        _part(
            say("Queue"),
            queue,
            say("It answers."),
            say("It cannot be reached: residents are answered, but counts and prompts wait."),
        ),
        _part(
            say("Gateway"),
            not closed,
            say("Texts leave.") if service.settings.sends_texts else say("None is set up: no real phone is texted."),
            say("It is away, busy or refuses us: texts wait, and leave once it is back."),
        ),
        _part(
            say("Reminders and prompts"),
            alive["clock"],
            say("The clock runs."),
            say("The clock does not run: nothing leaves by itself."),
        ),
        _part(
            say("Counting and sending"),
            queue and alive["worker"],
            say("Workers are at it."),
            say("No worker is seen: residents are answered, but counts and prompts wait."),
        ),
    ]


def _part(name: str, well: bool, works: str, broken: str) -> Part:
    return Part(name, well, works if well else broken)
