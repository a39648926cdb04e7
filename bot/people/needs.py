"""What a person needs from us to take part, as a coordinator or a flow has noted it in `contact.needs`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SMS_ONLY = "sms only"
"""No WhatsApp."""
PROXY = "proxy"
"""Another person always answers for them: what is answered is marked and counted apart."""


def has(attributes: Mapping[str, Any], need: str) -> bool:
    """Whether this need is among those noted."""
    return need in str(attributes.get("needs") or "").lower().replace("_", " ")
