"""Who of a broadcast was not heard of for months: another may have their number, and is asked before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.conversations.doubts import APART, SILENCE
from flows.run import microseconds
from storage.community import doubts
from storage.database import Connection
from storage.sending.audience import Person


def silent_people(db: Connection, people: Sequence[Person], now: datetime) -> set[int]:
    """Mark those who were not heard of for months as silent; the ids of those who are asked now whose number it is."""
    since = microseconds(now - SILENCE)
    long_known = [each.id for each in people if each.created_at < since]
    heard = doubts.heard_since(db, long_known, since) if long_known else set()
    silent = set(long_known) - heard
    for person in people:
        person.silent = person.id in silent or any(way.doubt is not None for way in person.ways)
    to_ask = [person.id for person in people if person.silent]
    return set(to_ask) - doubts.asked_since(db, to_ask, microseconds(now - APART)) if to_ask else set()
