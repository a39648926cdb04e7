"""The pages that people look at: the console, what is published for everybody, and the phone to try things on."""

from __future__ import annotations

from flask import Flask, redirect
from werkzeug.wrappers import Response

from bot.console import register_console
from bot.console.blueprint import PREFIX
from bot.phone import phone_routes
from bot.results.public import register_public
from bot.service import Service
from bot.webhooks import LONGEST_BODY


def create_pages(service: Service) -> Flask:
    """The Flask application of the pages.

    Raises:
        RuntimeError: a page of the console does not say who may open it.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    register_console(app, service)
    register_public(app, service)
    if service.settings.phone:
        app.register_blueprint(phone_routes(service))

    @app.get("/")
    def front() -> Response:
        """Whoever types only the address means the console."""
        return redirect(f"{PREFIX}/", 303)

    return app
