"""What Twilio remembers: the messages it took from us, and the texts it took for us.

`client` is Twilio's own, made in `twilio_api`. Its list knows less than a webhook says: no button, no opt-out type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.channels import BadRequestError, Inbound, Sent
from bot.channels.twilio_webhook import parse_inbound

PAGE = 1000
"""Rows asked for at once; Twilio gives no more."""
LOST = frozenset({"failed", "undelivered", "canceled"})


def sent_to(client: Any, to: str, body: str, since: datetime) -> Sequence[Sent]:
    """What we sent to somebody, with these words, since then; oldest first."""
    rows = client.messages.list(to=to, date_sent_after=_utc(since), page_size=PAGE, limit=PAGE)
    found = [row for row in rows if row.direction == "outbound-api" and (row.body or "") == body]
    # A message still in Twilio's queue has no time of sending, and a filter by it would pass the message by.
    if not found:
        recent = client.messages.list(to=to, page_size=50, limit=50)
        found = [
            row
            for row in recent
            if row.direction == "outbound-api" and (row.body or "") == body and _created(row) >= _utc(since)
        ]
    return [Sent(row.sid, str(row.status)) for row in sorted(found, key=_created)]


def heard(client: Any, senders: Sequence[str], since: datetime) -> Iterator[Inbound]:
    """The texts that came to these senders of ours since then, oldest first; to any, where none is named."""
    rows = []
    for sender in senders or (None,):
        to = {} if sender is None else {"to": sender}
        rows += [
            row
            for row in client.messages.stream(date_sent_after=_utc(since), page_size=PAGE, **to)
            if row.direction == "inbound"
        ]
    for row in sorted(rows, key=_created):
        text = _inbound(row)
        if text is not None:
            yield text


def _inbound(row: Any) -> Inbound | None:
    """A row of the list, read by the same rules as a webhook; None for what no webhook would have been taken for."""
    form = [
        ("MessageSid", str(row.sid)),
        ("From", str(row.from_ or "")),
        ("To", str(row.to or "")),
        ("Body", str(row.body or "")),
        ("NumMedia", str(row.num_media or "0")),
    ]
    try:
        return parse_inbound(form, _created(row), recovered=True)
    except BadRequestError:
        return None


def _created(row: Any) -> datetime:
    return _utc(row.date_sent or row.date_created)


def _utc(moment: datetime) -> datetime:
    """The library writes any time as if it were UTC, and reads none with a zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
