"""After an outage: the texts the webhook never got, from the gateway's own list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.channels import Channel, Inbound, SendError
from bot.conversations.exchange import Reply
from bot.conversations.turn import take_turn
from bot.logs import log
from bot.service import Service
from flows.run import microseconds
from storage import messages
from storage.database import StoreUnavailableError
from storage.upkeep import heartbeats

OVERLAP = timedelta(hours=1)
"""How far each look goes back behind the last: a text may be listed late."""
FIRST_LOOK = timedelta(days=1)
MARK = "backfill"


def catch_up(service: Service, gateways: Mapping[str, Channel], since: datetime | None = None) -> int:
    """Handle what gateways heard and we did not, oldest first; returns how many texts were new.

    Args:
        service: what it may reach.
        gateways: whom to ask.
        since: look back to this time; None: to an hour before the last look.
    """
    now = service.now()
    begin = since or _last_look(service, now) - OVERLAP
    new = 0
    for name, gateway in gateways.items():
        try:
            for inbound in gateway.heard(begin):
                reply = late_turn(service, inbound)
                new += reply is not None and not reply.duplicate
        except SendError as error:
            log.warning("gateway could not be asked", gateway=name, kind=error.failure.kind)
            return new
    heartbeats.beat(service.database, MARK, "ok", microseconds(now))
    if new:
        log.info("texts fetched that the webhook never got", count=new)
    return new


def late_turn(service: Service, inbound: Inbound) -> Reply | None:
    """Handle a text for whose reply nobody waits; None where a mistake of ours keeps it from being handled.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    try:
        return take_turn(service, inbound, waiting=False)
    except StoreUnavailableError:
        raise
    except Exception as error:  # one text that breaks something must not hold up everybody behind it
        log.failure("text not handled", error)
        return None


def _last_look(service: Service, now: datetime) -> datetime:
    with service.database.reading() as db:
        beat = heartbeats.read(db).get(MARK)
        heard = messages.last_heard_at(db)
    if beat is not None:
        return datetime.fromtimestamp(beat[0] / 1_000_000, UTC)
    return datetime.fromtimestamp(heard / 1_000_000, UTC) if heard else now - FIRST_LOOK
