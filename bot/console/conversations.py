"""Conversations: who wrote lately, and one person's thread. Every look says why, and is in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.broadcasts.prices import pounds
from bot.console import looks
from bot.console.access import STAFF, allow, asks_again_by_itself, person
from bot.console.language import explain, say
from bot.console.looks import ask_why, code_name, may_look, only_after_a_look
from bot.console.once import mark_of_request
from bot.console.paging import place
from bot.conversations.manual import ManualReplyError, hand_back, reply_by_hand, take_over
from bot.marks import later
from bot.service import Service
from flows.text import clean, segments, smart
from storage.conversations import threads
from storage.messages import Status

PAGE = 40
STATUSES = {
    Status.QUEUED: later("waits"),
    Status.SENDING: later("is being sent"),
    Status.AMBIGUOUS: later("may have left"),
    Status.SENT: later("sent"),
    Status.UNKNOWN: later("may have arrived"),
    Status.CANCELLED: later("called off"),
    Status.FAILED: later("could not be sent"),
    Status.UNDELIVERED: later("did not arrive"),
    Status.DELIVERED: later("arrived"),
    Status.READ: later("read"),
}
"""How a text of ours stands, as a coordinator reads it."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text of the thread, and how it stands."""

    body: str
    ours: bool
    at: int
    status: str
    cost: str


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/conversations")
    @allow(STAFF)
    def conversations() -> Response:
        with service.database.reading() as db:
            rows = threads.lately(db, place(), PAGE + 1)
        older = rows[PAGE - 1].message_id if len(rows) > PAGE else None
        page = render_template(
            "console/conversations.html", rows=rows[:PAGE], older=older, name=lambda number: code_name(service, number)
        )
        return make_response(page)

    @routes.get("/conversations/<int:contact_id>")
    @allow(STAFF)
    def conversation(contact_id: int) -> Response:
        with service.database.reading() as db:
            if threads.person(db, contact_id) is None:
                abort(404)
        if not may_look(service, contact_id, "conversation"):
            if asks_again_by_itself():
                return Response(status=204)  # the thread stays as it is, and whoever goes on says why once more
            return ask_why(service, contact_id, "conversation")
        return _thread(service, contact_id, place())

    @routes.post("/conversations/<int:contact_id>/look")
    @allow(STAFF)
    def look(contact_id: int) -> AnyResponse:
        what = request.form.get("what", "conversation")
        with service.database.transaction() as db:
            if threads.person(db, contact_id) is None:
                abort(404)
            looks.begin(service, db, contact_id, what, request.form.get("reason", ""))
        return redirect(url_for(f"console.{what}", contact_id=contact_id), 303)

    @routes.post("/conversations/<int:contact_id>/take-over")
    @allow(STAFF)
    def take_over_conversation(contact_id: int) -> AnyResponse:
        only_after_a_look(service, contact_id)
        take_over(service, contact_id, person().actor)
        flash(say("You answer now. The flow waits until you hand the conversation back."))
        return redirect(url_for("console.conversation", contact_id=contact_id), 303)

    @routes.post("/conversations/<int:contact_id>/reply")
    @allow(STAFF)
    def reply(contact_id: int) -> AnyResponse:
        only_after_a_look(service, contact_id)
        text = clean(request.form.get("text", "")).strip()
        if request.form.get("act") == "count":
            return _thread(service, contact_id, None, text)
        try:
            waits = reply_by_hand(service, contact_id, text, person().actor, mark_of_request(service))
        except ManualReplyError as error:
            flash(explain(error))
            return _thread(service, contact_id, None, text, 400)
        if waits:
            flash(
                say("Nobody has texted from there for months. We ask whose number it is, and your text follows a YES.")
            )
        else:
            flash(say("Your text is on its way."))
        return redirect(url_for("console.conversation", contact_id=contact_id), 303)

    @routes.post("/conversations/<int:contact_id>/hand-back")
    @allow(STAFF)
    def hand_back_conversation(contact_id: int) -> AnyResponse:
        only_after_a_look(service, contact_id)
        try:
            asked = hand_back(service, contact_id, person().actor)
        except ManualReplyError as error:
            flash(explain(error))
        else:
            again = say("Handed back. The question that waits is asked again.")
            flash(again if asked else say("Handed back: the flows answer again."))
        return redirect(url_for("console.conversation", contact_id=contact_id), 303)

    @routes.post("/conversations/cost")
    @allow(STAFF)
    def cost_of_text() -> Response:
        """How many SMS a text takes and what each person costs, for the counter below the box."""
        return make_response(_cost(service, clean(request.form.get("text", "")).strip(), "sms"))


def _thread(service: Service, contact_id: int, before: int | None, draft: str = "", status: int = 200) -> Response:
    """The page of a conversation; `draft` is a reply that has not been sent."""
    with service.database.reading() as db:
        who = threads.person(db, contact_id)
        if who is None:
            abort(404)
        lines = threads.lines(db, contact_id, before, PAGE + 1)
    page = render_template(
        "console/conversation.html",
        who=who,
        name=code_name(service, contact_id),
        bubbles=[_bubble(line) for line in lines[-PAGE:]],
        older=lines[1].id if len(lines) > PAGE else None,
        mine=who.held_by == person().actor,
        draft=draft,
        cost=_cost(service, draft, who.channel) if draft else "",
    )
    return make_response(page, status)


def _cost(service: Service, text: str, channel: str) -> str:
    """Segments and price of one text, in words; a number's country may make it dearer."""
    settings = service.settings
    count, price = settings.prices.of(channel, settings.region, smart(text) if channel == "sms" else text)
    if channel != "sms":
        return say("About {price}", price=pounds(price))
    return say("{count} SMS, about {price} a person", count=count, price=pounds(price))


def _bubble(line: threads.Line) -> Bubble:
    cost = say("{count} SMS", count=segments(line.body).count) if line.channel == "sms" else ""
    ours = line.direction == "out"
    status = say(STATUSES[Status(line.status)]) if ours else ""
    return Bubble(line.body, ours, line.at, status, cost)
