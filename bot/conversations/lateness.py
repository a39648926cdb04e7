"""A text that comes late: it answers nothing that was asked after it was written, and undoes nothing said since.

Questions that any text of theirs ends (`Exchange.asked`) and an invitation are not heard at all by such a text; what
else it cannot be is told here.
"""

from __future__ import annotations

from bot.channels import Inbound
from bot.conversations import doubts
from bot.conversations.exchange import Exchange, Reply
from bot.service import Service
from flows.run import Run, microseconds
from flows.understanding.commands import Command, hear
from storage import messages
from storage.conversations.turns import StoredTurn

MOST_SINCE = 100
"""Texts since a late one among which a START is looked for."""
_STILL_ASKED = (Command.FORGET_ME, Command.MY_DATA)
"""Requests that no later text takes back: they are answered however late, and change nothing by themselves."""


def is_late(service: Service, stored: StoredTurn, inbound: Inbound) -> bool:
    """Whether anything was said between us and this person after a text was written."""
    if not inbound.recovered or stored.contact is None:
        return False
    now = microseconds(service.now())
    return messages.are_between(stored.db, stored.contact.id, microseconds(inbound.received_at), now)


def is_overruled(exchange: Exchange, command: Command | None) -> bool:
    """Whether a late text must change nothing: what was said or asked since stands against it."""
    contact, run = exchange.stored.contact, exchange.stored.run
    if contact is None or not exchange.inbound.recovered:
        return False
    if command is Command.STOP:
        return _has_started_since(exchange)
    if (contact.stopped_at or 0) > exchange.at:
        return True
    if (contact.in_hand_at or 0) > exchange.at:
        return True  # on a phone that people share it may be anybody's
    if exchange.late and doubts.is_open(exchange.stored):
        return True
    if command in _STILL_ASKED:
        return False
    return run is not None and Run.from_json(run.state).heard_at > exchange.at


def set_aside(exchange: Exchange) -> Reply:
    """Keep such a text and answer nothing: a person of the team looks at it."""
    run_id, detail = exchange.run_id, "came too late"
    exchange.stored.add_alert("late text", exchange.contact_id, run_id, exchange.message_id, detail, exchange.at)
    return exchange.finish("")


def _has_started_since(exchange: Exchange) -> bool:
    since = messages.recent(exchange.stored.db, exchange.contact_id, exchange.at + 1, MOST_SINCE)
    return any(direction == "in" and hear(body, exchange.words) is Command.START for direction, body in since)
