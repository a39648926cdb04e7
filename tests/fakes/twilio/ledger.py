"""Everything that happened: the truth that tests hold against what we stored."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from flows.text import segments

if TYPE_CHECKING:
    from tests.fakes.twilio.webhooks import Exchange

LOST = frozenset({"failed", "undelivered", "canceled"})
KEPT_BACK = frozenset({"accepted", "scheduled", "queued"})
"""What Twilio can still call back."""


@dataclass(slots=True)
class Message:
    """One message resource, in either direction. `automatic`: Twilio's own answer to STOP, START or HELP."""

    sid: str
    account_sid: str
    from_: str
    to: str
    body: str
    direction: str
    status: str
    created_at: datetime
    updated_at: datetime
    error_code: int | None = None
    media: int = 0
    messaging_service_sid: str | None = None
    callback: str | None = None
    automatic: bool = False
    options: list[tuple[str, str]] = field(default_factory=list)
    """What can be tapped: its id and its title."""

    @property
    def arrived(self) -> bool:
        """Whether the handset showed it."""
        return self.direction != "inbound" and self.status not in LOST

    def resource(self) -> dict[str, Any]:
        """As the API shows it."""
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        sent = None if self.status in KEPT_BACK else format_datetime(self.updated_at)
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": format_datetime(self.created_at),
            "date_sent": sent,
            "date_updated": format_datetime(self.updated_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None if self.error_code is None else f"Error {self.error_code}",
            "from": self.from_ or None,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": str(self.media),
            "num_segments": str(segments(self.body).count),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the API and how it was met."""

    method: str
    path: str
    form: dict[str, list[str]]
    mode: str
    status: int | None


@dataclass(frozen=True, slots=True)
class CallbackSent:
    """One status callback posted to us, and the status it was answered with (None: no answer)."""

    sid: str
    status: str
    url: str
    http_status: int | None


@dataclass(slots=True)
class Ledger:
    """What happened, in order."""

    messages: dict[str, Message] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    callbacks: list[CallbackSent] = field(default_factory=list)
    called: threading.Condition = field(default_factory=threading.Condition)
    violations: list[str] = field(default_factory=list)
    """Requests of ours that Twilio's description does not allow; a test can ask that there are none."""

    def note(self, call: Call) -> None:
        """Keep a call to the API."""
        with self.called:
            self.calls.append(call)
            self.called.notify_all()

    def wait_for_calls(self, count: int = 1) -> None:
        """Until the API was called so often: a caller that does not wait for the answer may be gone before it was
        heard."""
        with self.called:
            assert self.called.wait_for(lambda: len(self.calls) >= count, 60), "the API was not called"

    def handset(self, address: str, *, automatic: bool = False) -> list[str]:
        """The texts a person's phone showed, oldest first: `+44…` or `whatsapp:…`.

        `automatic` adds Twilio's own answers to STOP, START and HELP.
        """
        return [
            message.body
            for message in self.messages.values()
            if message.to == address and message.arrived and (automatic or not message.automatic)
        ]

    def sent_by_api(self) -> list[Message]:
        """What we sent through the API, oldest first, arrived or not."""
        return [message for message in self.messages.values() if message.direction == "outbound-api"]

    def inbound(self) -> list[Message]:
        """What people sent to us."""
        return [message for message in self.messages.values() if message.direction == "inbound"]
