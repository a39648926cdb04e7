"""The door Twilio knocks at. Thin: check the signature, turn the form into an `Inbound`, take the turn, answer."""

from __future__ import annotations

from flask import Blueprint, Response, request

from bot.channels import BadRequestError, RepeatedParameterError
from bot.channels import twilio_webhook as twilio
from bot.conversation import take_turn
from bot.danger import hear_danger
from bot.helplines import said
from bot.logs import log
from bot.service import Service
from bot.settling import hear_status
from storage.database import StoreUnavailableError

LONGEST_BODY = 64 * 1024
"""Bytes. Twilio's own webhooks stay under 20 KiB; Flask enforces it through MAX_CONTENT_LENGTH only."""

FORM = "application/x-www-form-urlencoded"


def twilio_routes(service: Service) -> Blueprint:
    """`POST /twilio/inbound`, `POST /twilio/voice` and `POST /twilio/status`."""
    routes = Blueprint("twilio", __name__)
    settings = service.settings
    check = twilio.SignatureCheck(settings.twilio_auth_tokens, settings.public_url)

    def signed_form() -> list[tuple[str, str]] | Response:
        """The form's pairs, or the refusal."""
        if not settings.twilio_auth_tokens:
            return _plain("Sayso has no TWILIO_AUTH_TOKEN, so it cannot tell who is calling.", 503)
        if request.mimetype != FORM:
            return _plain(f"Send {FORM}.", 415)
        try:
            pairs = twilio.parse_form(request.get_data(cache=False))
        except RepeatedParameterError:
            return _plain("A parameter was repeated.", 400)
        if not check.valid(_raw_path_and_query(), pairs, request.headers.get("X-Twilio-Signature")):
            log.warning("webhook refused", reason="signature")
            return _plain("The signature does not match.", 403)
        if (
            settings.twilio_account_sid
            and dict(pairs).get("AccountSid", settings.twilio_account_sid) != settings.twilio_account_sid
        ):
            log.warning("webhook refused", reason="account")
            return _plain("This is not our account.", 403)
        return pairs

    @routes.post("/twilio/inbound")
    def inbound() -> Response:
        pairs = signed_form()
        if isinstance(pairs, Response):
            return pairs
        try:
            text = twilio.parse_inbound(pairs, service.now())
        except BadRequestError as error:
            return _plain(str(error), 400)
        try:
            reply = take_turn(service, text)
        except StoreUnavailableError:
            log.error("store unavailable", kept="spool")
            try:
                service.spool.keep(text)
            except OSError:
                log.error("spool unavailable", kept="nothing")
                return _plain("Try again soon: the store and the spool are both out of reach.", 503)
            return _twiml(twilio.twiml(_help_in_danger(service, text.body)))
        callback = None
        if reply.message_id is not None and settings.public_url.startswith("https://"):
            callback = f"{settings.public_url}/twilio/status?m={reply.message_id}"
        return _twiml(twilio.twiml(reply.text, callback))

    @routes.post("/twilio/voice")
    def voice() -> Response:
        """Somebody rang: the call is rejected, so it costs nothing, and the conversation begins by text."""
        pairs = signed_form()
        if isinstance(pairs, Response):
            return pairs
        try:
            call = twilio.parse_call(pairs)
        except BadRequestError as error:
            return _plain(str(error), 400)
        if call.address is not None:
            inbound = twilio.of_call(call, service.now())
            try:
                take_turn(service, inbound, waiting=False)
            except StoreUnavailableError:
                log.error("store unavailable", kept="nothing", what="missed call")
        return _twiml(twilio.REJECT)

    @routes.post("/twilio/status")
    def status() -> Response:
        pairs = signed_form()
        if isinstance(pairs, Response):
            return pairs
        try:
            update = twilio.parse_status(pairs, request.query_string.decode("latin-1"))
        except BadRequestError as error:
            return _plain(str(error), 400)
        try:
            effect = hear_status(service, update)
        except StoreUnavailableError:
            return _plain("Try again soon: the store is out of reach.", 503)
        if effect == "unknown":
            log.warning("status of a message we never sent", status=update.status)
        return Response(status=204)

    return routes


def _help_in_danger(service: Service, text: str) -> str | None:
    """Who to call, for somebody in danger, also while nothing can be stored; None for any other text."""
    cry = hear_danger(text, young_people=service.settings.young_people)
    return None if cry is None else said(service.settings, cry, service.words(service.settings.language))


def _raw_path_and_query() -> str:
    """What the caller asked for, to the byte: Flask's own `request.url` has decoded it."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
    if raw.startswith("/"):
        return str(raw)
    _, _, rest = str(raw).partition("://")  # a proxy may send the absolute form
    return f"/{rest.partition('/')[2]}"


def _twiml(document: bytes) -> Response:
    return Response(document, content_type="text/xml; charset=utf-8")


def _plain(sentence: str, status: int) -> Response:
    return Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")
