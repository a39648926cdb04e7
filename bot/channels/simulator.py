"""The channel of the phone page, the terminal and the tests: whatever is sent has arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.channels import Inbound, Sent, StatusUpdate


class SimulatorChannel:
    """Accepts every message at once. The phone page reads the messages from the store."""

    def send(self, address: str, body: str, message_id: int, instead: Any = None) -> Sent:  # noqa: ARG002 -- the shape of a gateway
        """Deliver one message; its id here is made from ours, so the same message is always the same."""
        return Sent(f"sim{message_id}", "delivered")

    def find(self, address: str, body: str, since: datetime, *, answered: bool) -> Sequence[Sent]:  # noqa: ARG002 -- the shape of a gateway
        """Nothing: sending again is harmless here."""
        return ()

    def heard(self, since: datetime) -> Iterator[Inbound]:  # noqa: ARG002 -- the shape of a gateway
        """Nothing: no text is ever lost on the way from the phone page."""
        return iter(())

    def replied(self, since: datetime) -> Mapping[str, datetime]:  # noqa: ARG002 -- the shape of a gateway
        """Nobody: nothing is looked for again."""
        return {}

    def status(self, provider_id: str) -> StatusUpdate | None:
        """It has arrived."""
        return StatusUpdate(None, provider_id, "delivered", None)

    def cancel(self, provider_id: str) -> None:
        """Nothing is ever kept back."""

    def redact(self, provider_id: str) -> None:
        """Nothing is remembered here."""
