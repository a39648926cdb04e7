"""The channel of the phone page, the terminal and the tests: whatever is sent has arrived."""

from __future__ import annotations

from bot.channels import Sent


class SimulatorChannel:
    """Accepts every message at once. The phone page reads the messages from the store."""

    def send(self, address: str, body: str, message_id: int) -> Sent:  # noqa: ARG002 -- the shape of every channel
        """Deliver one message; its id here is made from ours, so the same message is always the same."""
        return Sent(f"sim{message_id}", "delivered")
