from __future__ import annotations

import html
import io
import re

import pytest

from bot.app import create_app
from bot.people import grouping
from bot.service import build
from bot.settings import Settings
from flows.run import microseconds
from storage.conversations import revisions, shelf_changes
from tests.stores import KEY
from tests.workers.surroundings import say


def visit_source(service) -> str:
    return service.shelf.flow("visit").source


def upload(browser, source: str, encoding: str = "utf-8"):
    file = (io.BytesIO(source.encode(encoding)), "visit.yaml")
    return browser.client.post(
        "/console/flows/visit/revision",
        data={"csrf_token": browser.token("/console/flows/visit"), "file": file},
        content_type="multipart/form-data",
    )


def words_of(page) -> str:
    """What a page says, what is written as it is in backticks again."""
    return re.sub("</?code[^>]*>", "`", html.unescape(page.text))


def publish(browser, source: str):

    page = upload(browser, source).text
    fields = dict(re.findall(r'name="(source|sure)" value="([^"]*)"', page))
    return browser.post(
        "/console/flows/visit/revision",
        page="/console/flows/visit",
        source=html.unescape(fields["source"]).replace("\n", "\r\n"),  # as a browser sends it
        sure=fields["sure"],
    )


def test_a_flow_switched_off_begins_no_more_and_open_conversations_go_on(service, bob, clock):
    say(service, "visit")
    bob.post("/console/flows/visit/switch", page="/console/flows/visit", to="off")
    assert "Switch on" in bob.get("/console/flows/visit").text
    clock.later(seconds=3)
    assert "tell us why" in say(service, "1")[0]
    say(service, "skip")
    assert "experience" not in say(service, "visit")[0]
    bob.post("/console/flows/visit/switch", page="/console/flows/visit", to="on")
    clock.later(seconds=3)
    assert "experience" in say(service, "visit")[0]


def test_a_new_revision_is_checked_shown_and_then_used_for_new_conversations_only(service, bob, clock):
    say(service, "visit")
    changed = visit_source(service).replace("Please tell us why", "Do say why")
    page = upload(bob, changed).text
    assert "Do say why" in page
    assert "Please tell us why" in page
    assert publish(bob, changed).status_code == 303
    clock.later(seconds=3)
    assert "Please tell us why" in say(service, "1")[0]
    say(service, "skip", "visit")
    assert "Do say why" in say(service, "1")[0]


def test_a_file_that_is_not_utf_8_is_refused_and_not_guessed_at(service, bob):
    page = upload(bob, visit_source(service).replace("experience", "café", 1), "latin-1")
    assert page.status_code == 400
    assert "UTF-8" in page.text


def test_another_process_finds_the_uploaded_revision_too(service, bob, store, tmp_path, clock):
    publish(bob, visit_source(service).replace("Please tell us why", "Do say why"))
    environ = {"SAYSO_DATA": str(tmp_path / "data"), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex()}
    other = build(Settings.read(environ), now=clock)
    create_app(other)
    say(other, "visit")
    assert "Do say why" in say(other, "1")[0]
    other.close()


def test_the_file_can_be_gone_back_to(service, bob, clock):
    publish(bob, visit_source(service).replace("Please tell us why", "Do say why"))
    bob.post("/console/flows/visit/file", page="/console/flows/visit")
    clock.later(seconds=3)
    say(service, "visit")
    assert "Please tell us why" in say(service, "1")[0]


def test_a_file_with_mistakes_is_not_used_and_says_where(service, bob):
    answer = upload(bob, visit_source(service).replace("choices:", "choises:"))
    assert answer.status_code == 400
    assert "did you mean `choices`" in words_of(answer)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[visit, fft]", "[visit, hello]", "The keyword `hello` already starts the flow `hello`"),
        ("[visit, fft]", "[visit, carers]", "People join Carers with the keyword `CARERS`"),
        ("[visit, fft]", "[visit, young]", "People join Youth with the keyword `YOUNG PEOPLE`"),
        ("    next: end\n", "    start: nosuch\n", "There is no flow `nosuch`"),
    ],
)
def test_a_revision_that_does_not_go_with_the_other_flows_and_groups_is_refused(service, bob, old, new, problem):
    grouping.make(service, "carers", "Carers")
    grouping.make(service, "youth", "Youth", "young people")
    source = visit_source(service)
    assert old in source
    answer = upload(bob, source.replace(old, new, 1))
    assert answer.status_code == 400
    assert problem in words_of(answer)


def test_an_uploaded_revision_that_this_version_cannot_read_leaves_the_file_in_use(
    service, bob, store, tmp_path, clock
):
    now = microseconds(clock())
    newer = visit_source(service).replace("choices:", "choises:")
    number = revisions.publish(service.database, "visit", "f" * 64, newer, now)
    with service.database.transaction() as db:
        shelf_changes.use_revision(db, "visit", number, now)
    environ = {"SAYSO_DATA": str(tmp_path / "data"), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex()}
    other = build(Settings.read(environ), now=clock)
    assert "experience" in say(other, "visit")[0]
    other.close()


def test_a_poster_carries_the_word_and_where_there_is_a_number_a_code_to_scan(bob, store, tmp_path, clock):
    page = bob.get("/console/flows/visit/poster").text
    assert "Text VISIT" in page
    assert "<svg" not in page


def test_an_unknown_flow_is_not_found(bob):
    assert bob.get("/console/flows/nosuch").status_code == 404


def test_the_page_of_a_flow_shows_its_drawing_as_an_image_of_its_own(bob):
    assert '<img src="/console/flows/visit/drawing" alt="' in bob.get("/console/flows/visit").text
    answer = bob.get("/console/flows/visit/drawing")
    assert answer.mimetype == "image/svg+xml"
    assert "how was your experience" in answer.text
    assert bob.get("/console/flows/nothing/drawing").status_code == 404


def test_mistakes_in_a_file_are_named_by_line_in_the_language_of_the_reader(service, bob):
    bob.post("/console/language", page="/console/flows/visit", language="cy", back="/console/flows/visit")
    page = words_of(upload(bob, visit_source(service).replace("choices:", "choises:")))
    line = next(number for number, text in enumerate(visit_source(service).splitlines(), 1) if "choices:" in text)
    assert f"Llinell {line}: Nid yw `choises` yn hysbys yma (nod) — ai `choices` oeddech chi'n ei feddwl?" in page


def test_the_page_of_a_flow_says_what_it_costs_and_what_is_worth_another_thought(service, bob):
    page = html.unescape(bob.get("/console/flows/visit").text)
    assert re.search(r"Cost of a whole conversation, about</dt><dd[^>]*>£0\.\d\d<", page)
    assert re.search(r"Line \d+: 6 choices are more than WhatsApp buttons fit", page)
    page = words_of(upload(bob, visit_source(service).replace("    optional: true\n", "")))
    assert re.search(r"Line \d+: Nobody may skip `reason`", page)


def test_what_a_language_of_a_flow_lacks_stands_on_a_page(service, bob):
    path = "/console/flows/visit/languages/cy"
    assert 'href="/console/flows/visit/languages/cy"' in bob.get("/console/flows/visit").text
    assert "Nothing: every sentence has its translation." in bob.get(path).text
    publish(bob, visit_source(service).replace("We are sorry to hear that.", "Oh dear."))
    page = bob.get(path).text
    assert "<bdi>Oh dear.</bdi>" in page
    assert "Nothing: every" not in page
    for nowhere in ("en", "xx"):
        assert bob.get(f"/console/flows/visit/languages/{nowhere}").status_code == 404
