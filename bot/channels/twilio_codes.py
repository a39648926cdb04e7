"""Twilio's error codes and the failures they mean to us.

Twilio says its error texts may change and codes may be added: only codes and HTTP statuses are looked at, and what
is not in the table is decided by its HTTP status.
"""

from __future__ import annotations

from bot.channels import FailureKind

_TABLE: dict[FailureKind, tuple[int, ...]] = {
    FailureKind.RETRY_LATER: (
        *(20429, 21611, 30001),  # too many requests, the sender's queue is full
        *(30003, 30008, 30017, 30410),  # handset switched off, unknown, congestion
        *(63009, 63010, 63012),  # WhatsApp's own errors
        *(63017, 63018, 63038),  # WhatsApp's limits
    ),
    FailureKind.ADDRESS_INVALID: (
        *(21211, 21214, 21217, 21604, 21614),  # not a number, not reachable, not a mobile
        *(30005, 30006),  # unknown handset, landline
        *(63003, 63024),  # not on WhatsApp
    ),
    FailureKind.OPTED_OUT: (21610,),
    FailureKind.SENDER_BROKEN: (
        *(20003, 20006, 20403, 20404, 30002),  # account, token, rights; account suspended
        *(21212, 21603, 21606, 21703, 21704, 21705, 21712),  # the number or service we send from
        *(21609, 21654, 21655, 21656),  # address of the callback; templates
        *(63007, 63013, 63026),  # WhatsApp sender; policy
    ),
    FailureKind.SUSPECTED: (30450, 30453),  # pumping: texts that somebody has sent for a share of their price
    FailureKind.PERMANENT: (
        *(21408, 21612, 30004, 30007),  # country not allowed, no route, blocked, filtered
        *(14103, 21602, 21617, 21618),  # the text: empty, too long, refused
        *(63014, 63016, 63032, 63033),  # blocked by the person; outside WhatsApp's 24 hours; limited
        *(63027, 63028, 63029, 63041),  # WhatsApp templates
    ),
}
KINDS = {code: kind for kind, codes in _TABLE.items() for code in codes}
"""What each known code means."""
BUSY = frozenset({20429, 21611, 30001})
"""Codes that say nothing about the message itself: Twilio, or our sender there, has too much to do."""


def failure_in(code: int | None) -> FailureKind | None:
    """What the code in a report about a message that Twilio had taken means; None where there is none."""
    return None if code is None else KINDS.get(code, FailureKind.PERMANENT)


def kind_of(code: int | None, http_status: int) -> FailureKind:
    """What an error answer to sending means.

    Args:
        code: Twilio's code, where the answer carried one.
        http_status: the answer's status.
    """
    # Documented as never processed, so sending again cannot text anybody twice.
    if http_status == 429:
        return FailureKind.RETRY_LATER
    # A server that broke may have sent the message before; no code of its own changes that.
    if http_status >= 500 or http_status == 408:
        return FailureKind.AMBIGUOUS
    if code is not None and code in KINDS:
        return KINDS[code]
    if http_status in (401, 403, 404, 405) or 300 <= http_status < 400:
        return FailureKind.SENDER_BROKEN
    return FailureKind.PERMANENT if 400 <= http_status < 500 else FailureKind.AMBIGUOUS
