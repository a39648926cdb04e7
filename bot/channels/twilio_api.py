"""Sending through Twilio's Messages API. The only file that imports Twilio's library; the web process never does.

The API takes no idempotency key. Our own id therefore rides in the address of the status callback: where a call breaks
off half way, the callback tells whether the message went out.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

# The library is annotated but does not say so to type checkers (no py.typed).
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.channels import Choices, FailureKind, Inbound, SendError, SendFailure, Sent, StatusUpdate, Template
from bot.channels.twilio_codes import BUSY, kind_of
from bot.channels.twilio_contents import REFUSED, Contents
from bot.channels.twilio_history import heard, sent_to

TIMEOUT = 10.0
"""Seconds to wait for a connection, and again for an answer. The library's own default is to wait for ever."""
VALIDITY = 14_400
"""Seconds a message may wait in Twilio's queue: a question that comes half a day late is worse than none."""

CONNECTIONS = 64
"""Kept open to Twilio, so that a worker's sends overlap."""

_PROVIDER_ID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
_ANSWERABLE = re.compile(r"\+[1-9][0-9]{2,14}", re.ASCII)
_NEVER_LEFT = (ConnectTimeoutError, NewConnectionError, ssl.SSLCertVerificationError)

# At INFO it logs the parameters of list calls, phone numbers among them.
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)


class TwilioChannel:
    """Sends texts and WhatsApp messages for one Twilio account."""

    def __init__(
        self,
        *,
        account_sid: str | None,
        auth_token: str,
        sms_from: str | None = None,
        messaging_service_sid: str | None = None,
        whatsapp_from: str | None = None,
        status_callback_base: str | None = None,
        api_url: str | None = None,
        timeout: float = TIMEOUT,
        validity_period: int = VALIDITY,
    ) -> None:
        """Make the channel; nothing is sent yet.

        Args:
            account_sid: `AC…`.
            auth_token: its token.
            sms_from: the number texts come from, in E.164, or a sender name.
            messaging_service_sid: instead of a number.
            whatsapp_from: the WhatsApp sender, with or without `whatsapp:`.
            status_callback_base: our public address; left out where Twilio could not reach it.
            api_url: another origin instead of Twilio's, on this machine only, for tests.
            timeout: seconds.
            validity_period: seconds, 1 to 36,000.

        Raises:
            ValueError: there is no account, or `api_url` is not on this machine.
        """
        if not account_sid:
            raise ValueError("Sending needs TWILIO_ACCOUNT_SID as well as TWILIO_AUTH_TOKEN.")
        transport = _Transport(timeout) if api_url is None else _LocalTransport(timeout, api_url)
        self._client = Client(account_sid, auth_token, http_client=transport)
        self._validity = validity_period
        self._contents = Contents(self._client)
        self._sms: dict[str, str] | None = None
        if messaging_service_sid:
            self._sms = {"messaging_service_sid": messaging_service_sid}
        elif sms_from:
            self._sms = {"from_": sms_from}
        self._whatsapp: dict[str, str] | None = None
        if whatsapp_from:
            self._whatsapp = {"from_": f"whatsapp:{whatsapp_from.removeprefix('whatsapp:')}"}
        base = (status_callback_base or "").rstrip("/")
        self._callback = f"{base}/twilio/status?m=" if base and (api_url or _reachable(base)) else None

    def send(self, address: str, body: str, message_id: int, instead: Template | Choices | None = None) -> Sent:
        """Hand one message to Twilio.

        Raises:
            SendError: it was not sent, or nobody knows.
        """
        to, sender = self._ends(address)
        callback = {"status_callback": f"{self._callback}{message_id}"} if self._callback else {}
        template = self._contents.filled(instead) if isinstance(instead, Choices) else instead
        content = {"body": body}
        if template is not None:
            variables = json.dumps(dict(template.variables), ensure_ascii=False)
            content = {"content_sid": template.content_sid, "content_variables": variables}
        where = {"to": to, **sender, **callback}
        try:
            return self._create({**where, **content})
        except SendError as error:
            if not isinstance(instead, Choices) or error.failure.code not in REFUSED:
                raise
        return self._create({**where, "body": body})

    def _create(self, fields: dict[str, str]) -> Sent:
        # Once the call has begun, whatever breaks may have broken after the message had left.
        with _failures():
            message = self._client.messages.create(validity_period=self._validity, **fields)
        if not isinstance(message.sid, str) or not _PROVIDER_ID.fullmatch(message.sid):
            raise SendError(SendFailure(FailureKind.AMBIGUOUS, None, "Twilio accepted the message without naming it."))
        return Sent(message.sid, str(message.status or "queued"))

    def find(self, address: str, body: str, since: datetime) -> Sequence[Sent]:
        """What Twilio took for this address, with these words, since then.

        Raises:
            SendError: Twilio could not be asked.
        """
        with _failures():
            return sent_to(self._client, self._ends(address)[0], body, since)

    def heard(self, since: datetime) -> Iterator[Inbound]:
        """What people texted to our senders since then, oldest first.

        Raises:
            SendError: Twilio could not be asked.
        """
        with _failures():
            yield from heard(
                self._client, [way["from_"] for way in (self._sms, self._whatsapp) if way and "from_" in way], since
            )

    def status(self, provider_id: str) -> StatusUpdate | None:
        """What Twilio says of a message now.

        Raises:
            SendError: Twilio could not be asked.
        """
        try:
            message = self._client.messages(provider_id).fetch()
        except TwilioRestException as error:
            if error.status == 404:
                return None
            raise SendError(failure_of(error)) from None
        except Exception as error:
            raise SendError(failure_of(error)) from None
        code = message.error_code if isinstance(message.error_code, int) else None
        return StatusUpdate(None, provider_id, str(message.status), code)

    def cancel(self, provider_id: str) -> None:
        """Cancel a message that Twilio still keeps back.

        Raises:
            SendError: Twilio could not be asked.
        """
        self._update(provider_id, status="canceled")

    def redact(self, provider_id: str) -> None:
        """Empty the words of a message.

        Raises:
            SendError: Twilio could not be asked.
        """
        self._update(provider_id, body="")

    def _update(self, provider_id: str, **change: str) -> None:
        try:
            self._client.messages(provider_id).update(**change)
        except TwilioRestException as error:
            # 404: Twilio has forgotten it. 400: it has left already, or can no longer be changed.
            if error.status not in (400, 404):
                raise SendError(failure_of(error)) from None
        except Exception as error:
            raise SendError(failure_of(error)) from None

    def _ends(self, address: str) -> tuple[str, dict[str, str]]:
        """Twilio's To, and what goes into From."""
        scheme, _, name = address.partition(":")
        sender = self._whatsapp if scheme == "whatsapp" else self._sms
        if scheme not in ("sms", "whatsapp") or (scheme == "sms" and not _ANSWERABLE.fullmatch(name)):
            raise SendError(
                SendFailure(FailureKind.ADDRESS_INVALID, None, "The address is no number that can be texted.")
            )
        if sender is None:
            setting = "TWILIO_WHATSAPP_FROM" if scheme == "whatsapp" else "TWILIO_SMS_FROM"
            detail = f"There is no sender for {scheme}: set {setting}."
            raise SendError(SendFailure(FailureKind.SENDER_BROKEN, None, detail, charged=False))
        return (address if scheme == "whatsapp" else name), sender


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except SendError:
        raise
    except Exception as error:
        raise SendError(failure_of(error)) from None


