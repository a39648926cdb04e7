"""Signing in: a name and a password, then a code from an authenticator app or a recovery code; and the invitation."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console import passwords, sessions, throttle
from bot.console.access import ANYBODY, EVERYONE_IN, allow
from bot.console.invitations import read_invitation
from bot.console.language import say
from bot.marks import later
from bot.service import Service
from flows.run import microseconds
from storage.team import audit, users
from storage.team.users import User

HALF_WAY = timedelta(minutes=10)
"""From the password to the second factor."""
_USER, _SINCE, _NEXT = "half", "half_at", "next"


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/sign-in")
    @allow(ANYBODY)
    def sign_in() -> Response:
        return _form("sign_in", next=_safe(request.args.get("next")))

    @routes.post("/sign-in")
    @allow(ANYBODY)
    def check_password() -> AnyResponse:
        name = request.form.get("name", "").strip()
        if not throttle.may_try_password(service, name):
            abort(429)
        with service.database.reading() as db:
            user = users.by_name(db, name)
        good = passwords.password_matches(user.password_hash if user else None, request.form.get("password", ""))
        if not good or user is None or not user.has_joined:
            # The same words and the same time for a wrong name and a wrong password: neither tells who is here.
            problem = say("That name and password do not go together. Please try again.")
            return _form("sign_in", 401, problems={"name": problem}, name=name, next=_safe(request.form.get("next")))
        throttle.take_back_password(service, name)
        _go_half_way(service, user, request.form.get("next"))
        return redirect(url_for("console.second_factor"), 303)

    @routes.get("/sign-in/code")
    @allow(ANYBODY)
    def second_factor() -> AnyResponse:
        return redirect(url_for("console.sign_in"), 303) if _half_way(service) is None else _form("second_factor")

    @routes.post("/sign-in/code")
    @allow(ANYBODY)
    def check_code() -> AnyResponse:
        user = _half_way(service)
        if user is None:
            return redirect(url_for("console.sign_in"), 303)
        if not throttle.may_try(service, "code", str(user.id)):
            abort(429)
        if not _code_is_right(service, user, request.form.get("code", "")):
            problem = say("That code is not right, or it was used already. Wait for the next one and try again.")
            return _form("second_factor", 401, problems={"code": problem})
        throttle.take_back(service, "code", str(user.id))
        following = _safe(session.get(_NEXT))
        sessions.begin(service, user_id=user.id)
        _note(service, user, later("signed in"))
        return redirect(following or url_for("console.home"), 303)

    @routes.post("/sign-out")
    @allow(EVERYONE_IN)
    def sign_out() -> AnyResponse:
        sessions.end(service)
        flash(say("You are signed out."))
        return redirect(url_for("console.sign_in"), 303)

    @routes.get("/welcome/<token>")
    @allow(ANYBODY)
    def welcome(token: str) -> Response:
        user = read_invitation(service, token)
        return _form("invitation_over", 410) if user is None else _form("welcome", user=user)

    @routes.post("/welcome/<token>")
    @allow(ANYBODY)
    def accept(token: str) -> AnyResponse:
        user = read_invitation(service, token)
        if user is None:
            return _form("invitation_over", 410)
        password = request.form.get("password", "")
        problem = passwords.password_problem(password, user.name)
        if problem is None and password != request.form.get("again", ""):
            problem = say("The two passwords are not the same.")
        if problem is not None:
            return _form("welcome", 400, user=user, problems={"password": say(problem)})
        secret = passwords.new_totp_secret()
        with service.database.transaction() as db:
            users.set_credentials(db, user.id, passwords.hash_password(password), service.secrets.seal(secret.encode()))
        return redirect(url_for("console.enrol", token=token), 303)

    @routes.get("/welcome/<token>/code")
    @allow(ANYBODY)
    def enrol(token: str) -> AnyResponse:
        user = read_invitation(service, token)
        if user is None or user.totp is None:
            return redirect(url_for("console.welcome", token=token), 303)
        return _enrol_form(user, user.totp)

    @routes.post("/welcome/<token>/code")
    @allow(ANYBODY)
    def check_enrolment(token: str) -> AnyResponse:
        user = read_invitation(service, token)
        if user is None or user.totp is None:
            return redirect(url_for("console.welcome", token=token), 303)
        if not throttle.may_try(service, "code", str(user.id)):
            abort(429)
        secret = service.secrets.unseal(user.totp).decode()
        step = passwords.accepted_step(secret, request.form.get("code", ""), service.now(), 0)
        if step is None:
            problem = say("That code is not right. Wait for the next one and try again.")
            return _enrol_form(user, user.totp, {"code": problem})
        throttle.take_back(service, "code", str(user.id))
        codes = passwords.new_recovery_codes()
        hashes = [service.secrets.hash(passwords.plain_recovery_code(code)) for code in codes]
        now = microseconds(service.now())
        with service.database.transaction() as db:
            if not users.join(db, user.id, step, hashes, now):
                return _form("invitation_over", 410)
            audit.note(db, f"user:{user.id}", "joined", f"user:{user.id}", "", now)
        sessions.begin(service, user_id=user.id)
        return _form("recovery_codes", codes=codes)

    def _enrol_form(user: User, totp: bytes, problems: dict[str, str] | None = None) -> Response:
        secret = service.secrets.unseal(totp).decode()
        drawn = passwords.enrolment(secret, user.name, service.settings.organisation)
        return _form("enrol", 400 if problems else 200, enrolment=drawn, problems=problems or {})


def _form(page: str, status: int = 200, **values: object) -> Response:
    values.setdefault("problems", {})
    return make_response(render_template(f"console/{page}.html", **values), status)


def _go_half_way(service: Service, user: User, following: object) -> None:
    sessions.end(service)
    session[_USER], session[_SINCE], session[_NEXT] = user.id, service.now().timestamp(), _safe(following)


def _half_way(service: Service) -> User | None:
    """Who has given their password at this browser within the last minutes."""
    user_id, since = session.get(_USER), session.get(_SINCE)
    if not isinstance(user_id, int) or not isinstance(since, float):
        return None
    if not 0 <= service.now().timestamp() - since <= HALF_WAY.total_seconds():
        return None
    with service.database.reading() as db:
        return users.get(db, user_id)


def _code_is_right(service: Service, user: User, code: str) -> bool:
    """Check a code and use it up: of two requests with the same code one wins."""
    now = microseconds(service.now())
    if user.totp is not None:
        secret = service.secrets.unseal(user.totp).decode()
        step = passwords.accepted_step(secret, code, service.now(), user.totp_step)
        if step is not None:
            with service.database.transaction() as db:
                return users.use_totp_step(db, user.id, step)
    plain = passwords.plain_recovery_code(code)
    if len(plain) != 10:
        return False
    with service.database.transaction() as db:
        return users.use_recovery_code(db, user.id, service.secrets.hash(plain), now)


def _note(service: Service, user: User, what: str) -> None:
    with service.database.transaction() as db:
        audit.note(db, f"user:{user.id}", what, f"user:{user.id}", "", microseconds(service.now()))


def _safe(target: object) -> str | None:
    return target if isinstance(target, str) and sessions.is_own_page(target) else None
