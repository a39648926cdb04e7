"""Puts the console into the web service: its pages, who may open them, its session, its language, its errors."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    abort,
    g,
    make_response,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from bot.broadcasts.prices import pounds
from bot.console import (
    account,
    audit_trail,
    broadcast_pages,
    contact_pages,
    conversations,
    export_pages,
    flow_pages,
    group_pages,
    home,
    import_pages,
    results,
    sign_in,
    sign_in_phone,
    sorting_pages,
    team,
    throttle,
)
from bot.console.access import (
    ANYBODY,
    EVERYONE_IN,
    ROLE_WORDS,
    STAFF,
    Person,
    Role,
    allow,
    guard,
    largest_form,
    unclassified,
)
from bot.console.dates import Calendar, day_in_words
from bot.console.headers import harden
from bot.console.language import LANGUAGES, direction, language_in_words, language_of_request, marked, say
from bot.console.once import new_mark
from bot.console.sessions import person_of_request
from bot.console.shelf import question_of, title_of
from bot.logs import log
from bot.marks import later
from bot.phone.numbers import CHANNELS
from bot.service import Service
from flows.run import microseconds
from storage.database import StoreUnavailableError

LONGEST_SESSION = timedelta(hours=12)
MOMENT = 60 * 1_000_000
"""Microseconds that nobody counts."""
PAGES = (
    home,
    sign_in,
    sign_in_phone,
    account,
    results,
    sorting_pages,
    flow_pages,
    conversations,
    contact_pages,
    import_pages,
    group_pages,
    broadcast_pages,
    export_pages,
    team,
    audit_trail,
)
"""Modules with an `add_pages(routes, service)` each."""

PREFIX = "/console"

NAVIGATION: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("console.home", later("Home"), frozenset()),
    ("console.all_results", later("Results"), EVERYONE_IN),
    ("console.conversations", later("Conversations"), STAFF),
    ("console.all_contacts", later("People"), STAFF),
    ("console.all_groups", later("Groups"), EVERYONE_IN),
    ("console.all_broadcasts", later("Broadcasts"), STAFF),
    ("console.flows", later("Flows"), STAFF),
    ("console.exports", later("Exports"), STAFF),
    ("console.audit_trail", later("Audit trail"), STAFF),
    ("console.settings_check", later("Settings"), STAFF),
    ("console.team", later("Team"), STAFF),
)
"""Endpoint, words, and for whom; an empty set is everybody who is signed in."""


class _ConsoleSessions(SecureCookieSessionInterface):
    """Sessions for the console alone: what Twilio posts carries none, and looking for one costs each text its time."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a page of the console; none for the rest."""
        return super().open_session(app, request) if request.path.startswith(PREFIX) else None


