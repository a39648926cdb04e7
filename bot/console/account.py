"""Somebody's own account: their password, their recovery codes, their language, and their other browsers."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from bot.console import passwords, sessions, throttle
from bot.console.access import ANYBODY, EVERYONE_IN, Person, allow, person
from bot.console.language import is_shipped, say
from bot.service import Service
from flows.run import microseconds
from storage.team import audit, users
from storage.team.users import User


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/account")
    @allow(EVERYONE_IN)
    def account() -> Response:
        return _page(service, person())

    @routes.post("/account/password")
    @allow(EVERYONE_IN)
    def change_password() -> AnyResponse:
        user = _own(service)
        new = request.form.get("password", "")
        if not _is_theirs(service, user, request.form.get("current", "")):
            return _page(service, person(), {"current": say("That is not your present password.")})
        if problem := passwords.password_problem(new, user.name):
            return _page(service, person(), {"password": say(problem)})
        now = microseconds(service.now())
        with service.database.transaction() as db:
            users.set_password(db, user.id, passwords.hash_password(new))
            users.end_other_sessions(db, user.id, None)
            audit.note(db, person().actor, "changed their password", person().actor, "", now)
        sessions.begin(service, user_id=user.id)
        flash(say("Your password is changed, and you are signed out everywhere else."))
        return redirect(url_for("console.account"), 303)

    @routes.post("/account/codes")
    @allow(EVERYONE_IN)
    def new_codes() -> AnyResponse:
        user = _own(service)
        if not _is_theirs(service, user, request.form.get("proof", "")):
            return _page(service, person(), {"proof": say("That is not your present password.")})
        codes = passwords.new_recovery_codes()
        with service.database.transaction() as db:
            hashes = [service.secrets.hash(passwords.plain_recovery_code(code)) for code in codes]
            users.replace_recovery_codes(db, user.id, hashes)
            audit.note(db, person().actor, "made new recovery codes", person().actor, "", microseconds(service.now()))
        return make_response(render_template("console/recovery_codes.html", codes=codes))

    @routes.post("/language")
    @allow(ANYBODY)
    def set_language() -> AnyResponse:
        code = request.form.get("language", "")
        if not is_shipped(code):
            abort(400)
        session["language"] = code
        who: Person | None = g.person
        if who is not None and who.user_id is not None:
            with service.database.transaction() as db:
                users.set_language(db, who.user_id, code)
        back = request.form.get("back", "")
        return redirect(back if sessions.is_own_page(back) else url_for("console.sign_in"), 303)


def _own(service: Service) -> User:
    """The user behind this request; a champion who signed in by phone has no password to change."""
    user_id = person().user_id
    with service.database.reading() as db:
        user = users.get(db, user_id) if user_id is not None else None
    if user is None:
        abort(404)
    return user


def _is_theirs(service: Service, user: User, password: str) -> bool:
    """Whether this is somebody's present password; wrong ones count as they do at the sign-in."""
    if not throttle.may_try_password(service, user.name):
        abort(429)
    right = passwords.password_matches(user.password_hash, password)
    if right:
        throttle.take_back_password(service, user.name)
    return right


def _page(service: Service, who: Person, problems: dict[str, str] | None = None) -> Response:
    left = 0
    if who.user_id is not None:
        with service.database.reading() as db:
            left = users.recovery_codes_left(db, who.user_id)
    page = render_template("console/account.html", who=who, codes_left=left, problems=problems or {})
    return make_response(page, 400 if problems else 200)
