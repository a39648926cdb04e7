"""Looking at one person: only with a reason, which the audit trail keeps and which lasts half an hour."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, make_response, render_template, session

from bot.console.access import person
from bot.console.language import say
from bot.marks import later
from bot.service import Service
from flows.run import microseconds
from storage.database import Connection
from storage.team import audit

LASTS = timedelta(minutes=30)
MOST = 30
"""Open looks of one browser: its cookie holds no more, and the oldest is asked for anew."""
_LOOKS = "looks"
Look = tuple[int, str, list[str]]
"""When it began, in seconds since 1970, for which of the reasons, and which pages were opened under it."""

REASONS = {
    "safeguarding": later("Somebody may be in danger or distress"),
    "asked": later("They asked to be contacted"),
    "problem": later("Something went wrong in their conversation"),
    "quality": later("To check that replies are understood"),
    "rights": later("They asked what we know, or to change or delete it"),
}
_ACTIONS = {"conversation": later("looked at a conversation"), "contact": later("looked at a person")}
"""What the audit trail calls a look, by the page it opens."""


def code_name(service: Service, number: int) -> str:
    """What a person is called where their name and number are not needed."""
    return named_by(service.secrets.pseudonym("contact", number))


def named_by(pseudonym: str) -> str:
    """The same, of the pseudonym that the audit trail keeps of somebody who was erased."""
    return say("Person {name}", name=pseudonym[:6].upper())


def may_look(service: Service, contact_id: int, what: str) -> bool:
    """Whether this browser gave a reason for this person within the last half hour.

    The reason holds for all their pages; that another one, `what`, is opened is noted too.
    """
    look = _open_looks(service).get(str(contact_id))
    if look is None:
        return False
    at, reason, seen = look
    if what not in seen:
        with service.database.transaction() as db:
            _note(db, contact_id, what, reason, microseconds(service.now()))
        _keep(service, contact_id, (at, reason, [*seen, what]))
    return True


def only_after_a_look(service: Service, contact_id: int) -> str:
    """Refuse what nobody gave a reason for; returns the reason, for the audit trail."""
    look = _open_looks(service).get(str(contact_id))
    if look is None:
        abort(403)
    return REASONS[look[1]]


def ask_why(service: Service, contact_id: int, what: str) -> Response:
    """The page that asks for the reason; `what` is the page it opens: `conversation` or `contact`."""
    page = render_template(
        "console/why.html", contact_id=contact_id, what=what, name=code_name(service, contact_id), reasons=REASONS
    )
    return make_response(page)


def begin(service: Service, db: Connection, contact_id: int, what: str, reason: str) -> None:
    """Note the look in the audit trail, and let this browser look for half an hour."""
    if reason not in REASONS or what not in _ACTIONS:
        abort(400)
    now = service.now()
    _note(db, contact_id, what, reason, microseconds(now))
    _keep(service, contact_id, (int(now.timestamp()), reason, [what]))


def _note(db: Connection, contact_id: int, what: str, reason: str, now: int) -> None:
    audit.note(db, person().actor, _ACTIONS[what], f"contact:{contact_id}", REASONS[reason], now)


def _keep(service: Service, contact_id: int, look: Look) -> None:
    newest = sorted({**_open_looks(service), str(contact_id): look}.items(), key=lambda each: each[1][0])[-MOST:]
    session[_LOOKS] = dict(newest)


def _open_looks(service: Service) -> dict[str, Look]:
    since = service.now().timestamp() - LASTS.total_seconds()
    looks: dict[str, Look] = session.get(_LOOKS) or {}
    return {contact: look for contact, look in looks.items() if look[0] > since}
