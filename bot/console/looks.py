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
_LOOKS = "looks"

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


def may_look(service: Service, contact_id: int) -> bool:
    """Whether this browser gave a reason for this person within the last half hour."""
    return str(contact_id) in _open_looks(service)


def only_after_a_look(service: Service, contact_id: int) -> None:
    """Refuse what nobody gave a reason for."""
    if not may_look(service, contact_id):
        abort(403)


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
    audit.note(db, person().actor, _ACTIONS[what], f"contact:{contact_id}", REASONS[reason], microseconds(now))
    session[_LOOKS] = {**_open_looks(service), str(contact_id): now.timestamp()}


def _open_looks(service: Service) -> dict[str, float]:
    since = service.now().timestamp() - LASTS.total_seconds()
    found = session.get(_LOOKS)
    looks = found if isinstance(found, dict) else {}
    return {contact: at for contact, at in looks.items() if at > since}
