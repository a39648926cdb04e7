"""The tables, one module an area.

Times are microseconds since 1970-01-01 UTC; days are `YYYY-MM-DD` where the contacts live.
"""

from storage.tables.answers import answers, tallies
from storage.tables.base import metadata
from storage.tables.contacts import addresses, consents, contacts, members
from storage.tables.messages import messages
from storage.tables.runs import dues, revisions, runs
from storage.tables.service import alerts, heartbeats

__all__ = [
    "addresses",
    "alerts",
    "answers",
    "consents",
    "contacts",
    "dues",
    "heartbeats",
    "members",
    "messages",
    "metadata",
    "revisions",
    "runs",
    "tallies",
]
