"""The settings about reaching people: what is wrong with a value, and how a good one is read."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from bot.broadcasts.hours import Hours, HoursError
from bot.broadcasts.prices import PriceError, PriceList

PRICES = "sms:GB=4.2 sms:*=9 whatsapp=4"
_SITE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
_TEMPLATE = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z]{2,3})?)=(HX[0-9a-fA-F]{32})")


def hours_problem(value: str) -> str | None:
    """What is wrong with the hours in which texts may go out."""
    try:
        Hours.parse(value, ZoneInfo("UTC"))
    except HoursError:
        return "must be hours such as 08:00-20:00"
    return None


def prices_problem(value: str) -> str | None:
    """What is wrong with a price list."""
    try:
        PriceList.parse(value)
    except PriceError as error:
        return str(error)
    return None


def sites_problem(value: str) -> str | None:
    """What is wrong with the list of sites that may be linked to."""
    bad = [site for site in sites(value) if not _SITE.fullmatch(site)]
    return f"must be names of sites such as nhs.uk, with commas between, not `{bad[0][:40]}`" if bad else None


def sites(value: str) -> tuple[str, ...]:
    """The sites of a list."""
    return tuple(site.strip().lower() for site in value.split(",") if site.strip())


def templates_problem(value: str) -> str | None:
    """What is wrong with the list of WhatsApp templates."""
    bad = [entry for entry in value.replace(" ", "").split(",") if entry and not _TEMPLATE.fullmatch(entry)]
    return f"has `{bad[0][:40]}`; write visit=HX and 32 hex digits, or visit.cy=HX…" if bad else None


def templates(value: str) -> dict[str, str]:
    """Content SIDs by flow, or by flow and language."""
    return dict(_TEMPLATE.findall(value.replace(" ", "")))
