"""Texts from one made-up phone, for tests of what happens after a turn."""

from __future__ import annotations

from bot.channels import Inbound
from bot.conversations.turn import take_turn
from bot.service import Service
from storage.ids import new_id


def say(service: Service, *texts: str) -> list[str]:
    """Text these, one after another; returns the replies."""
    return [take_turn(service, inbound(service, text)).text for text in texts]


def inbound(service: Service, text: str) -> Inbound:
    """One text of that phone."""
    return Inbound(
        provider_id=f"test{new_id()}",
        address="sms:+447700900001",
        channel="sms",
        gateway="simulator",
        body=text,
        raw=None,
        media=0,
        opt_out=None,
        received_at=service.now(),
    )
