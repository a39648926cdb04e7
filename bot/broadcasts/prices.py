"""What texts cost: a price list in settings, in thousandths of a penny inside, in pounds for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from flows.text import segments

PENNY = 1000
"""Units of a penny: gateways price to a hundredth of a penny and below."""
_ENTRY = re.compile(r"(sms|whatsapp)(?::([A-Z]{2}|\*))?=(\d{1,4}(?:\.\d{1,3})?)")


class PriceError(ValueError):
    """A price list that cannot be read; the message says how to write one."""


@dataclass(frozen=True, slots=True)
class PriceList:
    """Price of one SMS segment by country, and of one WhatsApp message, in thousandths of a penny."""

    sms: Mapping[str, int]
    """By country (`GB`); `*` holds every other."""
    whatsapp: int

    @classmethod
    def parse(cls, text: str) -> PriceList:
        """Read `sms:GB=4.1 sms:*=9 whatsapp=3.5`: pence a segment by country, and pence a WhatsApp message.

        Raises:
            PriceError: something in it is no price.
        """
        sms: dict[str, int] = {}
        whatsapp = 0
        for entry in text.replace(",", " ").split():
            match = _ENTRY.fullmatch(entry)
            if match is None or (match[1] == "whatsapp" and match[2]):
                raise PriceError(
                    f"has `{entry[:20]}`, which is no price; write it like sms:GB=4.1 sms:*=9 whatsapp=3.5"
                )
            pence = round(float(match[3]) * PENNY)
            if match[1] == "whatsapp":
                whatsapp = pence
            else:
                sms[match[2] or "*"] = pence
        return cls(sms, whatsapp)

    def of(self, channel: str, country: str, text: str) -> tuple[int, int]:
        """Segments and price of one text; a WhatsApp message of any length is one."""
        if channel == "whatsapp":
            return 1, self.whatsapp
        count = _parts(text)
        each = self.sms.get(country, self.sms.get("*", max(self.sms.values(), default=0)))
        return count, count * each


@lru_cache(maxsize=64)
def _parts(text: str) -> int:
    """The segments of a text, which goes to many people as it is."""
    return segments(text).count


def pounds(units: int) -> str:
    """A price for people, rounded half up to the penny: £1.90."""
    pence = (units + PENNY // 2) // PENNY
    return f"£{pence // 100}.{pence % 100:02d}"
