"""People: the list, finding one by number or first name, what is known about one, and erasing them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from bot.console.access import STAFF, allow, person
from bot.console.dates import day_in_words
from bot.console.language import explain, say
from bot.console.looks import ask_why, code_name, may_look, only_after_a_look
from bot.console.paging import place
from bot.conversations.rights import erase
from bot.people import numbers
from bot.service import Service
from flows.run import microseconds
from flows.text import clean
from storage.community import groups, people
from storage.community.people import Card, Listed
from storage.team import audit

PAGE = 50
LONGEST_NAME = 60
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
NEEDS = ("access_needs", "needs")
"""Attributes that say what somebody needs to take part."""


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/contacts")
    @allow(STAFF)
    def all_contacts() -> Response:
        group, before = request.args.get("group", "")[:40], place()
        with service.database.reading() as db:
            rows = people.page(db, before, PAGE + 1, group)
        older = rows[PAGE - 1].id if len(rows) > PAGE else None
        return _list(service, rows[:PAGE], older=older, group=group)

    @routes.post("/contacts/find")
    @allow(STAFF)
    def find_contact() -> AnyResponse:
        """By number, or else by first name. A form, because neither may stand in the page's address."""
        wanted = " ".join(clean(request.form.get("q", "")).split())[:LONGEST_NAME]
        if not wanted:
            return _list(service, [], {"q": say("Type a number or a first name.")}, 400)
        settings = service.settings
        try:
            number = numbers.e164(wanted, settings.region, settings.countries)
        except numbers.NumberError as error:
            if sum(map(str.isdigit, wanted)) > 2:
                return _list(service, [], {"q": explain(error)}, 400)
            with service.database.reading() as db:
                return _list(service, people.named(db, wanted, PAGE), found=True)
        with service.database.reading() as db:
            rows = people.at(db, numbers.hashes_of(service.secrets, number))
        if len(rows) != 1:
            return _list(service, rows, found=True)
        return redirect(url_for("console.contact", contact_id=rows[0].id), 303)

    @routes.get("/contacts/<int:contact_id>")
    @allow(STAFF)
    def contact(contact_id: int) -> Response:
        card = _card(service, contact_id)
        if not may_look(service, contact_id, "contact"):
            return ask_why(service, contact_id, "contact")
        return _page(service, card)

    @routes.post("/contacts/<int:contact_id>/addresses")
    @allow(STAFF)
    def show_addresses(contact_id: int) -> Response:
        card = _card(service, contact_id)
        why = only_after_a_look(service, contact_id)
        now = microseconds(service.now())
        with service.database.transaction() as db:
            audit.note(db, person().actor, "looked at a number", f"contact:{contact_id}", why, now)
        return _page(service, card, open_addresses=True)

    @routes.get("/contacts/<int:contact_id>/erase")
    @allow(STAFF)
    def ask_to_erase(contact_id: int) -> Response:
        card = _card(service, contact_id)
        only_after_a_look(service, contact_id)
        page = render_template("console/erase.html", card=card, name=code_name(service, contact_id))
        return make_response(page)

    @routes.post("/contacts/<int:contact_id>/erase")
    @allow(STAFF)
    def erase_contact(contact_id: int) -> AnyResponse:
        why = only_after_a_look(service, contact_id)
        erase_person(service, contact_id, why)
        return redirect(url_for("console.all_contacts"), 303)


def erase_person(service: Service, contact_id: int, reason: str) -> None:
    """Erase somebody, and tell whoever clicked what is gone; 404 where there is no such person."""
    addresses = [_plain(service, each.encrypted) for each in _card(service, contact_id).addresses]
    receipt = erase(service, contact_id, addresses, person().actor, reason)
    flash(
        say(
            "Erased for good: {runs} conversations, {answers} answers, {texts} texts.",
            runs=receipt.runs,
            answers=receipt.answers,
            texts=receipt.messages,
        )
    )


def needs_of(attributes: Mapping[str, Any]) -> str:
    """What somebody needs to take part, in their own words; empty where they named nothing."""
    return str(next((attributes[name] for name in NEEDS if attributes.get(name)), ""))


def shown_name(service: Service, contact_id: int, attributes: Mapping[str, Any]) -> str:
    """What a person is called in a list: by name only where they chose to be visible."""
    first = attributes.get("first_name")
    return str(first) if first and attributes.get("visible") is True else code_name(service, contact_id)


def _card(service: Service, contact_id: int) -> Card:
    with service.database.reading() as db:
        card = people.card(db, contact_id)
    if card is None:
        abort(404)
    return card


def _plain(service: Service, encrypted: bytes) -> str:
    return service.secrets.unseal(encrypted).decode()


def _list(
    service: Service,
    rows: Sequence[Listed],
    problems: Mapping[str, str] | None = None,
    status: int = 200,
    *,
    older: int | None = None,
    group: str = "",
    found: bool = False,
) -> Response:
    with service.database.reading() as db:
        known = groups.titles(db)
    page = render_template(
        "console/contacts.html",
        rows=rows,
        older=older,
        group=group,
        groups=[("", say("everybody")), *known.items()],
        name=lambda each: shown_name(service, each.id, each.attributes),
        needs=needs_of,
        found=found,
        problems=problems or {},
    )
    return make_response(page, status)


def _remembered(value: object) -> object:
    """What a flow keeps of somebody, as people say it: yes and no, and days."""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    try:
        return day_in_words(value, g.language) if isinstance(value, str) and _DAY.fullmatch(value) else value
    except ValueError:  # it only looks like a day
        return value


def _page(service: Service, card: Card, *, open_addresses: bool = False) -> Response:
    shown = ((key, value) for key, value in card.who.attributes.items() if key not in ("first_name", *NEEDS))
    known = {key: value for key, value in shown if not key.startswith("_")}  # those are our own marks
    ways = [
        (each, _plain(service, each.encrypted).partition(":")[2] if open_addresses else "") for each in card.addresses
    ]
    page = render_template(
        "console/contact.html",
        card=card,
        name=code_name(service, card.who.id),
        needs=needs_of(card.who.attributes),
        known=[(key, _remembered(value)) for key, value in sorted(known.items())],
        ways=ways,
        open_addresses=open_addresses,
    )
    return make_response(page)
