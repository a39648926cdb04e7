"""A missed call: it costs the caller nothing, and is answered by text."""

from __future__ import annotations

from bot.conversations import sharing
from bot.conversations.exchange import Reply
from bot.conversations.guards import rings_too_often
from bot.conversations.passage import Passage
from bot.people.numbers import is_landline
from flows.run import Run


def ring_back(passage: Passage) -> Reply:
    """Begin by text with somebody who rang; where a question waits, it is asked again."""
    service, run = passage.service, passage.stored.run
    flow_id = service.settings.missed_call
    # A call that waited until we knew whose number it is stands in the store by now: it is the one, not one more.
    waited = passage.inbound is not passage.arrived
    begins = service.shelf.offered(flow_id) if run is None else service.shelf.flow(flow_id)
    if begins is None or (not waited and rings_too_often(passage)):
        return passage.finish("")
    if is_landline(passage.inbound.address.partition(":")[2]):
        return passage.finish("")  # a text to it would only fail
    if sharing.is_shared(passage):
        return passage.finish(sharing.ask(passage))  # a call does not say whose hand is on the phone
    if run is None:
        return passage.begin(flow_id, "", "missed call")
    return passage.ask_again(service.shelf.revision(run.revision_id, passage.language), Run.from_json(run.state))
