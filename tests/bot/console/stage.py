"""A console with a community in it, on a real port, for what a real browser is to see: tests and screenshots."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from bot.app import create_app
from bot.console.access import Role
from bot.pages import create_pages
from bot.service import Service
from bot.webhooks import Environ, StartResponse, Wsgi
from storage.community import contacts
from storage.conversations import words
from storage.counting import tallies
from storage.sending import broadcasts
from storage.team import alerts
from tests.bot.console.cast import Browser, join, talk
from tests.bot.test_phone import service_in
from tests.clients import Client
from tests.pages import fresh_context

CHAMPION = "07700 900002"
AXE = Axe()
SAID = ("Everybody was kind.", "اردو میں کوئی نہیں بولا", "The queue was too long, and nobody said why.")
NOT_SHOWN = frozenset({"console.drawing", "console.static", "console.second_factor", "console.no_such_page"})
"""Pictures and files, and a page that needs a password typed before it; the journeys see that one."""


@dataclass
class Stage:
    """The running console; `values` fill the addresses of its pages with things that are there."""

    service: Service
    address: str
    alice: Browser
    values: dict[str, object]

    def cookie(self, browser: Browser) -> dict[str, str]:
        """The sign-in of somebody, for a browser of ours."""
        return {"name": "sayso", "value": browser.client.get_cookie("sayso").value, "url": self.address}

    def pages(self) -> dict[str, str]:
        """Every page that can be opened, by endpoint: taken from the routes, so a new page is among them."""
        rules = [each for each in create_pages(self.service).url_map.iter_rules() if "GET" in (each.methods or ())]
        ours = [each for each in rules if each.endpoint.startswith("console.") and each.endpoint not in NOT_SHOWN]
        return {each.endpoint.partition(".")[2]: self._path(each) for each in ours}

    def _path(self, rule: object) -> str:
        group = rule.rule.startswith("/console/groups/")
        values = {**self.values, "name": "carers" if group else "visit"}
        return rule.build({name: values[name] for name in rule.arguments})[1]

    def opened(self, browser: Chromium, who: Browser | None = None, **options: object) -> BrowserContext:
        """A browser of its own; somebody is signed in at it."""
        context = fresh_context(browser, base_url=self.address, **options)
        if who is not None:
            context.add_cookies([self.cookie(who)])
        return context


def checked(page: Page) -> list[str]:
    """What axe finds, in a line each, and how far the page is wider than the screen."""
    results = AXE.run(page).response["violations"]
    found = [f"{each['id']}: {node['html'][:200]}" for each in results for node in each["nodes"]]
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    return found + ([f"{wide} px too wide"] if wide > 0 else [])


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Forty people have answered, some in their own words; there is a group with a champion, an alert, a broadcast."""
    service = service_in(folder)
    app = create_app(service)
    alice = join(service, Client(app), "Alice", Role.ADMINISTRATOR)
    server = make_server("127.0.0.1", 0, _closing(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        values = _community(service, alice)
        yield Stage(service, f"http://127.0.0.1:{server.server_port}", alice, values)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        service.close()


def _closing(app: Wsgi) -> Wsgi:
    """An app that ends each answer itself.

    Werkzeug's server never does where the browser hangs up first, and a code that leaves after its page would be lost.
    """

    def answer(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
        body = app(environ, start_response)
        try:
            yield from body
        finally:
            getattr(body, "close", list)()

    return answer


def _community(service: Service, alice: Browser) -> dict[str, object]:
    alice.post("/console/groups", name="carers", title="Carers of Newham")
    talk(service, 2, "carers")
    path = "/console/groups/carers"
    alice.post(f"{path}/champions", page=path, number=CHAMPION, first_name="Amina")
    for phone in range(10, 50):
        talk(service, phone, "carers", "visit", "1" if phone < 30 else "2" if phone < 40 else "4")
    for phone, said in zip((10, 11, 45), SAID, strict=True):
        talk(service, phone, said)
    talk(service, 60, "I want to kill myself")
    while tallies.fold(service.database, 1000):
        pass
    alice.send(text="The choir meets at 6 tonight.", to="carers", at="2027-01-10 09:30")
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash("sms:+447700900010"))
        champion_id = contacts.find(db, service.secrets.hash("sms:+447700900002"))
        answer_id = words.page(db, "visit", None, 1)[0].id
        alert_id, broadcast_id = alerts.waiting(db, 1)[0].id, broadcasts.latest(db, 1)[0].id
    said = "/console/results/visit/words"
    alice.post(f"{said}/{answer_id}", page=said, act="label", label="waiting times")
    with service.database.transaction() as db:
        contacts.set_attributes(db, contact_id, {"first_name": "Zeinab", "access_needs": "large print", "area": "E13"})
    talking = f"/console/conversations/{contact_id}"
    alice.post(f"{talking}/look", page=talking, reason="quality")
    alice.post(f"{talking}/take-over", page=talking)
    alice.post("/console/results/visit/publish", page="/console/results/visit")
    invited = alice.post("/console/team/invite", page="/console/team", name="Bob", role="coordinator").text
    token = invited.partition("/console/welcome/")[2].partition("<")[0].partition('"')[0].strip()
    team = alice.get("/console/team").text
    user_id = next(int(part.split("/")[0]) for part in team.split("/console/team/")[1:] if part.split("/")[0].isdigit())
    return {
        "contact_id": contact_id, "answer_id": answer_id, "alert_id": alert_id, "broadcast_id": broadcast_id,
        "token": token, "user_id": user_id, "champion_id": champion_id, "code": "cy",
    }  # fmt: skip
