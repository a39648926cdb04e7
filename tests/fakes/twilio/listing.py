"""The list of messages: filters and pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.fakes.twilio.account import Account
from tests.fakes.twilio.ledger import Message

FILTERS = ("To", "From", "DateSent", "DateSent>", "DateSent<")


def listing(account: Account, query: dict[str, list[str]]) -> dict[str, Any]:
    """One page, newest first. The page token names the last message shown, so that new messages shift nothing.

    Raises:
        ValueError: a date or a page token that Twilio would not take.
    """
    given = {name: values[0] for name, values in query.items()}
    size = int(given.get("PageSize", "50"))
    page = int(given.get("Page", "0"))
    with account.lock:
        found = [message for message in reversed(account.ledger.messages.values()) if _matches(message, given)]
        found.sort(key=lambda message: message.created_at, reverse=True)
    start = _after(found, given.get("PageToken"))
    rows = found[start : start + size]
    more = start + size < len(found)
    base = f"/2010-04-01/Accounts/{account.sid}/Messages.json"
    filters = {name: given[name] for name in FILTERS if name in given} | {"PageSize": str(size)}

    def uri(number: int, token: str | None = None) -> str:
        return f"{base}?{urlencode(filters | {'Page': str(number)} | ({'PageToken': token} if token else {}))}"

    return {
        "end": start + len(rows) - 1 if rows else 0,
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1, f"PA{rows[-1].sid}") if more else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": uri(page - 1) if page else None,
        "start": start,
        "uri": uri(page, given.get("PageToken")),
        "messages": [message.resource() for message in rows],
    }


def _after(found: list[Message], token: str | None) -> int:
    if token is None:
        return 0
    for place, message in enumerate(found):
        if token == f"PA{message.sid}":
            return place + 1
    raise ValueError("The page token is unknown.")


def _matches(message: Message, given: dict[str, str]) -> bool:
    if given.get("To", message.to) != message.to or given.get("From", message.from_) != message.from_:
        return False
    for name in ("DateSent", "DateSent>", "DateSent<"):
        if name in given and not _in_time(message.updated_at, name, given[name]):
            return False
    return True


def _in_time(sent_at: datetime, name: str, value: str) -> bool:
    """Days include themselves at both ends; moments are compared to the second, in UTC. DateSent means its day."""
    if name == "DateSent":
        value = value[:10]
    sent_at = sent_at.astimezone(UTC).replace(microsecond=0)
    if len(value) == 10:
        first = datetime.combine(date.fromisoformat(value), time(), UTC)
        last = first + timedelta(days=1) - timedelta(seconds=1)
    else:
        first = last = datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
    if name == "DateSent>":
        return sent_at >= first
    if name == "DateSent<":
        return sent_at <= last
    return first <= sent_at <= last