def failure_of(error: Exception) -> SendFailure:
    """What an exception of the library means. Its own text is dropped: Twilio quotes the person's number in it."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        status, code = int(error.status), _code(error.code)
        kind = kind_of(code, status)
        charged = kind is not FailureKind.SENDER_BROKEN and status != 429 and code not in BUSY
        detail = f"Twilio answered with HTTP {status}" + (f", error {code}." if code else ".")
        return SendFailure(kind, code, detail, charged)
    if isinstance(error, requests.RequestException) and any(isinstance(e, _NEVER_LEFT) for e in _causes(error)):
        return SendFailure(
            FailureKind.RETRY_LATER, None, "Twilio could not be reached; nothing was sent.", charged=False
        )
    if isinstance(error, TwilioException | requests.RequestException | ValueError):
        detail = f"The call to Twilio broke off ({type(error).__name__}); the message may have gone out."
    else:
        detail = f"Twilio's answer could not be read ({type(error).__name__}); the message may have gone out."
    return SendFailure(FailureKind.AMBIGUOUS, None, detail)


def _code(code: object) -> int | None:
    # Where there is no JSON the library repeats the HTTP status as the code; Twilio's own codes have five digits.
    return code if isinstance(code, int) and code >= 10_000 else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exceptions inside an exception: requests and urllib3 hide the cause in arguments and reasons."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, BaseException) and id(inner) not in seen:
            seen.add(id(inner))
            yield inner
            waiting += [*inner.args, getattr(inner, "reason", None), inner.__cause__, inner.__context__]


class _Transport(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own transport with a timeout: one pooled session, no retries."""

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout)
        if self.session is not None:
            for scheme in ("https://", "http://"):
                self.session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=CONNECTIONS))


class _LocalTransport(_Transport):
    """Sends what is meant for Twilio to a server on this machine."""

    def __init__(self, timeout: float, api_url: str) -> None:
        parts = urlsplit(api_url)
        if parts.scheme not in ("http", "https") or not _loopback(parts.hostname or "") or parts.path.strip("/"):
            # Account and token travel with every call: another machine would have them.
            raise ValueError(
                "TWILIO_API_URL must be an address of this machine without a path, such as http://127.0.0.1:4010."
            )
        super().__init__(timeout)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        if self.session is not None:
            self.session.trust_env = False  # a proxy from the environment is another machine

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """The same call to our own origin."""
        parts = urlsplit(url)
        local = f"{self._origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().request(method, local, params, data, headers, auth, timeout, allow_redirects)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _reachable(base: str) -> bool:
    """Whether Twilio would take this address for a callback: a public name, without an underscore (21609)."""
    host = urlsplit(base).hostname or ""
    return "." in host and "_" not in host and not _loopback(host)
