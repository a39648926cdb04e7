"""The phone's routes: the page, a text sent, the thread asked for again, and the page's two files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, make_response, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from bot.channels import Inbound
from bot.conversations.exchange import Reply
from bot.conversations.turn import take_turn
from bot.phone.guard import harden, refusal
from bot.phone.numbers import CHANNELS, PHONES, drama_number, shown
from bot.phone.thread import Bubble, cost, read_thread
from bot.service import Service
from flows.text import clean
from storage.database import StoreUnavailableError
from storage.ids import new_id

FOLDER = Path(__file__).parent
COOKIE = "sayso_phone"
"""Remembers which phone is on the table: numbers stay out of addresses, where logs and histories would keep them."""
LONGEST_TEXT = 1600
NOT_DRAMA = "Only 07700 900000 to 07700 900999 can be played with: they ring nowhere."
AWAY = "The store is out of reach, so nothing can be shown or kept. Your text is still in the box: try again soon."


@dataclass(frozen=True, slots=True)
class Phone:
    """The phone on the table: a drama number and the way its texts travel."""

    number: str
    channel: str

    @property
    def address(self) -> str:
        """How the service knows this phone."""
        return f"{self.channel}:{self.number}"

    @property
    def shown(self) -> str:
        """Its number as people write it."""
        return shown(self.number)


def phone_routes(service: Service) -> Blueprint:
    """Everything under `/phone`."""
    routes = Blueprint("phone", __name__, url_prefix="/phone", template_folder=".")

    @routes.before_request
    def keep_others_out() -> tuple[str, int] | None:
        why = refusal(request, service.settings)
        return (f"{why}\n", 403) if why else None

    routes.after_request(harden)

    @routes.get("")
    def page() -> Response:
        return _page(service, _remembered())

    @routes.post("/open")
    def open_phone() -> AnyResponse:
        phone = _asked_for()
        if phone is None:
            return _page(service, _remembered(), NOT_DRAMA)
        return _remember(phone)

    @routes.post("/send")
    def send() -> AnyResponse:
        phone = _asked_for()
        text = clean(request.form.get("text", ""))
        if phone is None or len(text) > LONGEST_TEXT:
            return make_response("This text cannot be sent from here.\n", 400)
        try:
            reply = take_turn(service, _inbound(service, phone, text)) if text.strip() else Reply()
        except StoreUnavailableError:
            return _away(service, phone, text)
        return _thread(service, phone, reply) if _by_script() else _remember(phone)

    @routes.post("/thread")
    def thread() -> AnyResponse:
        phone = _asked_for()
        return make_response("There is no such phone.\n", 400) if phone is None else _thread(service, phone)

    @routes.get("/phone.<any(css, js):kind>")
    def file(kind: str) -> Response:
        return send_from_directory(FOLDER, f"phone.{kind}")

    return routes


def _remembered() -> Phone:
    number, _, channel = request.cookies.get(COOKIE, "").partition(" ")
    return _phone(number, channel) or Phone(PHONES[0], "sms")


def _asked_for() -> Phone | None:
    return _phone(
        request.form.get("other", "").strip() or request.form.get("number", ""), request.form.get("channel", "")
    )


def _phone(number: str, channel: str) -> Phone | None:
    known = drama_number(number)
    return Phone(known, channel) if known and channel in CHANNELS else None


def _by_script() -> bool:
    return request.headers.get("X-Requested-With") == "phone"


def _inbound(service: Service, phone: Phone, text: str) -> Inbound:
    # The page makes the token before it sends: a second click, or a try again, is the same text to the service.
    token = request.form.get("token", "")
    if not (token.isascii() and token.isalnum() and 16 <= len(token) <= 64):
        token = secrets.token_hex(16)
    return Inbound(
        provider_id=f"phone{token}",
        address=phone.address,
        channel=phone.channel,
        gateway="simulator",
        body=text,
        raw=None,
        media=0,
        opt_out=None,
        received_at=service.now(),
        confirms_stop=False,
    )


def _page(service: Service, phone: Phone, problem: str = "", status: int = 200, text: str = "") -> Response:
    try:
        bubbles = read_thread(service, phone.address, phone.channel)
    except StoreUnavailableError:
        bubbles, problem, status = [], AWAY, 503
    html = render_template(
        "phone.html",
        phone=phone,
        phones=[Phone(number, phone.channel) for number in dict.fromkeys((*PHONES, phone.number))],
        channels=CHANNELS,
        bubbles=bubbles,
        keywords=list(service.shelf.keywords()),
        organisation=service.settings.organisation,
        token=secrets.token_hex(16),
        longest=LONGEST_TEXT,
        problem=problem,
        text=text,
    )
    return make_response(html, status)


def _thread(service: Service, phone: Phone, reply: Reply | None = None) -> Response:
    try:
        bubbles: list[Bubble] = read_thread(service, phone.address, phone.channel)
    except StoreUnavailableError:
        return make_response(f"{AWAY}\n", 503)
    if reply is not None and reply.text and reply.message_id is None:
        # FORGET ME leaves nothing, not even the last text: the page gets it once.
        bubbles.append(
            Bubble(new_id(), False, reply.text, service.local(service.now()), cost(reply.text, phone.channel))
        )
    return make_response(render_template("thread.html", bubbles=bubbles))


def _away(service: Service, phone: Phone, text: str) -> Response:
    return make_response(f"{AWAY}\n", 503) if _by_script() else _page(service, phone, AWAY, 503, text)


def _remember(phone: Phone) -> AnyResponse:
    response = redirect("/phone", 303)
    response.set_cookie(COOKIE, f"{phone.number} {phone.channel}", path="/phone", httponly=True, samesite="Strict")
    return response
