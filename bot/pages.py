"""The pages that people look at: the console, what is published for everybody, and the phone to try things on."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, redirect, request
from werkzeug.exceptions import SecurityError
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

from bot.console import register_console
from bot.console.blueprint import PREFIX
from bot.environment import LOOPBACK
from bot.phone import phone_routes
from bot.results.public import register_public
from bot.service import Service
from bot.webhooks import LONGEST_BODY
from storage.ids import LARGEST

HTTPS_ONLY = "max-age=31536000"
"""A year for which a browser goes to no page of ours but by https."""


class _Id(IntegerConverter):
    """A number in an address, as far as stores count."""

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=LARGEST)


def create_pages(service: Service) -> Flask:
    """The Flask application of the pages.

    Raises:
        RuntimeError: a page of the console does not say who may open it.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    app.config["TRUSTED_HOSTS"] = [urlsplit(service.settings.public_url).hostname or "", *LOOPBACK]
    app.url_map.converters["int"] = _Id
    _guard(app, https=service.settings.is_https)
    register_console(app, service)
    register_public(app, service)
    if service.settings.phone:
        app.register_blueprint(phone_routes(service))

    @app.get("/")
    def front() -> AnyResponse:
        """Whoever types only the address means the console."""
        return redirect(f"{PREFIX}/", 303)

    return app


def _guard(app: Flask, *, https: bool) -> None:
    """What holds for every page, whoever may open it."""

    @app.before_request
    def refuse_nul() -> None:
        """PostgreSQL keeps no NUL, and refuses to look for one."""
        if "\0" in request.path or any("\0" in value for _, value in request.args.items(multi=True)):
            abort(400)

    @app.after_request
    def stay_on_https(response: Response) -> Response:
        if https:  # by what is set up, and not by the request: only a proxy on this machine is believed there
            response.headers["Strict-Transport-Security"] = HTTPS_ONLY
        return response

    @app.errorhandler(SecurityError)
    def another_name(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
        """Whoever sets Sayso up and opens it by a name it was not told of reads what to do."""
        told = "Sayso does not go by this name. Open it by its PUBLIC_URL, or set PUBLIC_URL to this address.\n"
        return told, 400, {"Content-Type": "text/plain; charset=utf-8"}
