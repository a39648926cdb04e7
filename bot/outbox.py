"""Messages that wait to be sent: claimed under a lease, checked again, handed to their gateway, recorded.

A message is a committed row before anything is sent, and no transaction is open while a gateway is called. What the
gateway answers decides by a closed table (`bot.channels.FailureKind`); an answer that leaves it open whether the
message went out is never met by sending again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from bot.channels import Channel, FailureKind, SendError, SendFailure
from bot.logs import log
from bot.service import Service
from flows.run import microseconds
from storage import messages
from storage.messages import OutboxRow
from storage.turns import open_turn_of

LEASE_SECONDS = 60
"""Longer than any one send can take (the gateway is given ten seconds)."""
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)


def send_waiting(service: Service, gateways: Mapping[str, Channel], limit: int = 50) -> int:
    """Send up to `limit` waiting messages; returns how many were claimed."""
    token = secrets.token_hex(8)
    rows = messages.claim(service.database, microseconds(service.now()), limit, LEASE_SECONDS, token)
    for row in rows:
        _send_one(service, gateways, row, token)
    return len(rows)


def _send_one(service: Service, gateways: Mapping[str, Channel], row: OutboxRow, token: str) -> None:
    database = service.database
    if row.stopped:
        messages.record_failed(database, row.id, token, "cancelled", None, microseconds(service.now()))
        return
    gateway = gateways.get(row.gateway)
    if gateway is None:
        failure = SendFailure(FailureKind.SENDER_BROKEN, None, f"no gateway called {row.gateway} is set up")
        _fail(service, row, token, failure)
        return
    if not messages.begin(database, row.id, token, microseconds(service.now())):
        return
    try:
        sent = gateway.send(row.address, row.body, row.id)
    except SendError as error:
        _fail(service, row, token, error.failure)
        return
    messages.record_sent(database, row.id, token, sent.provider_id, sent.status, microseconds(service.now()))


def _fail(service: Service, row: OutboxRow, token: str, failure: SendFailure) -> None:
    database, now = service.database, microseconds(service.now())
    log.warning("message not sent", message=row.id, kind=failure.kind, code=failure.code)
    if failure.kind is FailureKind.AMBIGUOUS:
        messages.record_ambiguous(database, row.id, token, now)
        return
    waits = failure.kind in (FailureKind.RETRY_LATER, FailureKind.SENDER_BROKEN)
    if waits and (row.attempts < MOST_ATTEMPTS or failure.kind is FailureKind.SENDER_BROKEN):
        wait = min(FIRST_WAIT * 2 ** min(row.attempts, 16), LONGEST_WAIT)
        messages.release(database, row.id, token, now + int(wait.total_seconds() * 1_000_000))
        return
    messages.record_failed(database, row.id, token, "failed", failure.code, now)
    if failure.kind is FailureKind.OPTED_OUT:
        _stop(service, row, now)


def _stop(service: Service, row: OutboxRow, now: int) -> None:
    """The carrier knows of a STOP that never reached us: remember it as if it had."""
    with open_turn_of(service.database, row.contact_id) as stored:
        if stored.contact is None or stored.contact.stopped_at is not None:
            return
        stored.stop_contact(row.contact_id, now)
        if stored.run is not None:
            stored.end_open_run(stored.run.id, "stopped", now)
            stored.clear_due(stored.run.id)
        stored.add_consent(
            contact_id=row.contact_id,
            kind="stop",
            scope="all",
            wording="carrier",
            language=stored.contact.language,
            channel=row.channel,
            message_id=row.id,
            now=now,
        )
