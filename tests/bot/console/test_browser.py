"""Every page in a real browser: axe finds nothing, nothing is wider than the screen, nothing is refused by the page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.bot.console.stage import Stage, checked, stage
from tests.browser import MISSING, chromium
from translations.languages import LANGUAGES

pytestmark = pytest.mark.skipif(chromium() is None, reason=MISSING)

MORE = {
    "results by channel": "/console/results/visit?by=channel",
    "results by week": "/console/results/visit?by=week",
    "one group": "/console/contacts?group=carers",
    "words with a label": "/console/results/visit/words?label=waiting+times",
    "not there": "/console/nothing-here",
    "published": "/results/visit",
    "not published": "/results/nothing",
}
"""Pages that are more than their route."""
DATA = re.compile(
    r"^[^A-Za-z]*$|^(Alice|Bob|Amina|Zeinab|E13|English|Cymraeg|Sayso)$|^(large print|waiting times)$"
    r"|^(carers|visit|area|Twilio)$"
    r"|Carers of Newham|choir|Everybody was kind|The queue was|Please tell us|Sayso would like|Thank you|width=|CSS"
    r"|Hoffai Sayso|Dywedwch pam|ddrwg gennym|Diolch. Mae eich"
    r"|/console/|/results/|[Rr]edirect|If not, click|sayso users|^[A-Z]+$|^[0-9a-f]{12}$"
)
"""Names, words of residents and of flows, languages by their own names, code, and what redirections say."""


@pytest.fixture(scope="module")
def console(tmp_path_factory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("data")) as running:
        yield running


def texts_of(page: str) -> set[str]:
    """Every text of a page, and what is said of its parts to those who hear it."""
    page = re.sub(r"<code\b.*?</code>", "", page, flags=re.DOTALL)  # what is written so in every language
    named = re.findall(r'(?:aria-label|alt)="([^"]*)"', page)
    return {" ".join(html.unescape(each).split()) for each in (*re.split(r"<[^>]+>", page), *named)}


@pytest.mark.parametrize(("width", "language"), [(320, "ur"), (1280, "en")])
def test_axe_finds_nothing_on_any_page_and_nothing_scrolls_sideways(browser, console, width, language):
    context = console.opened(browser, console.alice, viewport={"width": width, "height": 900}, locale=language)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    found = {}
    for name, path in {**console.pages(), **MORE}.items():
        page.goto(path)
        found[name] = checked(page)
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert [each for each in complaints if "404" not in each] == []


def test_every_page_is_there_when_it_is_tried(console):
    """A page that the stage has nothing for would be tried empty."""
    wrong = {path: console.alice.client.get(path).status_code for path in console.pages().values()}
    assert {path: code for path, code in wrong.items() if code not in (200, 303)} == {}
    led = [name for name, path in console.pages().items() if wrong[path] == 303]
    assert sorted(led) == ["enrol", "phone_code"]  # the journeys see them


def test_what_sayso_says_on_its_pages_is_all_in_the_language_of_the_reader(console):
    """Urdu, because it shares no word with English: what stands on both pages is data, or was forgotten."""
    left = {}
    for path in (*console.pages().values(), *MORE.values()):
        english, urdu = (
            texts_of(console.alice.client.get(path, headers={"Accept-Language": it}).text) for it in ("en", "ur")
        )
        if forgotten := {text for text in english & urdu - {*LANGUAGES.values()} if not DATA.search(text)}:
            left[path] = sorted(forgotten)
    assert left == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_welsh_fits_every_page(browser, console, width):
    context = console.opened(browser, console.alice, viewport={"width": width, "height": 900}, locale="cy")
    page = context.new_page()
    for path in console.pages().values():
        page.goto(path)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, path
        assert page.locator("html").get_attribute("lang") == "cy"
    context.close()


def test_a_printed_poster_holds_what_residents_need_and_nothing_for_those_who_set_it_up(browser, console):
    context = console.opened(browser, console.alice)
    page = context.new_page()
    page.goto("/console/flows/visit/poster")
    note = page.get_by_text("There is no number yet")
    expect(note).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("Text VISIT")).to_be_visible()
    expect(note).to_be_hidden()
    context.close()


def test_printed_results_hold_the_numbers_and_nothing_to_press(browser, console):
    context = console.opened(browser, console.alice)
    page = context.new_page()
    page.goto("/console/results/visit")
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("table").first).to_be_visible()
    expect(page.locator("button:visible")).to_have_count(0)
    context.close()


def test_what_is_tapped_at_the_top_of_a_small_screen_is_large_enough(browser, console):
    context = console.opened(browser, console.alice, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto("/console/")
    sizes = page.locator("header a, header button, nav a").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
    )
    assert len(sizes) > 10
    assert min(sizes) >= 24  # WCAG 2.2, 2.5.8
    context.close()