def register_console(app: Flask, service: Service) -> None:
    """Add the console to the web service.

    Raises:
        RuntimeError: a route of the console does not say who may open it.
    """
    https = service.settings.is_https
    app.secret_key = service.secrets.derived("console session")
    app.config.update(
        # The prefix binds the cookie to this host and to https; on plain http it would never be kept.
        SESSION_COOKIE_NAME="__Host-sayso" if https else "sayso",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST_SESSION,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = _ConsoleSessions()
    protect = CSRFProtect(app)
    routes = Blueprint(
        "console",
        __name__,
        url_prefix=PREFIX,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )

    @routes.before_request
    def enter() -> AnyResponse | None:
        if request.endpoint == "console.static":
            return None
        if request.endpoint is not None and (largest := largest_form(app, request.endpoint)) is not None:
            request.max_content_length = largest  # before the form is read for its token
        g.person = person_of_request(service)
        g.language = language_of_request(g.person)
        if request.method == "POST":
            protect.protect()
            if any("\0" in value for _, value in request.form.items(multi=True)):
                abort(400)  # PostgreSQL keeps none
        return guard(app)

    calendar = Calendar(service.settings.timezone)
    routes.app_template_filter("day")(lambda at: calendar.day(at, g.language))
    routes.app_template_filter("moment")(lambda at: calendar.moment(at, g.language))
    routes.app_template_filter("ago")(lambda at: _ago(service, calendar, at))
    routes.app_template_filter("tongue")(lambda code: language_in_words(code, g.language))
    routes.app_template_filter("pounds")(pounds)
    routes.app_template_filter("marked")(marked)
    routes.app_template_filter("machine")(calendar.machine)
    routes.app_template_filter("date")(lambda day: day_in_words(day, g.language))
    routes.app_template_filter("way")(lambda channel: CHANNELS.get(channel, channel))
    routes.app_template_filter("title_of")(lambda name: title_of(service, name))
    routes.app_template_filter("question_of")(lambda node, flow: question_of(service, flow, node))
    routes.after_request(harden)
    routes.context_processor(lambda: _surroundings(service))
    _add_errors(routes)

    @routes.get("/<path:rest>")
    @allow(ANYBODY)
    def no_such_page(rest: str) -> Response:  # noqa: ARG001 -- Flask gives what the rule names
        """Last of all: an address that is none gets a page in the reader's language, as every mistake does."""
        abort(404)

    for pages in PAGES:
        pages.add_pages(routes, service)
    app.register_blueprint(routes)
    app.view_functions["console.static"].__dict__["allowed"] = frozenset()
    if left := unclassified(app, routes):
        raise RuntimeError(f"These pages do not say who may open them: {', '.join(left)}.")


def _ago(service: Service, calendar: Calendar, at: int) -> str:
    now = microseconds(service.now())
    return say("just now") if abs(now - at) < MOMENT else calendar.ago(at, now, g.language)


def _surroundings(service: Service) -> dict[str, object]:
    """What every page shows around its content."""
    who: Person | None = g.get("person")
    language: str = g.get("language", "en")
    items = [
        {"href": url_for(endpoint), "words": say(words), "here": _here(endpoint)}
        for endpoint, words, roles in NAVIGATION
        if who is not None and (not roles or who.role in roles)
    ]
    return {
        "_": say,
        "language": language,
        "direction": direction(language),
        "languages": LANGUAGES,
        "service_name": service.settings.organisation,
        "signed_in": who,
        "navigation": items,
        "role_words": ROLE_WORDS,
        "role_options": [(role, say(words)) for role, words in ROLE_WORDS.items() if role in STAFF],
        "new_mark": new_mark,
        "static": lambda name: url_for("console.static", filename=name),
    }


def _here(endpoint: str) -> str:
    """Whether this is the page of an item of the navigation, or one of those below it: the value of `aria-current`."""
    if request.endpoint == endpoint:
        return "page"
    return "true" if endpoint != "console.home" and request.path.startswith(f"{url_for(endpoint)}/") else ""


def _add_errors(routes: Blueprint) -> None:
    @routes.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> Response:
        return _problem(400, say("This page was open for too long. Please go back, load it again and try once more."))

    @routes.errorhandler(StoreUnavailableError)
    def away(_error: StoreUnavailableError) -> Response:
        return _problem(503, say("The store is out of reach. Residents' texts are kept. Please try again soon."))

    @routes.errorhandler(HTTPException)
    def expected(error: HTTPException) -> Response:
        words = {
            400: say("We did not understand what this page asked for."),
            403: say("This page is not for your role. Ask an administrator if you need it."),
            404: say("There is no such page, or it is not yours to see."),
            405: say("That cannot be done here."),
            413: say("That is too large."),
            429: say("Too many tries. Please wait fifteen minutes."),
        }
        code = error.code or 500
        return _problem(code, words.get(code, say("Something went wrong.")))

    @routes.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.failure("page failed", error, page=request.endpoint, reference=reference)
        return _problem(500, say("Something went wrong on our side. It is noted as {reference}.", reference=reference))


def _problem(code: int, words: str) -> Response:
    session.modified = False
    response = make_response(render_template("console/problem.html", words=words), code)
    if code == 429:
        response.headers["Retry-After"] = str(throttle.WINDOW // 1_000_000)
    return response
