"""Groups: how many are in each, its word, who looks after it, and its people by code name. Champions see their own."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.access import EVERYONE_IN, STAFF, Person, allow, person
from bot.console.contact_pages import needs_of, shown_name
from bot.console.language import explain, say
from bot.console.paging import place
from bot.marks import later
from bot.people import grouping
from bot.people.grouping import GroupsError
from bot.people.numbers import NumberError
from bot.service import Service
from flows.run import microseconds
from flows.text import clean
from storage.community import groups, people
from storage.community.groups import Group
from storage.database import Connection
from storage.team import audit

PAGE = 50


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/groups")
    @allow(EVERYONE_IN)
    def all_groups() -> Response:
        return _list(service)

    @routes.post("/groups")
    @allow(STAFF)
    def make_group() -> AnyResponse:
        name = _written("name").lower()
        try:
            keyword = grouping.make(service, name, _written("title"), _written("keyword"))
        except GroupsError as error:
            return _list(service, {"name": explain(error)})
        _note(service, later("made a group"), name)
        flash(say("The group is made. People join by texting {word}.", word=keyword.upper()))
        return redirect(url_for("console.group", name=name), 303)

    @routes.get("/groups/<name>")
    @allow(EVERYONE_IN)
    def group(name: str) -> Response:
        return _page(service, name)

    @routes.post("/groups/<name>")
    @allow(STAFF)
    def change_group(name: str) -> AnyResponse:
        try:
            keyword = grouping.change(service, name, _written("title"), _written("keyword"))
        except GroupsError as error:
            return _page(service, name, {"keyword": explain(error)})
        _note(service, later("changed a group"), name)
        flash(say("Kept. People join by texting {word}.", word=keyword.upper()))
        return redirect(url_for("console.group", name=name), 303)

    @routes.post("/groups/<name>/champions")
    @allow(STAFF)
    def appoint_champion(name: str) -> AnyResponse:
        try:
            called = _written("first_name"), _written("initials")
            appointed = grouping.appoint(service, name, _written("number"), *called)
        except NumberError as error:
            return _page(service, name, {"number": explain(error)})
        except GroupsError as error:
            return _page(service, name, {"initials": explain(error)})
        _note(service, later("appointed a champion"), name, f"contact:{appointed.contact_id}")
        flash(say("They look after this group now. They can text HELP to see what to text."))
        if appointed.asked:
            flash(
                say("They have not said yes to texts from us yet: one text asks them, and nothing else leaves before.")
            )
        return redirect(url_for("console.group", name=name), 303)

    @routes.get("/groups/<name>/champions/<int:champion_id>/dismiss")
    @allow(STAFF)
    def ask_to_dismiss(name: str, champion_id: int) -> Response:
        with service.database.reading() as db:
            found = groups.get(db, name)
            champion = next((each for each in groups.looking_after(db, name) if each.contact_id == champion_id), None)
        if found is None or champion is None:
            abort(404)
        called = champion.attributes.get("first_name") or shown_name(service, champion_id, champion.attributes)
        return make_response(render_template("console/dismiss.html", group=found, name=called))

    @routes.post("/groups/<name>/champions/<int:champion_id>/dismiss")
    @allow(STAFF)
    def dismiss_champion(name: str, champion_id: int) -> AnyResponse:
        with service.database.transaction() as db:
            if not groups.dismiss(db, champion_id, name):
                abort(404)
        _note(service, later("dismissed a champion"), name, f"contact:{champion_id}")
        flash(say("They look after this group no more. To undo it, type their number again."))
        return redirect(url_for("console.group", name=name), 303)

    @routes.get("/champions")
    @allow(STAFF)
    def all_champions() -> Response:
        after = place("after") or 0
        with service.database.reading() as db:
            rows = people.leaders(db, after, PAGE + 1)
        page = render_template(
            "console/champions.html",
            rows=rows[:PAGE],
            following=rows[PAGE - 1].who.id if len(rows) > PAGE else None,
            name=lambda who: shown_name(service, who.id, who.attributes),
        )
        return make_response(page)


def groups_of(db: Connection, who: Person) -> list[Group]:
    """The groups somebody may see: all, or those a champion looks after."""
    if who.is_staff:
        return groups.every(db)
    return groups.of_champion(db, who.contact_id) if who.contact_id is not None else []


def _written(name: str) -> str:
    return " ".join(clean(request.form.get(name, "")).split())


def _note(service: Service, action: str, name: str, target: str = "") -> None:
    with service.database.transaction() as db:
        reason = f"group:{name}" if target else ""
        audit.note(db, person().actor, action, target or f"group:{name}", reason, microseconds(service.now()))


def _list(service: Service, problems: Mapping[str, str] | None = None) -> Response:
    with service.database.reading() as db:
        rows = groups_of(db, person())
    page = render_template("console/groups.html", rows=rows, problems=problems or {}, given=request.form)
    return make_response(page, 400 if problems else 200)


def _page(service: Service, name: str, problems: Mapping[str, str] | None = None) -> Response:
    who = person()
    after = place("after") or 0
    with service.database.reading() as db:
        found = groups.get(db, name)
        if found is None or (not who.is_staff and name not in {own.name for own in groups_of(db, who)}):
            abort(404)
        # Champions get counts, never people.
        members = groups.members_page(db, name, after, PAGE + 1) if who.is_staff else []
        champions = groups.looking_after(db, name) if who.is_staff else []
    page = render_template(
        "console/group.html",
        group=found,
        people=members[:PAGE],
        following=members[PAGE - 1].contact_id if len(members) > PAGE else None,
        champions=champions,
        name=lambda member: shown_name(service, member.contact_id, member.attributes),
        needs=needs_of,
        phone=service.settings.phone and who.is_staff,
        problems=problems or {},
        given=request.form,
    )
    return make_response(page, 400 if problems else 200)
