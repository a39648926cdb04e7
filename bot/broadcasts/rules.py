"""Whether and how one person may be reached now: the same rules for the preview, the plan and the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.broadcasts.exclusions import Exclusion
from bot.broadcasts.hours import Hours, HoursError
from bot.people import needs
from bot.people.numbers import country_of
from bot.settings import Settings
from flows.run import moment
from storage.sending.audience import Person, Way

WHATSAPP_OPEN = timedelta(hours=23, minutes=50)
"""After somebody's last text, how long we may write to them in our own words: WhatsApp's 24 hours, with a margin."""
TODAY = timedelta(hours=12)
"""How long a broadcast waits for somebody's own hours; who cannot be reached within it is left out."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say about reaching people."""

    hours: Hours
    zone: ZoneInfo
    surveys_a_month: int
    countries: frozenset[str]
    templates: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """The rules of this service."""
        zone = ZoneInfo(settings.timezone)
        return cls(
            Hours.parse(settings.quiet_hours, zone),
            zone,
            settings.surveys_a_month,
            frozenset(settings.countries),
            settings.twilio_whatsapp_templates,
        )

    def hours_of(self, attributes: Mapping[str, Any]) -> Hours:
        """A person's own hours and zone, from `contact.hours` and `contact.zone`; everybody's where they have none."""
        zone = self.zone
        try:
            if attributes.get("zone"):
                zone = ZoneInfo(str(attributes["zone"]))
            if attributes.get("hours"):
                return Hours.parse(str(attributes["hours"]), zone)
        except (HoursError, ValueError, LookupError, OSError):
            return self.hours
        return Hours(self.hours.opens, self.hours.closes, zone)

    def template(self, name: str | None, language: str) -> str | None:
        """An approved WhatsApp template, such as the one that begins a flow, in a language or in any."""
        return self.templates.get(f"{name}.{language}") or self.templates.get(name or "")

    def excluded(self, person: Person, *, survey: bool, now: datetime) -> Exclusion | None:
        """Why a person is left out whatever is sent, where there is a reason."""
        if person.stopped:
            return Exclusion.STOPPED
        if not person.agreed:
            return Exclusion.NOT_AGREED
        valid = [way for way in person.ways if not way.invalid]
        if not valid:
            return Exclusion.UNREACHABLE
        if not any(self.allowed(way.address) for way in valid):
            return Exclusion.COUNTRY
        if person.muted_until > now.timestamp() * 1_000_000:
            return Exclusion.MUTED
        if survey and person.asked >= self.surveys_a_month:
            return Exclusion.ASKED
        if self.hours_of(person.attributes).next_allowed(now) > now + TODAY:
            return Exclusion.QUIET
        return None

    def allowed(self, address: str) -> bool:
        """Whether an address is of a country we text."""
        return country_of(address) in self.countries

    def way_to(self, person: Person, template: str | None, now: datetime) -> Way | None:
        """The address to use: WhatsApp while its window is open, else SMS, else WhatsApp by a template, else None."""
        usable = [way for way in person.ways if not way.invalid and self.allowed(way.address)]
        by = {way.channel: way for way in usable}
        whatsapp = None if needs.has(person.attributes, needs.SMS_ONLY) else by.get("whatsapp")
        if whatsapp is not None and window_open(person.heard_at, now):
            return whatsapp
        if "sms" in by:
            return by["sms"]
        return whatsapp if whatsapp is not None and self.template(template, person.language) else None


def window_open(heard_at: int, now: datetime) -> bool:
    """Whether a person who last wrote by WhatsApp at this time (microseconds) may be written to in our own words."""
    return bool(heard_at) and now - moment(heard_at) < WHATSAPP_OPEN
