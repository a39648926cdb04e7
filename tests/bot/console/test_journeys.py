"""The whole way of a coordinator and of a champion through the console, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from bot.console.access import Role
from bot.console.invitations import invite
from storage import messages
from storage.community import contacts
from tests.bot.console.cast import PASSWORD, talk
from tests.bot.console.stage import CHAMPION, Stage, checked, stage
from tests.browser import MISSING, chromium

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)
LIST = b"name,number\nCai,07700 900070\nDai,not a number\n"


@pytest.fixture(scope="module")
def console(tmp_path_factory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("data")) as running:
        yield running


def press(page: Page, name: str) -> None:
    """Press the first button of this name, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    """Follow the first link of this name, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_coordinator_comes_in_and_does_a_days_work(browser, console, script):
    link = invite(console.service, f"Cora {script}", Role.COORDINATOR, "command line").partition("/console")[2]
    name = "walkers" if script else "runners"
    context = console.opened(browser, java_script_enabled=script, viewport={"width": 320, "height": 800})
    page = context.new_page()

    def look() -> None:
        assert not script or checked(page) == [], page.url

    page.goto(f"/console{link}")
    look()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    press(page, "Go on")
    look()
    secret = page.locator("code").first.inner_text().replace(" ", "")
    page.get_by_label("The six digits the app shows now").fill(pyotp.TOTP(secret).at(console.service.now()))
    press(page, "Go on")
    look()
    expect(page.get_by_text("Keep these codes")).to_be_visible()

    page.goto("/console/groups")
    page.get_by_label("Short name").fill(name)
    press(page, "Make the group")
    page.get_by_label("Their mobile number").fill("07700 900071" if script else "07700 900072")
    press(page, "Appoint")
    expect(page.get_by_text("one text asks them")).to_be_visible()
    look()

    page.goto("/console/contacts/import")
    page.get_by_label("Your list").set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": LIST})
    page.get_by_label("Into which group?").select_option(name)
    press(page, "Check the list")
    expect(page.get_by_text("That is not a phone number.")).to_be_visible()
    look()
    press(page, "Invite these people")

    page.goto("/console/broadcasts/new")
    page.get_by_label("Which flow?").select_option("visit")
    page.get_by_label("Carers of Newham").check()
    page.get_by_label("When?", exact=True).fill("2027-01-12T10:00")
    press(page, "See what it would do")
    look()
    press(page, "Send it")
    expect(page.get_by_text("It is on its way.")).to_be_visible()
    look()
    follow(page, "Stop it")
    look()
    press(page, "Yes, stop it")

    page.goto("/console/results/visit/words")
    page.get_by_label("New label").first.fill("kindness")
    press(page, "Label")
    expect(page.get_by_text("kindness").first).to_be_visible()
    page.goto("/console/exports")
    with page.expect_download() as download:
        page.get_by_role("button", name="Get the file").first.click()
    assert download.value.suggested_filename == "visit-shared.csv"
    page.goto("/console/results/visit")
    press(page, "Publish again, with the numbers of now")
    page.goto("/results/visit")
    expect(page.get_by_role("img").first).to_be_visible()
    look()
    page.goto("/console/")
    press(page, "Sign out")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    context.close()


def code_of(console: Stage, page: Page) -> str:
    """The code the champion's phone got last. It leaves after the answer, so the page may be there before it."""
    for _ in range(2400):
        with console.service.database.reading() as db:
            contact_id = contacts.find(db, console.service.secrets.hash("sms:+447700900002"))
            bodies = [row.body for row in messages.conversation(db, contact_id)]
        for body in reversed(bodies):
            if found := re.search(r"\b\d{6}\b", body):
                return found[0]
        page.wait_for_timeout(50)
    pytest.fail("no code came within two minutes")


def test_a_champion_signs_in_with_their_phone_and_sees_their_group(browser, console):
    context = console.opened(browser, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto("/console/sign-in")
    follow(page, "Sign in with your phone")
    assert checked(page) == []
    page.get_by_label("Your mobile number").fill(CHAMPION)
    press(page, "Text me a code")
    assert checked(page) == []
    page.get_by_label("The six digits from the text").fill(code_of(console, page))
    press(page, "Sign in")
    assert checked(page) == []
    follow(page, "Carers of Newham")
    expect(page.get_by_text("Appoint")).to_have_count(0)
    assert checked(page) == []
    page.goto("/console/")
    follow(page, "See what they said")
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("img").first).to_be_visible()
    assert checked(page) == []
    assert page.goto("/console/conversations").status == 403
    press(page, "Sign out")
    context.close()


def tab_to(page: Page, name: str) -> None:
    """Go on with the tab key until the focus is on what has this name, and is seen to be there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => { const e = document.activeElement; return [(e.labels?.[0] ?? e).textContent.trim(),"
            " getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow + getComputedStyle(e).backgroundColor] }"
        )
        if found[0] == name:
            assert found[1] != "nonenonergba(0, 0, 0, 0)", f"nobody sees that the focus is on {name}"
            return
    pytest.fail(f"{name} cannot be reached by keyboard on {page.url}")


def test_a_broadcast_is_sent_by_keyboard_alone(browser, console):
    context = console.opened(browser, console.alice)
    page = context.new_page()
    page.goto("/console/")
    tab_to(page, "Skip to main content")
    tab_to(page, "Broadcasts")
    page.keyboard.press("Enter")
    page.wait_for_url("**/broadcasts")
    tab_to(page, "New broadcast")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new")
    tab_to(page, "Or one text that asks nothing")
    page.keyboard.type("The library opens at 9.")
    tab_to(page, "Carers of Newham")
    page.keyboard.press("Space")
    tab_to(page, "When?")
    page.get_by_label("When?").fill("2027-01-13T09:00")  # in what order its parts are typed is the browser's own
    tab_to(page, "See what it would do")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What this would do").wait_for()
    tab_to(page, "Send it")
    page.keyboard.press("Enter")
    page.get_by_text("It is on its way.").wait_for()
    context.close()


def test_numbers_move_while_people_answer_and_stand_still_when_told(browser, console):
    context = console.opened(browser, console.alice)
    page = context.new_page()
    page.goto("/console/results/visit")
    page.get_by_role("button", name="Pause: keep these numbers still").click()
    expect(page.get_by_role("button", name="Go on moving")).to_be_visible()
    context.close()


def test_a_text_is_counted_while_it_is_written(browser, console):
    talk(console.service, 10, "hello")
    context = console.opened(browser, console.alice)
    page = context.new_page()
    page.goto("/console/broadcasts/new")
    page.get_by_label("Or one text that asks nothing").press_sequentially("The library opens at 9.")
    expect(page.get_by_text("1 SMS, about £")).to_be_visible()
    context.close()
