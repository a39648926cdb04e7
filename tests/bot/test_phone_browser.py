"""The phone page in a real browser, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from bot.app import create_app
from tests.bot.test_phone import service_in
from tests.browser import MISSING, chromium
from tests.pages import fresh_context

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)


@pytest.fixture
def address(tmp_path) -> Iterator[str]:
    service = service_in(tmp_path)
    server = make_server("127.0.0.1", 0, create_app(service), threaded=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/phone"
    server.shutdown()
    thread.join()
    server.server_close()
    service.close()


@pytest.fixture
def page(browser, address) -> Iterator[Page]:
    context = fresh_context(browser, viewport={"width": 1000, "height": 800})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address)
    yield opened
    context.close()
    assert complaints == []


def texts(page: Page, count: int) -> list[str]:
    """The bubbles, once there are so many."""
    page.locator(".bubble").nth(count - 1).wait_for()
    return page.locator(".bubble p").all_inner_texts()


def test_a_conversation_by_keyboard_alone(page):
    expect(page.get_by_label("Your text")).to_be_focused()  # by itself, though not always before the page has loaded
    page.keyboard.type("visit")
    page.keyboard.press("Enter")
    assert "Overall, how was your experience" in texts(page, 2)[1]
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    assert "Please tell us why" in texts(page, 4)[3]
    assert page.url.endswith("/phone")


def test_another_phone_is_picked_up_with_one_click_and_has_its_own_thread(page):
    page.get_by_role("button", name="VISIT").click()
    texts(page, 2)
    page.get_by_role("radio", name="07700 900002").click()
    page.get_by_text("SMS on 07700 900002").wait_for()
    expect(page.locator(".bubble")).to_have_count(0)
    page.get_by_role("radio", name="WhatsApp").click()
    page.get_by_text("WhatsApp on 07700 900002").wait_for()


def test_a_text_that_comes_by_itself_is_shown(page, address):
    page.get_by_role("button", name="VISIT").click()
    texts(page, 2)
    form = {"number": "+447700900001", "channel": "sms", "text": "HELP"}
    page.context.request.post(f"{address}/send", form=form, headers={"X-Requested-With": "phone"})
    assert "HELP" in texts(page, 4)[2]


def test_it_works_without_javascript(browser, address):
    context = fresh_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Your text").fill("visit")
    page.get_by_role("button", name="Send").click()
    assert "Overall" in texts(page, 2)[1]
    context.close()


def test_it_fits_a_small_screen_and_every_control_has_a_name(page):
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    nameless = page.evaluate(
        "() => [...document.querySelectorAll('input:not([type=hidden]), textarea, button')]"
        ".filter(e => !(e.labels?.length || e.textContent.trim())).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_a_service_that_is_gone_is_told_in_words(browser, tmp_path):
    service = service_in(tmp_path)
    server = make_server("127.0.0.1", 0, create_app(service))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    page = fresh_context(browser).new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/phone")
    server.shutdown()
    thread.join()
    server.server_close()
    service.close()
    page.get_by_label("Your text").fill("still here?")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Sayso does not answer").wait_for()
    assert page.get_by_label("Your text").input_value() == "still here?"
    page.context.close()
