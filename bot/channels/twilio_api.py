"""Sending through Twilio's Messages API. Twilio's library is imported here and in the two files beside this one that
say how it speaks HTTP and what its failures mean; the web process never imports any of them.

The API takes no idempotency key. Our own id therefore rides in the address of the status callback: where a call breaks
off half way, the callback tells whether the message went out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

# The library is annotated but does not say so to type checkers (no py.typed).
from twilio.base.version import Version  # type: ignore[import-untyped]  # it ships no types
from twilio.rest import Client  # type: ignore[import-untyped]  # it ships no types

from bot.channels import Choices, FailureKind, Inbound, SendError, SendFailure, Sent, StatusUpdate, Template
from bot.channels.twilio_codes import failure_in
from bot.channels.twilio_contents import REFUSED, Contents
from bot.channels.twilio_failures import failures
from bot.channels.twilio_history import heard, replied, sent_to
from bot.channels.twilio_transport import Transport, is_loopback
from bot.channels.twiml import MOST_MESSAGES, split
from bot.logs import log

TIMEOUT = 10.0
"""Seconds to wait for a connection, and again for an answer. The library's own default is to wait for ever."""
VALIDITY = 14_400
"""Seconds a message may wait in Twilio's queue: a question that comes half a day late is worse than none."""

_PROVIDER_ID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
_ANSWERABLE = re.compile(r"\+[1-9][0-9]{2,14}", re.ASCII)


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
        self._client = Client(account_sid, auth_token, http_client=Transport(timeout, api_url))
        self._messages = f"https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._validity = validity_period
        self._contents = Contents(self._client)
        self._sms: dict[str, str] | None = None
        if messaging_service_sid:
            self._sms = {"MessagingServiceSid": messaging_service_sid}
        elif sms_from:
            self._sms = {"From": sms_from}
        self._whatsapp: dict[str, str] | None = None
        if whatsapp_from:
            self._whatsapp = {"From": f"whatsapp:{whatsapp_from.removeprefix('whatsapp:')}"}
        base = (status_callback_base or "").rstrip("/")
        self._callback = f"{base}/twilio/status?m=" if base and (api_url or _reachable(base)) else None

    def send(self, address: str, body: str, message_id: int, instead: Template | Choices | None = None) -> Sent:
        """Hand one message to Twilio.

        Raises:
            SendError: it was not sent, or nobody knows.
        """
        to, sender = self._ends(address)
        callback = {"StatusCallback": f"{self._callback}{message_id}"} if self._callback else {}
        template = self._contents.filled(instead) if isinstance(instead, Choices) else instead
        where = {"To": to, **sender, **callback}
        if template is None:
            return self._in_parts(where, body)
        variables = json.dumps(dict(template.variables), ensure_ascii=False)
        try:
            return self._create({**where, "ContentSid": template.content_sid, "ContentVariables": variables})
        except SendError as error:
            if not isinstance(instead, Choices) or error.failure.code not in REFUSED:
                raise
        return self._in_parts(where, body)

    def _in_parts(self, where: dict[str, str], body: str) -> Sent:
        """One message; a text too long for one is several, as in the answer to a webhook. The first stands for all: it
        is the one reported of, and nothing is said twice where a later one does not leave."""
        first, *others = split(body) or [body]
        sent = self._create({**where, "Body": first})
        later = {name: value for name, value in where.items() if name != "StatusCallback"}
        for part in others[: MOST_MESSAGES - 1]:
            try:
                self._create({**later, "Body": part})
            except SendError as error:
                log.warning("the end of a long text was not sent", kind=error.failure.kind, code=error.failure.code)
                break
        return sent

    def _create(self, fields: dict[str, str]) -> Sent:
        # By hand and not by `messages.create`, which makes an object of every field of the answer: a third of its time.
        # Once the call has begun, whatever breaks may have broken after the message had left.
        with failures():
            data = {**fields, "ValidityPeriod": str(self._validity)}
            answer = self._client.request("POST", self._messages, data=data)
            if not 200 <= answer.status_code < 300:
                raise Version.exception("POST", self._messages, answer, "Unable to create record")
            message = json.loads(answer.text)
            sid, status = message.get("sid"), message.get("status")
        if not isinstance(sid, str) or not _PROVIDER_ID.fullmatch(sid):
            raise SendError(SendFailure(FailureKind.AMBIGUOUS, None, "Twilio accepted the message without naming it."))
        return Sent(sid, str(status or "queued"))

    def find(self, address: str, body: str, since: datetime, *, answered: bool) -> Sequence[Sent]:
        """What Twilio took for this address, with these words, since then, by its API or out of our answers.

        Raises:
            SendError: Twilio could not be asked.
        """
        with failures():
            return sent_to(self._client, self._ends(address)[0], body, since, answered=answered)

    def heard(self, since: datetime) -> Iterator[Inbound]:
        """What people texted to our senders since then, oldest first.

        Raises:
            SendError: Twilio could not be asked.
        """
        with failures():
            yield from heard(self._client, self._senders(), since)

    def replied(self, since: datetime) -> Mapping[str, datetime]:
        """When Twilio last passed an answer of our webhook on to each address, since then.

        Raises:
            SendError: Twilio could not be asked.
        """
        with failures():
            return replied(self._client, self._senders(), since)

    def _senders(self) -> list[str]:
        """The numbers Twilio's list can be asked for; none, which asks for all, where a way out has no number of its
        own: people text to the numbers of a messaging service, and answer a sender's name nowhere."""
        ways = [way.get("From", "") for way in (self._sms, self._whatsapp) if way]
        return ways if all(_ANSWERABLE.fullmatch(way.removeprefix("whatsapp:")) for way in ways) else []

    def status(self, provider_id: str) -> StatusUpdate | None:
        """What Twilio says of a message now.

        Raises:
            SendError: Twilio could not be asked.
        """
        message = None
        with failures(404):
            message = self._client.messages(provider_id).fetch()
        if message is None:
            return None
        code = message.error_code if isinstance(message.error_code, int) else None
        return StatusUpdate(None, provider_id, str(message.status), code, failure_in(code))

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
        # 404: Twilio has forgotten it. 400: it has left already, or can no longer be changed.
        with failures(400, 404):
            self._client.messages(provider_id).update(**change)

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


def _reachable(base: str) -> bool:
    """Whether Twilio would take this address for a callback: a public name, without an underscore (21609)."""
    host = urlsplit(base).hostname or ""
    return "." in host and "_" not in host and not is_loopback(host)
