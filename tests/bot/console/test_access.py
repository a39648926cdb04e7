"""Every page, tried as everybody, on their own and on somebody else's: compared with `access.txt`.

A page that is not in the table fails until somebody has said there who may open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from werkzeug.routing import Rule

from bot.broadcasts import planning
from bot.broadcasts.composing import Wish, compose
from bot.console.access import Role
from bot.console.invitations import invite as invite_user
from bot.console.publishing import publish
from bot.conversations.joining import Guest, invite
from bot.pages import create_pages
from storage.community import contacts, groups
from storage.conversations import words
from storage.publishing import publications
from storage.team import alerts, users
from tests.bot.console.cast import Browser, join
from tests.bot.console.test_champion_sign_in import ADDRESS, sign_in
from tests.clients import Client
from tests.workers.surroundings import say

TABLE = Path(__file__).with_name("access.txt")
WHO = ("anybody", "champion", "coordinator", "administrator")
OBJECTS = ("own", "other")
WORDS = {303: "yes", 200: "yes", 400: "yes", 401: "yes", 410: "yes", 429: "yes", 403: "no", 404: "hidden"}
"""What an answer means: a form that lacks its fields was let in. `sign in` is told by where a 303 leads."""


class Try(NamedTuple):
    """One line of the table: a page, its method, whose thing it is about, and what each role gets."""

    method: str
    rule: str
    about: str
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return "  ".join([f"{self.method:<5}{self.rule:<60}{self.about:<7}", *(f"{each:<8}" for each in self.answers)])


def rules(service) -> Iterator[tuple[str, Rule]]:
    """Every way into the pages, the console's and those for everybody, but their design files."""
    for rule in sorted(create_pages(service).url_map.iter_rules(), key=lambda each: each.rule):
        if rule.endpoint != "console.static":
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, rule


def answer(browser: Browser, method: str, path: str) -> str:
    """What somebody gets, with a good token against forged posts, so that only their role is in question."""
    if method == "GET":
        found = browser.client.get(path)
    else:
        signed_in = browser.client.get("/console/account").status_code == 200
        token = browser.token("/console/account" if signed_in else "/console/sign-in")
        found = browser.client.post(path, data={"csrf_token": token})
    leads_to = found.headers.get("Location", "")
    found.close()
    return "sign in" if "/console/sign-in?" in leads_to or leads_to == "/console/sign-in" else WORDS[found.status_code]


@pytest.fixture
def things(service) -> dict[str, dict[str, object]]:
    """What pages are about: Amina's group and herself; another group and one of its people, or what is not there."""
    say(service, "I want to kill myself", "visit", "1", "everybody was kind")
    draft = compose(service, Wish(text="hello", everybody=True, at="2026-12-24 10:00"))
    with service.database.transaction() as db:
        amina = contacts.find(db, service.secrets.hash(ADDRESS))
        for name in ("carers", "youth", "walkers"):
            groups.add(db, name, name, name, 1)
        groups.appoint(db, amina, "carers", 1)
        groups.appoint(db, amina, "walkers", 1)
        stranger = Guest("sms:+447700900009", "simulator")
        invite(service, db, stranger, groups.get(db, "youth"))
        cai = contacts.find(db, service.secrets.hash(stranger.address))
        own = {
            "alert_id": alerts.waiting(db, 1)[0].id,
            "broadcast_id": planning.confirm(service, db, draft).id,
            "answer_id": words.page(db, "visit", None, 1)[0].id,
        }
    invite_user(service, "Dora", Role.COORDINATOR, "command line")
    with service.database.reading() as db:
        own["user_id"] = users.by_name(db, "Dora").id
    nothing = dict.fromkeys(own, 1)
    common = {"rest": "nothing", "token": "none", "code": "cy"}
    return {
        "own": {"contact_id": amina, "champion_id": amina, "flow": "visit", **own, **common},
        "other": {"contact_id": cai, "champion_id": cai, "flow": "hello", **nothing, **common},
    }


def put_right(service, things) -> None:
    """Undo what a try before may have done to what pages are about."""
    invite_user(service, "Dora", Role.COORDINATOR, "command line")
    with service.database.transaction() as db:
        groups.appoint(db, things["own"]["contact_id"], "carers", 1)
        alerts.reopen(db, things["own"]["alert_id"])
        published = publications.get(db, "visit")
    if published is None:
        publish(service, service.shelf.flow("visit"), "command line")


def path_of(rule: Rule, values: dict[str, object], about: str) -> str:
    """The address of a page about somebody's own group or another; a champion's results are those of a group too."""
    group = {"own": "carers", "other": "youth"}[about]
    in_groups = rule.rule.startswith("/console/groups/")
    filled = {**values, "name": group if in_groups else "visit"}
    _, path = rule.build({name: filled[name] for name in rule.arguments}) or ("", "")
    return f"{path}?group={group}" if rule.endpoint == "console.flow_results" else path


def tried(service, app, clock, things) -> Iterator[Try]:
    """Every page, method and thing. Each try has a browser of its own: signing out or in must not tell on the next."""
    people = {
        "champion": Browser(Client(app), clock),
        "coordinator": join(service, Client(app), "Bob", Role.COORDINATOR),
        "administrator": join(service, Client(app), "Alice", Role.ADMINISTRATOR),
    }
    sign_in(service, people["champion"])
    cookies = {who: browser.client.get_cookie("sayso").value for who, browser in people.items()}
    for method, rule in rules(service):
        if rule.endpoint == "console.sign_out":
            continue  # it ends the session that every other try needs; test_sign_in has its own
        for about in OBJECTS if rule.arguments - {"token", "rest"} else OBJECTS[:1]:
            answers = []
            for who in WHO:
                put_right(service, things)
                browser = Browser(Client(app), clock)
                if who in cookies:
                    browser.client.set_cookie("sayso", cookies[who])
                answers.append(answer(browser, method, path_of(rule, things[about], about)))
            yield Try(method, rule.rule, about, tuple(answers))


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_everybody_gets_what_the_table_says_and_nothing_else(service, app, clock, things, tmp_path):
    head = "  ".join([f"{'':<5}{'page':<60}{'about':<7}", *(f"{who:<8}" for who in WHO)])
    found = [head, *map(str, tried(service, app, clock, things))]
    lines = [line.rstrip() for line in found]
    made = tmp_path / TABLE.name
    made.write_text("\n".join([*lines, ""]), encoding="utf-8")
    assert lines == TABLE.read_text(encoding="utf-8").splitlines(), f"Read {made}, and make it the table if it is right"
