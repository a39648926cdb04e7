"""The tables, one module an area.

Times are microseconds since 1970-01-01 UTC; days are `YYYY-MM-DD` where the contacts live.
"""

from storage.tables.answers import answers, tallies
from storage.tables.base import metadata
from storage.tables.broadcasts import broadcasts, orphan_statuses, recipients, senders, spending
from storage.tables.contacts import addresses, consents, contacts, members
from storage.tables.groups import champions, groups, invitations, meeting_counts, orders
from storage.tables.messages import messages
from storage.tables.runs import dues, revisions, runs
from storage.tables.service import alerts, heartbeats
from storage.tables.users import audits, phone_codes, recovery_codes, sessions, throttles, users

__all__ = [
    "addresses",
    "alerts",
    "answers",
    "audits",
    "broadcasts",
    "champions",
    "consents",
    "contacts",
    "dues",
    "groups",
    "heartbeats",
    "invitations",
    "meeting_counts",
    "members",
    "messages",
    "metadata",
    "orders",
    "orphan_statuses",
    "phone_codes",
    "recipients",
    "recovery_codes",
    "revisions",
    "runs",
    "senders",
    "sessions",
    "spending",
    "tallies",
    "throttles",
    "users",
]
