"""The state of one fake account: senders, who has opted out, whose WhatsApp window is open, and what is on its way."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.fakes.twilio.contents import Contents
from tests.fakes.twilio.ledger import Ledger, Message

WINDOW = timedelta(hours=24)
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
AUTOMATIC = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
OPTED_OUT, OUTSIDE_WINDOW = 21610, 63016


@dataclass(frozen=True, slots=True)
class Pending:
    """A status callback that Twilio has not posted yet."""

    sid: str
    status: str
    error_code: int | None
    url: str


@dataclass(slots=True)
class Account:
    """One account. Everything random comes from `seed`; everything about time from `now`."""

    sid: str
    token: str
    seed: int
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    number: str = "+447700900001"
    whatsapp: str = "whatsapp:+447700900001"
    ledger: Ledger = field(default_factory=Ledger)
    contents: Contents = field(default_factory=Contents)
    opted_out: set[str] = field(default_factory=set)
    fates: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    """How messages to an address end, where not `delivered`: for example ("undelivered", 30003)."""
    pending: list[Pending] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    random: random.Random = field(init=False)
    _last_inbound: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def new_sid(self, prefix: str = "SM") -> str:
        """A fresh 34-character id."""
        with self.lock:
            return f"{prefix}{self.random.getrandbits(128):032x}"

    def our_sender(self, other: str) -> str:
        """The sender of ours that talks with an address."""
        return self.whatsapp if other.startswith("whatsapp:") else self.number

    def hear(self, sid: str, from_: str, body: str, media: int) -> None:
        """Record a text from a person, once; on SMS act on the reserved words STOP, START and HELP as Twilio does."""
        with self.lock:
            if sid in self.ledger.messages:
                return
            now = self.now()
            self._last_inbound[from_] = now
            self.ledger.messages[sid] = Message(
                sid=sid,
                account_sid=self.sid,
                from_=from_,
                to=self.our_sender(from_),
                body=body,
                direction="inbound",
                status="received",
                created_at=now,
                updated_at=now,
                media=media,
            )
            word = reserved_word(body) if not from_.startswith("whatsapp:") else None
            if word == "STOP":
                self.opted_out.add(from_)
            elif word == "START":
                self.opted_out.discard(from_)
            if word is not None:
                self._keep(from_, AUTOMATIC[word], "outbound-reply", "delivered", automatic=True)

    def accept(
        self,
        to: str,
        body: str,
        direction: str,
        *,
        callback: str | None = None,
        service: str | None = None,
        template: bool = False,
        media: int = 0,
    ) -> Message:
        """Take a message: it reaches the handset unless its fate is another; its callbacks wait to be posted."""
        with self.lock:
            ending, code = self.fates.get(to, ("delivered", None))
            if to in self.opted_out:
                ending, code = "failed", OPTED_OUT
            elif to.startswith("whatsapp:") and not template and not self._window_open(to):
                ending, code = "failed", OUTSIDE_WINDOW
            initial = "accepted" if service else "queued"
            message = self._keep(to, body, direction, initial)
            message.callback, message.messaging_service_sid, message.media = callback, service, media
            for status in ("failed",) if ending == "failed" else ("sent", ending):
                error = code if status == ending else None
                if callback:
                    self.pending.append(Pending(message.sid, status, error, callback))
            self._last_status(message, ending, code)
            return message

    def _last_status(self, message: Message, ending: str, code: int | None) -> None:
        # The create answer says queued or accepted; what the handset shows is known here at once.
        if ending in ("failed", "undelivered"):
            message.status, message.error_code = ending, code

    def _window_open(self, to: str) -> bool:
        heard = self._last_inbound.get(to)
        return heard is not None and self.now() - heard < WINDOW

    def _keep(self, to: str, body: str, direction: str, status: str, *, automatic: bool = False) -> Message:
        now = self.now()
        message = Message(
            sid=self.new_sid(),
            account_sid=self.sid,
            from_=self.our_sender(to),
            to=to,
            body=body,
            direction=direction,
            status=status,
            created_at=now,
            updated_at=now,
            automatic=automatic,
        )
        self.ledger.messages[message.sid] = message
        return message


def reserved_word(body: str) -> str | None:
    """STOP, START or HELP where the whole text is one of Twilio's words; "STOP please" is none."""
    word = body.strip().upper()
    for name, words in (("STOP", STOP_WORDS), ("START", START_WORDS), ("HELP", HELP_WORDS)):
        if word in words:
            return name
    return None
