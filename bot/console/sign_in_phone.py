"""A champion signs in with their phone: a code by text, six digits, ten minutes, five tries."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console import passwords, sessions, throttle
from bot.console.access import ANYBODY, allow
from bot.console.language import explain, say
from bot.conversations.doubts import SILENCE
from bot.people import numbers
from bot.service import Service
from flows.due import span
from flows.run import microseconds
from flows.text import smart
from storage import messages
from storage.community import groups
from storage.team import audit, users

LASTS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = 3
"""Codes to one number within fifteen minutes: each costs a text, and rings somebody's phone."""
_NUMBER = "phone"


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/sign-in/phone")
    @allow(ANYBODY)
    def phone_sign_in() -> Response:
        return _form("phone_sign_in")

    @routes.post("/sign-in/phone")
    @allow(ANYBODY)
    def send_phone_code() -> AnyResponse:
        settings = service.settings
        try:
            number = numbers.e164(request.form.get("number", ""), settings.region, settings.countries)
        except numbers.NumberError as error:
            return _form("phone_sign_in", 400, problems={"number": explain(error)})
        if not throttle.may_try(service, "phone code", number, MOST_CODES):
            abort(429)
        # The number waits in the signed cookie, not in the page's address.
        session[_NUMBER] = number
        code = passwords.new_phone_code()
        text = say("Your code to sign in is {code}. It works for 10 minutes. Tell it to nobody.", code=code)
        answer = redirect(url_for("console.phone_code"), 303)
        # After the answer has left: its time must not tell whose number is a champion's.
        answer.call_on_close(lambda: _send(service, f"sms:{number}", code, text))
        return answer

    @routes.get("/sign-in/phone/code")
    @allow(ANYBODY)
    def phone_code() -> AnyResponse:
        return _form("phone_code") if _NUMBER in session else redirect(url_for("console.phone_sign_in"), 303)

    @routes.post("/sign-in/phone/code")
    @allow(ANYBODY)
    def check_phone_code() -> AnyResponse:
        number = session.get(_NUMBER)
        if not isinstance(number, str):
            return redirect(url_for("console.phone_sign_in"), 303)
        if not throttle.may_try(service, "phone try", number, 2 * MOST_TRIES):
            abort(429)
        address = f"sms:{number}"
        now = microseconds(service.now())
        hashed = _hash(service, address, "".join(request.form.get("code", "").split()))
        with service.database.transaction() as db:
            contact_id = users.try_phone_code(db, service.secrets.hash(address), hashed, now, MOST_TRIES)
            if contact_id is not None:
                audit.note(db, f"contact:{contact_id}", "signed in by phone", f"contact:{contact_id}", "", now)
        if contact_id is None:
            problem = say("That code is not right, or its ten minutes are over.")
            return _form("phone_code", 401, problems={"code": problem})
        throttle.take_back(service, "phone try", number)
        sessions.begin(service, contact_id=contact_id)
        return redirect(url_for("console.home"), 303)


def _send(service: Service, address: str, code: str, text: str) -> None:
    """Text a code to a champion; nothing to anybody else, nor to a number that may be somebody else's by now."""
    now = microseconds(service.now())
    key = service.secrets.hash(address)
    with service.database.transaction() as db:
        champion = groups.champion_at(db, key, now - span(SILENCE))
        if champion is None:
            return
        expires_at = now + int(LASTS.total_seconds() * 1_000_000)
        users.keep_phone_code(db, key, champion, _hash(service, address, code), expires_at)
        messages.queue(db, [messages.Waiting(champion, "sms", smart(text), messages.CODE, now)])


def _hash(service: Service, address: str, code: str) -> bytes:
    return service.secrets.hash(f"sign in {address} {code}")


def _form(name: str, status: int = 200, **values: object) -> Response:
    values.setdefault("problems", {})
    return make_response(render_template(f"console/{name}.html", **values), status)
