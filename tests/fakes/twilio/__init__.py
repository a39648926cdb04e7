"""A Twilio that lives in the test process: it texts our webhook, and answers its real client library.

    with FakeTwilio(target=app) as twilio:
        exchange = twilio.text("+447700900123", "VISIT")
        assert exchange.reply == "..."
        channel = TwilioChannel(..., api_url=twilio.url)

Without `with` (or `start()`) the webhook side works alone, and no port is opened.
"""

from __future__ import annotations

from tests.fakes.twilio.contract import Contract, ContractError
from tests.fakes.twilio.fake import FakeTwilio
from tests.fakes.twilio.ledger import CallbackSent, Ledger, Message
from tests.fakes.twilio.modes import (
    ACCEPT_THEN_HANG,
    ACCEPT_THEN_RESET,
    EMPTY,
    GARBAGE,
    HANG,
    HTML,
    OK,
    RESET,
    TOO_MANY,
    Mode,
    broken,
    refuse,
)
from tests.fakes.twilio.webhooks import Exchange

__all__ = [
    "ACCEPT_THEN_HANG",
    "ACCEPT_THEN_RESET",
    "EMPTY",
    "GARBAGE",
    "HANG",
    "HTML",
    "OK",
    "RESET",
    "TOO_MANY",
    "CallbackSent",
    "Contract",
    "ContractError",
    "Exchange",
    "FakeTwilio",
    "Ledger",
    "Message",
    "Mode",
    "broken",
    "refuse",
]
