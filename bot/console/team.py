"""The team: who may sign in, as what; inviting, changing a role, taking somebody off."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.access import ADMINISTRATORS, ROLE_WORDS, STAFF, Role, allow, person
from bot.console.invitations import invite
from bot.console.language import say
from bot.service import Service
from flows.run import microseconds
from storage.team import audit, users
from storage.team.users import NameTakenError

LONGEST_NAME = 60


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/team")
    @allow(STAFF)
    def team() -> Response:
        return _page(service)

    @routes.post("/team/invite")
    @allow(ADMINISTRATORS)
    def invite_somebody() -> AnyResponse:
        name, role = " ".join(request.form.get("name", "").split()), request.form.get("role", "")
        if not 0 < len(name) <= LONGEST_NAME:
            return _page(service, {"name": say("Give a name of up to 60 letters.")})
        if role not in STAFF:
            return _page(service, {"role": say("Choose what they may do.")}, name=name)
        try:
            link = invite(service, name, Role(role), person().actor)
        except NameTakenError:
            return _page(service, {"name": say("Somebody of this name is on the team already.")}, name=name)
        return make_response(render_template("console/invited.html", name=name, link=link))

    @routes.post("/team/<int:user_id>/role")
    @allow(ADMINISTRATORS)
    def change_role(user_id: int) -> AnyResponse:
        role = request.form.get("role", "")
        if role not in STAFF:
            abort(400)
        with service.database.transaction() as db:
            user = users.get(db, user_id)
            if user is None or user.removed_at is not None:
                abort(404)
            if not users.set_role(db, user_id, role):
                return _last_one()
            now, as_what = microseconds(service.now()), ROLE_WORDS[Role(role)]
            audit.note(db, person().actor, "gave a role", f"user:{user_id}", as_what, now)
        flash(say("{name} is now {role}.", name=user.name, role=say(ROLE_WORDS[Role(role)])))
        return redirect(url_for("console.team"), 303)

    @routes.get("/team/<int:user_id>/remove")
    @allow(ADMINISTRATORS)
    def ask_to_remove(user_id: int) -> Response:
        with service.database.reading() as db:
            user = users.get(db, user_id)
        if user is None or user.removed_at is not None:
            abort(404)
        return make_response(render_template("console/remove_user.html", user=user))

    @routes.post("/team/<int:user_id>/remove")
    @allow(ADMINISTRATORS)
    def remove_somebody(user_id: int) -> AnyResponse:
        now = microseconds(service.now())
        with service.database.transaction() as db:
            user = users.get(db, user_id)
            if user is None or user.removed_at is not None:
                abort(404)
            if not users.remove(db, user_id, now):
                return _last_one()
            audit.note(db, person().actor, "took off the team", f"user:{user_id}", "", now)
        flash(say("{name} is off the team. An invitation brings them back.", name=user.name))
        return redirect(url_for("console.team"), 303)


def _last_one() -> AnyResponse:
    flash(say("There must be one administrator: make somebody else one first."))
    return redirect(url_for("console.team"), 303)


def _page(service: Service, problems: dict[str, str] | None = None, name: str = "") -> Response:
    with service.database.reading() as db:
        everybody = users.everybody(db)
    page = render_template(
        "console/team.html",
        team=everybody,
        problems=problems or {},
        name=name,
        may_change=person().role in ADMINISTRATORS,
    )
    return make_response(page, 400 if problems else 200)
