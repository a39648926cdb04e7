"""What every way in and out has in common: a text that came in, a message that goes out, and how sending can fail.

One channel is one file in this folder. Failures are a closed list, and what follows is decided by it: only the channel
itself knows its gateway's own codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Inbound:
    """One text from a contact, checked and cleaned by its channel."""

    provider_id: str
    """The gateway's id of the text; the same id again is the same text."""
    address: str
    """Who sent it: `sms:+447700900123`, `whatsapp:+44…`, `whatsapp:GB.abc123`.
    An `sms:` address without `+` (a short code or a sender name) cannot be answered."""
    channel: str
    """`sms` or `whatsapp`: the scheme of the address."""
    gateway: str
    """Who carried it and carries the reply: `twilio` or `simulator`."""
    body: str
    """The words, fit to be stored, shown and answered. Empty when only a picture came."""
    raw: bytes | None
    """What was received, where that differs from `body` in UTF-8."""
    media: int
    """How many pictures or other files came along, 0 to 10. They are never fetched."""
    opt_out: str | None
    """STOP, START or HELP where the gateway has itself recognised and already answered the word."""
    received_at: datetime
    """When it reached us, aware, in UTC."""
    confirms_stop: bool = False
    """The gateway itself confirms a STOP in exactly these words, and blocks whatever we would send after it."""

    recovered: bool = False
    """It was written before now, and found in the gateway's list or in our spool after an outage: it answers nothing
    that was asked later."""
    missed_call: bool = False
    """They rang and we did not answer, so that it cost them nothing: they want to hear from us by text."""
    tapped: str | None = None
    """What the button or list row of ours carries that was tapped: `run.question.key`."""
    kinds: tuple[str, ...] = ()
    """What came along, in order: `photo`, `voice`, `video` or `file`."""
    location: tuple[float, float] | None = None
    """Latitude and longitude as the phone sent them. Never stored: a flow that asks for a place keeps it coarsened."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message the gateway has accepted: its id there and the status it starts with."""

    provider_id: str
    status: str


@dataclass(frozen=True, slots=True)
class Template:
    """What stands in for the body on WhatsApp: content known to the gateway by its id, and what fills its gaps."""

    content_sid: str
    variables: Mapping[str, str] = field(default_factory=dict)
    """By number, from "1"."""


PAYLOAD = re.compile(r"[0-9a-z]{1,16}\.[0-9]{1,6}\.[A-Za-z0-9_]{1,64}", re.ASCII)
"""What a button of ours carries: the run, the question in it, and the key of the answer."""


@dataclass(frozen=True, slots=True)
class Choices:
    """A question with answers to tap, on WhatsApp within a day of the person's own text: up to three are buttons, up to
    ten a list behind one button."""

    body: str
    """The question, without the answers."""
    button: str
    """What opens the list."""
    options: tuple[tuple[str, str], ...]
    """What comes back when it is tapped, and what is shown, of each."""


class FailureKind(StrEnum):
    """Every way in which sending can fail."""

    RETRY_LATER = "retry_later"
    """The gateway is busy or out of reach: the message is tried again later."""
    PERMANENT = "permanent"
    """The gateway refuses this message: it is not sent."""
    ADDRESS_INVALID = "address_invalid"
    """Nobody can be reached at this address: nothing is sent to it until somebody texts from there."""
    OPTED_OUT = "opted_out"
    """The person has told the carrier STOP: nothing more is sent to them."""
    SENDER_BROKEN = "sender_broken"
    """Our own sender or account is refused: messages wait until a person, who is told, has put it right."""
    SUSPECTED = "suspected"
    """The gateway takes our texts for fraud and blocks them: this one is not sent, and a person is told."""
    AMBIGUOUS = "ambiguous"
    """Nobody knows yet whether it went out: it is sent again only where neither a callback nor the gateway shows it.
    The gateway takes no idempotency key, so sending at once could text somebody twice."""


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What the gateway says became of a message. Updates come late, twice, out of order, or never."""

    message_id: int | None
    """Our id, where the update carries one."""
    provider_id: str
    status: str
    """The gateway's word, in small letters: queued, sent, delivered, undelivered, failed, read…"""
    error_code: int | None
    failure: FailureKind | None = None
    """What the code means, where there is one."""


@dataclass(frozen=True, slots=True)
class SendFailure:
    """Why a message was not sent, or may not have been. `detail` never holds a person's number or words."""

    kind: FailureKind
    code: int | None
    """The gateway's own code, for the record only."""
    detail: str
    charged: bool = True
    """It counts as an attempt at this message. Not where the gateway as a whole was away, busy or refused us: however
    long that lasts, no message may be given up for it."""

    @property
    def retry(self) -> bool:
        """The same message may be sent again."""
        return self.kind in (FailureKind.RETRY_LATER, FailureKind.SENDER_BROKEN)


class SendError(Exception):
    """A channel did not, or may not have, sent a message; `failure` says why and what follows."""

    def __init__(self, failure: SendFailure) -> None:
        self.failure = failure
        super().__init__(failure.detail)


class BadRequestError(Exception):
    """A request that no gateway of ours would send; the sentence says what is wrong with it, without quoting it."""


class RepeatedParameterError(BadRequestError):
    """A parameter that came twice: signatures do not tell a repeated parameter from a longer one, so it is refused."""


class Channel(Protocol):
    """A way out."""

    def send(self, address: str, body: str, message_id: int, instead: Template | Choices | None = None) -> Sent:
        """Hand one message to the gateway. Called with no transaction open, by many threads at once; returns within
        about ten seconds.

        Args:
            address: `sms:+44…` or `whatsapp:…`.
            body: the text; where it is too long for one message it leaves as several.
            message_id: our id, which status updates bring back.
            instead: sent instead of the body, where there is something.

        Raises:
            SendError: it was not sent, or nobody knows; its failure says what follows.
        """

    def find(self, address: str, body: str, since: datetime, *, answered: bool) -> Sequence[Sent]:
        """Messages with these words that the gateway took for this address since a time (aware), oldest first.

        For a message of which nobody knows whether it went out. `answered`: it went back in the answer to a text of
        theirs; otherwise it was handed over by `send`.

        Raises:
            SendError: the gateway could not be asked.
        """

    def heard(self, since: datetime) -> Iterator[Inbound]:
        """The texts people sent us since a time (aware), oldest first, as the gateway remembers them.

        Raises:
            SendError: the gateway could not be asked.
        """

    def replied(self, since: datetime) -> Mapping[str, datetime]:
        """When each address was last sent the reply to a text of theirs in the HTTP answer to it, since a time (aware).

        Raises:
            SendError: the gateway could not be asked.
        """

    def status(self, provider_id: str) -> StatusUpdate | None:
        """What became of a message; None where the gateway does not know it any more.

        Raises:
            SendError: the gateway could not be asked.
        """

    def cancel(self, provider_id: str) -> None:
        """Ask the gateway not to send what it still keeps back. Too late is no error.

        Raises:
            SendError: the gateway could not be asked.
        """

    def redact(self, provider_id: str) -> None:
        """Have the gateway forget the words of a message, in or out. One it does not know is no error.

        Raises:
            SendError: the gateway could not be asked; ask again later.
        """
