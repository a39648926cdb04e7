"""The door Twilio knocks at. Thin: check the signature, turn the form into an `Inbound`, take the turn, answer.

It stands before Flask, as plain WSGI: somebody waits for each of these answers, and finding a route, opening a context
and building request and response would cost them a sixth of the whole turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.channels import BadRequestError, Inbound, RepeatedParameterError
from bot.channels import twilio_webhook as twilio
from bot.conversations.danger import hear_danger
from bot.conversations.exchange import QUEUED
from bot.conversations.helplines import said
from bot.conversations.turn import take_turn
from bot.logs import log
from bot.sending.settling import hear_status
from bot.service import Service
from storage.database import StoreUnavailableError

LONGEST_BODY = 64 * 1024
"""Bytes. Twilio's own webhooks stay under 20 KiB."""

FORM = "application/x-www-form-urlencoded"
TEXT = "text/plain; charset=utf-8"

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: the status, the document, and what sort of document it is."""

    status: str
    document: bytes = b""
    kind: str = TEXT


def send(answer: Answer, start_response: StartResponse, *, allow: str = "") -> Iterable[bytes]:
    """An answer as WSGI; `allow` names the methods that would have been right."""
    headers = [("Content-Type", answer.kind), ("Content-Length", str(len(answer.document)))]
    if allow:
        headers.append(("Allow", allow))
    start_response(answer.status, headers)
    return [answer.document]


class RefusedError(Exception):
    """A request that is not answered; `answer` says why."""

    def __init__(self, status: str, sentence: str) -> None:
        self.answer = Answer(status, f"{sentence}\n".encode())
        super().__init__(sentence)


class TwilioDoor:
    """`POST /twilio/inbound`, `POST /twilio/voice` and `POST /twilio/status`; all else goes on to the application."""

    def __init__(self, application: Wsgi, service: Service) -> None:
        self._application = application
        self._service = service
        settings = service.settings
        self._check = twilio.SignatureCheck(settings.twilio_auth_tokens, settings.public_url)
        self._doors: dict[str, Callable[[Pairs, str], Answer]] = {
            "/twilio/inbound": self._inbound,
            "/twilio/voice": self._voice,
            "/twilio/status": self._status,
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request; see PEP 3333."""
        door = self._doors.get(environ["PATH_INFO"])
        if door is None:
            return self._application(environ, start_response)
        answer = self._answered(door, environ)
        return send(answer, start_response, allow="POST" if answer.status.startswith("405") else "")

    def _answered(self, door: Callable[[Pairs, str], Answer], environ: Environ) -> Answer:
        try:
            return door(self._signed_form(environ), environ.get("QUERY_STRING", ""))
        except RefusedError as refused:
            return refused.answer
        except BadRequestError as error:
            return Answer("400 BAD REQUEST", f"{error}\n".encode())
        except Exception as error:
            log.failure("webhook failed", error)
            return Answer("500 INTERNAL SERVER ERROR", b"Something went wrong here. Try again soon.\n")

    def _signed_form(self, environ: Environ) -> Pairs:
        """The form's pairs.

        Raises:
            RefusedError: Twilio did not send this, or not so.
        """
        settings = self._service.settings
        if environ["REQUEST_METHOD"] != "POST":
            raise RefusedError("405 METHOD NOT ALLOWED", "Send POST.")
        if not settings.twilio_auth_tokens:
            raise RefusedError(
                "503 SERVICE UNAVAILABLE", "Sayso has no TWILIO_AUTH_TOKEN, so it cannot tell who is calling."
            )
        body = _body(environ)
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != FORM:
            raise RefusedError("415 UNSUPPORTED MEDIA TYPE", f"Send {FORM}.")
        try:
            pairs = twilio.parse_form(body)
        except RepeatedParameterError:
            raise RefusedError("400 BAD REQUEST", "A parameter was repeated.") from None
        if not self._check.valid(_raw_path_and_query(environ), pairs, environ.get("HTTP_X_TWILIO_SIGNATURE")):
            log.warning("webhook refused", reason="signature")
            raise RefusedError("403 FORBIDDEN", "The signature does not match.")
        ours = settings.twilio_account_sid
        if ours and dict(pairs).get("AccountSid", ours) != ours:
            log.warning("webhook refused", reason="account")
            raise RefusedError("403 FORBIDDEN", "This is not our account.")
        return pairs

    def _inbound(self, pairs: Pairs, _query: str) -> Answer:
        service = self._service
        text = twilio.parse_inbound(pairs, service.now())
        try:
            reply = take_turn(service, text)
        except StoreUnavailableError:
            self._keep(text)
            return _twiml(twilio.twiml(_help_in_danger(service, text.body)))
        callback = None
        if reply.message_id is not None and service.settings.is_https:
            callback = f"{service.settings.public_url}/twilio/status?m={reply.message_id}"
        return _twiml(twilio.twiml(reply.text, callback))

    def _voice(self, pairs: Pairs, _query: str) -> Answer:
        """Somebody rang: the call is rejected, so it costs nothing, and the conversation begins by text."""
        call = twilio.parse_call(pairs)
        if call.address is not None:
            missed = twilio.of_call(call, self._service.now())
            try:
                take_turn(self._service, missed, QUEUED)
            except StoreUnavailableError:
                self._keep(missed)
        return _twiml(twilio.REJECT)

    def _keep(self, inbound: Inbound) -> None:
        """Keep on disk what the store cannot take now.

        Raises:
            RefusedError: the disk does not take it either; the gateway tries again.
        """
        log.error("store unavailable", kept="spool")
        try:
            self._service.spool.keep(inbound)
        except OSError:
            log.error("spool unavailable", kept="nothing")
            sentence = "Try again soon: the store and the spool are both out of reach."
            raise RefusedError("503 SERVICE UNAVAILABLE", sentence) from None

    def _status(self, pairs: Pairs, query: str) -> Answer:
        update = twilio.parse_status(pairs, query)
        try:
            effect = hear_status(self._service, update)
        except StoreUnavailableError:
            sentence = "Try again soon: the store is out of reach."
            raise RefusedError("503 SERVICE UNAVAILABLE", sentence) from None
        if effect == "unknown":
            log.warning("status of a message we never sent", status=update.status)
        return Answer("204 NO CONTENT")


def _body(environ: Environ) -> bytes:
    """The body, to its end or to one byte more than is allowed.

    Raises:
        RefusedError: it is longer than that.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    most = int(length) if length.isdecimal() else LONGEST_BODY + 1  # sent in chunks, it has no length
    if most <= LONGEST_BODY or not length:
        body: bytes = environ["wsgi.input"].read(most)
        if len(body) <= LONGEST_BODY:
            return body
    raise RefusedError("413 REQUEST ENTITY TOO LARGE", "The form is larger than 64 KiB.")


def _help_in_danger(service: Service, text: str) -> str | None:
    """Who to call, for somebody in danger, also while nothing can be stored; None for any other text."""
    cry = hear_danger(text, young_people=service.settings.young_people)
    return None if cry is None else said(service.settings, cry, service.words(service.settings.language))


def _raw_path_and_query(environ: Environ) -> str:
    """What the caller asked for, to the byte, where the server keeps it."""
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    if not raw:
        raw = f"{environ.get('SCRIPT_NAME', '')}{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
    if raw.startswith("/"):
        return raw
    _, _, rest = raw.partition("://")  # a proxy may send the absolute form
    return f"/{rest.partition('/')[2]}"


def _twiml(document: bytes) -> Answer:
    return Answer("200 OK", document, "text/xml; charset=utf-8")
