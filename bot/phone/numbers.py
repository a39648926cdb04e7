"""The numbers a phone on the page may have: Ofcom keeps 07700 900000 to 900999 for drama, and they ring nowhere."""

from __future__ import annotations

import re

CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp"}
PHONES = tuple(f"+4477009000{ending:02d}" for ending in range(1, 7))
"""The phones on the shelf of the page."""

_DRAMA = re.compile(r"(?:\+44|0044|0)7700900(\d{3})")


def drama_number(text: str) -> str | None:
    """The number a person typed, as +447700900…; None for every other number in the world."""
    match = _DRAMA.fullmatch(re.sub(r"[\s().-]", "", text[:40]))
    return f"+447700900{match[1]}" if match and match[1].isascii() else None


def shown(number: str) -> str:
    """The number as people in Britain write it: 07700 900001."""
    return f"0{number[3:7]} {number[7:]}"
