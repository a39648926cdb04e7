"""What the clock tidies: texts spooled while the store was away, and rows whose time is over."""

from __future__ import annotations

from bot.conversation import take_turn
from bot.service import Service
from flows.run import microseconds
from storage import retention


def hand_in_spooled(service: Service) -> int:
    """Handle every text kept while the store was away, oldest first; returns how many. Once more does no harm."""
    handled = 0
    for path, inbound in service.spool.waiting():
        take_turn(service, inbound, waiting=False)
        path.unlink()
        handled += 1
    return handled


def tidy(service: Service) -> None:
    """Delete rows that serve nobody any more."""
    retention.prune(service.database, microseconds(service.now()))
