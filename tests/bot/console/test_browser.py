"""Every page in a real browser: axe finds nothing, nothing is wider than the screen, and it works without script."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from bot.app import create_app
from bot.console.access import Role
from tests.bot.console.cast import join
from tests.bot.test_phone import service_in
from tests.browser import MISSING, chromium
from tests.pages import fresh_context, started_browser
from tests.workers.surroundings import say

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)

PAGES = (
    "", "account", "results", "results/visit", "results/visit?by=channel", "results/visit/words", "flows",
    "flows/visit", "flows/visit/poster", "conversations", "conversations/{contact}", "team", "audit",
    "exports", "exports/visit/hidden", "settings",
    "groups", "groups/carers", "broadcasts", "broadcasts/new",
)  # fmt: skip
AXE = Axe()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with started_browser() as started:
        yield started


@pytest.fixture(scope="module")
def signed_in(browser, tmp_path_factory) -> Iterator[tuple[str, dict, str]]:
    """The address of a running console, the cookie of an administrator, and somebody who has texted."""
    service = service_in(tmp_path_factory.mktemp("data"))
    app = create_app(service)
    alice = join(service, app.test_client(), "Alice", Role.ADMINISTRATOR)
    say(service, "visit", "4 nobody spoke to us, اردو میں بھی")
    alice.post("/console/groups", name="carers", title="Carers of Newham")
    alice.post("/console/groups/carers/champions", page="/console/groups/carers", number="07700 900002")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    path = next(part for part in alice.get("/console/conversations").text.split('"') if "/conversations/" in part)
    alice.post(f"{path}/look", page=path, reason="quality")
    cookie = {"name": "sayso", "value": alice.client.get_cookie("sayso").value, "url": address}
    yield address, cookie, path.rpartition("/")[2]
    server.shutdown()
    thread.join()
    server.server_close()
    service.close()


def opened(browser: Chromium, cookie: dict, **options: object) -> BrowserContext:
    context = fresh_context(browser, **options)
    context.add_cookies([cookie])
    return context


def checked(page: Page) -> list[str]:
    """What axe finds, in a line each."""
    results = AXE.run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in results for node in each["nodes"]]


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_any_page_and_nothing_scrolls_sideways(browser, signed_in, width, language):
    address, cookie, contact = signed_in
    context = opened(browser, cookie, viewport={"width": width, "height": 900}, locale=language)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    found = {}
    for name in PAGES:
        page.goto(f"{address}/console/{name.format(contact=contact)}")
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        found[name] = checked(page) + ([f"{wide} px wide"] if wide > width else [])
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert complaints == []


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_way_in(browser, signed_in, width):
    page = fresh_context(browser, viewport={"width": width, "height": 900}).new_page()
    page.goto(f"{signed_in[0]}/console/sign-in")
    assert checked(page) == []
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_role("alert").inner_text()
    assert checked(page) == []
    page.context.close()
