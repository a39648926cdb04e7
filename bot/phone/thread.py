"""The thread of one phone: what was texted both ways, as bubbles with what each cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.service import Service
from flows.run import moment
from flows.text import segments
from storage import messages
from storage.community import phones

LONGEST_THREAD = 200
UNDER_WAY = frozenset({"queued", "sending", "cancelled", "failed", "undelivered", "ambiguous"})
"""A text to a phone in one of these states has not reached it."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text: whose it is, when it was sent, and what it cost as SMS (empty on WhatsApp)."""

    id: int
    mine: bool
    body: str
    at: datetime
    cost: str


def read_thread(service: Service, address: str, channel: str) -> list[Bubble]:
    """The last texts of a phone, oldest first; empty for a phone nobody has used.

    Raises:
        StoreUnavailableError: the store cannot be reached.
    """
    with service.database.reading() as db:
        people = phones.people_on(db, service.secrets.hash(address))
        rows = messages.conversation(db, *(each.contact_id for each in people), limit=LONGEST_THREAD)
    # Ids made in the same millisecond are in no order; a reply belongs below the text it answers.
    answers = {row.reply_id: row.id for row in rows if row.reply_id is not None}
    rows = sorted(rows, key=lambda row: (answers.get(row.id, row.id), row.direction == "out"))
    zone = ZoneInfo(service.settings.timezone)
    return [
        Bubble(
            row.id,
            row.direction == "in",
            row.body,
            moment(row.created_at).astimezone(zone),
            cost(row.body, channel),
        )
        for row in rows
        if row.direction == "in" or row.status not in UNDER_WAY
    ]


def cost(text: str, channel: str) -> str:
    """How many SMS a text takes, and why that many where one letter doubled it: `2 SMS, unicode because of ŵ`.

    Empty on WhatsApp.
    """
    if channel != "sms":
        return ""
    taken = segments(text)
    why = f", unicode because of {taken.forced_by[:3]}" if taken.forced_by else ""
    return f"{taken.count} SMS{why}"
