"""What Twilio remembers: the messages it took from us, and the texts it took for us.

`client` is Twilio's own, made in `twilio_api`. Its list knows less than a webhook says: no button, no opt-out type.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.channels import BadRequestError, Inbound, Sent
from bot.channels.twilio_webhook import parse_inbound
from bot.channels.twiml import split
from flows.text import clean

PAGE = 1000
"""Rows asked for at once; Twilio gives no more."""


def sent_to(client: Any, to: str, body: str, since: datetime, *, answered: bool) -> Sequence[Sent]:
    """What we sent to somebody, with these words, since then; oldest first. `answered`: in the answer to a webhook."""
    direction = "outbound-reply" if answered else "outbound-api"

    def is_it(row: Any) -> bool:
        return row.direction == direction and _created(row) >= _utc(since) and _may_be(row.body or "", body)

    found = [
        row
        for row in client.messages.list(to=to, date_sent_after=_utc(since), page_size=PAGE, limit=PAGE)
        if is_it(row)
    ]
    # A message still in Twilio's queue has no time of sending, and a filter by it would pass the message by.
    found = found or [row for row in client.messages.list(to=to, page_size=50, limit=50) if is_it(row)]
    return [Sent(row.sid, str(row.status)) for row in sorted(found, key=_created)]


def _may_be(kept: str, body: str) -> bool:
    """Whether what Twilio kept of a message may be these words: it may trim them, put plain signs in place of others,
    and keep none at all for an account that asks for it. A long text went in parts, of which the first is looked for.
    To take another text for ours loses one; not to know ours again would say it twice."""
    return not kept or _letters(kept) == _letters(split(clean(body))[0] if body.strip() else body)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def heard(client: Any, senders: Sequence[str], since: datetime) -> Iterator[Inbound]:
    """The texts that came to these senders of ours since then, oldest first; to any, where none is named."""
    # Twilio lists the newest first and tells whole seconds: of two texts in one second, the one listed last came first.
    rows = list(_listed(client, "to", senders, "inbound", since))
    rows.reverse()
    for row in sorted(rows, key=_created):
        text = _inbound(row)
        if text is not None:
            yield text


def replied(client: Any, senders: Sequence[str], since: datetime) -> dict[str, datetime]:
    """When each address was last sent what a webhook of ours answered, by these senders, or by any."""
    last: dict[str, datetime] = {}
    for row in _listed(client, "from_", senders, "outbound-reply", since):
        address = str(row.to) if str(row.to).startswith("whatsapp:") else f"sms:{row.to}"
        last[address] = max(_created(row), last.get(address, _created(row)))
    return last


def _listed(client: Any, end: str, senders: Sequence[str], direction: str, since: datetime) -> Iterator[Any]:
    """Messages of one direction that have a sender of ours at this end."""
    for sender in senders or (None,):
        ours = {} if sender is None else {end: sender}
        rows = client.messages.stream(date_sent_after=_utc(since), page_size=PAGE, **ours)
        yield from (row for row in rows if row.direction == direction)


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
