"""After an outage: the texts the webhook never got, from the gateway's own list.

After a restore that list holds texts too which the lost store had heard and answered. They are heard once more, so that
the conversations stand where people left them, and nobody is answered a second time: where the gateway has given
somebody the reply to this text or a later one, it is not sent; for any other reply the gateway is asked first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.channels import Channel, Inbound, SendError
from bot.conversations.exchange import GIVEN, IN_DOUBT, QUEUED, Reply
from bot.conversations.turn import take_turn
from bot.logs import log
from bot.service import Service
from flows.run import microseconds, moment
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
    restored, last = _marks(service, now)
    begin = since or last - OVERLAP
    new = 0
    for name, gateway in gateways.items():
        try:
            given = gateway.replied(begin) if begin < restored else {}
            for inbound in gateway.heard(begin):
                reply = late_turn(service, inbound, _standing(inbound, restored, given.get(inbound.address)))
                new += reply is not None and not reply.duplicate
        except SendError as error:
            log.warning("gateway could not be asked", gateway=name, kind=error.failure.kind)
            return new
    heartbeats.beat(service.database, MARK, "ok", microseconds(now))
    if new:
        log.info("texts fetched that the webhook never got", count=new)
    return new


def _standing(inbound: Inbound, restored: datetime, given: datetime | None) -> str:
    """What becomes of the reply; `given`: when the gateway last gave this person one."""
    if inbound.received_at >= restored:
        return QUEUED
    return GIVEN if given is not None and given >= inbound.received_at else IN_DOUBT


def late_turn(service: Service, inbound: Inbound, reply_status: str = QUEUED) -> Reply | None:
    """Handle a text for whose reply nobody waits; None where a mistake of ours keeps it from being handled.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    try:
        return take_turn(service, inbound, reply_status)
    except StoreUnavailableError:
        raise
    except Exception as error:  # one text that breaks something must not hold up everybody behind it
        log.failure("text not handled", error)
        return None


def _marks(service: Service, now: datetime) -> tuple[datetime, datetime]:
    """When the store was restored (if never: long ago), and when the gateway's list was last looked at."""
    with service.database.reading() as db:
        beats = heartbeats.read(db)
        heard = messages.last_heard_at(db)
    restored = beats.get(heartbeats.RESTORED, (0, ""))[0]
    last = beats[MARK][0] if MARK in beats else heard
    return moment(restored), moment(last) if last else now - FIRST_LOOK
