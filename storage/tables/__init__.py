"""The tables, one module an area.

Times are microseconds since 1970-01-01 UTC; days are `YYYY-MM-DD` where the contacts live.
"""

from storage.tables.answers import answers, uncounted
from storage.tables.base import metadata
from storage.tables.broadcasts import broadcasts, orphan_statuses, recipients, senders, spending
from storage.tables.console import answer_labels, publications, shelf_changes, uploads, used_forms
from storage.tables.contacts import addresses, consents, contacts, members
from storage.tables.groups import champions, groups, invitations, meeting_counts, orders
from storage.tables.messages import messages
from storage.tables.results import marks, picks, reviews, run_tallies, tallies
from storage.tables.rights import erased, export_files, feeds, redactions, releases
from storage.tables.runs import revisions, runs
from storage.tables.service import alerts, heartbeats
from storage.tables.users import audits, phone_codes, recovery_codes, sessions, throttles, users

__all__ = [
    "addresses",
    "alerts",
    "answer_labels",
    "answers",
    "audits",
    "broadcasts",
    "champions",
    "consents",
    "contacts",
    "erased",
    "export_files",
    "feeds",
    "groups",
    "heartbeats",
    "invitations",
    "marks",
    "meeting_counts",
    "members",
    "messages",
    "metadata",
    "orders",
    "orphan_statuses",
    "phone_codes",
    "picks",
    "publications",
    "recipients",
    "recovery_codes",
    "redactions",
    "releases",
    "reviews",
    "revisions",
    "run_tallies",
    "runs",
    "senders",
    "sessions",
    "shelf_changes",
    "spending",
    "tallies",
    "throttles",
    "uncounted",
    "uploads",
    "used_forms",
    "users",
]
