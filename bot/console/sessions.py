"""Who is signed in at this browser: the cookie carries a random name, and the store decides what it is worth."""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import session

from bot.console.access import Person, Role, asks_again_by_itself
from bot.service import Service
from flows.due import span
from flows.run import microseconds
from storage.team import users

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
"""A session's last use is written down at most this often."""
_KEY = "sid"


def person_of_request(service: Service) -> Person | None:
    """The person whose session the cookie names: read from the store each time, so a removed one is out at once."""
    name = session.get(_KEY)
    if not isinstance(name, str):
        return None
    now = microseconds(service.now())
    key = service.secrets.hash(name)
    with service.database.reading() as db:
        found = users.session(db, key)
    if found is None:
        return None
    if now - found.seen_at > span(IDLE) or now - found.created_at > span(LONGEST):
        end(service)
        return None
    if now - found.seen_at > span(TOUCH) and not asks_again_by_itself():
        with service.database.transaction() as db:
            users.touch_session(db, key, now)
    return Person(found.name, Role(found.role), found.language, found.user_id, found.contact_id)


def begin(service: Service, *, user_id: int | None = None, contact_id: int | None = None) -> None:
    """Sign somebody in under a new session name: one from before the sign-in is worth nothing, in the store too."""
    end(service)
    name = secrets.token_urlsafe(32)
    session[_KEY] = name
    session.permanent = True
    with service.database.transaction() as db:
        users.open_session(db, service.secrets.hash(name), user_id, contact_id, microseconds(service.now()))


def end(service: Service) -> None:
    """Sign out, here and in the store."""
    name = session.pop(_KEY, None)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    if isinstance(name, str):
        with service.database.transaction() as db:
            users.end_session(db, service.secrets.hash(name))


def is_own_page(target: object) -> bool:
    """Whether this is the path of one of the console's pages, safe to send a browser to; never another site."""
    if not isinstance(target, str) or not target.startswith("/console") or "\\" in target:
        return False
    parts = urlsplit(target)
    return not parts.netloc and not parts.scheme
