"""Who may open which page: every route says so itself, and a route that does not stops the service from starting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

from flask import Blueprint, Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from bot.marks import later

View = TypeVar("View", bound=Callable[..., object])


class Role(StrEnum):
    """What somebody who signed in may do; each later one may do all the earlier ones may."""

    CHAMPION = "champion"
    """Own groups; counts, never the answers of single people. Signs in by phone, and is on no team."""
    COORDINATOR = "coordinator"
    """Everything of this organisation but its team."""
    ADMINISTRATOR = "administrator"
    """The team and the settings too."""


STAFF = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
EVERYONE_IN = frozenset(Role)
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
ANYBODY: frozenset[Role] = frozenset()
"""Pages for people who have not signed in."""


ROLE_WORDS = {
    Role.CHAMPION: later("Champion: own groups, counts only"),
    Role.COORDINATOR: later("Coordinator: everything but the team"),
    Role.ADMINISTRATOR: later("Administrator: the team and the settings too"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, read from the store at this request. A champion by phone has a contact and no user."""

    name: str
    role: Role
    language: str | None
    user_id: int | None = None
    contact_id: int | None = None

    @property
    def is_staff(self) -> bool:
        """Coordinator or administrator."""
        return self.role in STAFF

    @property
    def actor(self) -> str:
        """How the audit trail names them."""
        return f"user:{self.user_id}" if self.user_id is not None else f"contact:{self.contact_id}"


def allow(roles: frozenset[Role], *, largest: int | None = None) -> Callable[[View], View]:
    """Classify a view: who may open it, and the bytes of its largest form where that is more than any page needs.

    `ANYBODY` needs no sign-in.
    """

    def classified(view: View) -> View:
        view.__dict__["allowed"] = roles
        view.__dict__["largest"] = largest
        return view

    return classified


def allowed(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """The roles that may open an endpoint; None where nobody classified it."""
    return cast("frozenset[Role] | None", getattr(app.view_functions[endpoint], "allowed", None))


def largest_form(app: Flask, endpoint: str) -> int | None:
    """How large a form this view takes, in bytes; None: as every page."""
    return cast("int | None", getattr(app.view_functions[endpoint], "largest", None))


def unclassified(app: Flask, blueprint: Blueprint) -> list[str]:
    """The endpoints of a blueprint that nobody classified."""
    prefix = f"{blueprint.name}."
    return [name for name in app.view_functions if name.startswith(prefix) and allowed(app, name) is None]


def person() -> Person:
    """Who is signed in at this request. Only for views that are not for `ANYBODY`."""
    return cast("Person", g.person)


def asks_again_by_itself() -> bool:
    """Whether a page that moves sent this, perhaps with nobody at it: no sign that somebody is still there."""
    return request.method == "GET" and "HX-Request" in request.headers


def guard(app: Flask) -> Response | None:
    """Refuse this request unless the signed-in person's role may open its page."""
    if request.endpoint is None:
        return None
    roles = allowed(app, request.endpoint)
    if roles is None:
        abort(404)
    if not roles:
        return None
    if g.person is None and asks_again_by_itself():
        return Response(status=204, headers={"HX-Redirect": url_for("console.sign_in", next=request.path)})
    if g.person is None:
        # Only a page may be come back to: another site must not choose what is posted after a sign-in.
        back = request.path if request.method == "GET" else None
        return redirect(url_for("console.sign_in", next=back), 303)
    if g.person.role not in roles:
        abort(403)
    return None
