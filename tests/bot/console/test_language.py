from __future__ import annotations

import html
import re
from pathlib import Path

from bot.console.catalogue import console_sentences
from bot.console.language import translated
from storage.team import audit


def test_a_page_is_in_the_language_its_reader_chose_and_stays_so(alice):
    alice.post("/console/language", page="/console/team", language="ur", back="/console/team")
    page = alice.get("/console/team").text
    assert 'lang="ur" dir="rtl"' in page
    assert 'lang="ur" dir="rtl"' in alice.get("/console/account").text


def test_the_browsers_language_is_taken_before_anybody_chose(stranger):
    page = stranger.client.get("/console/sign-in", headers={"Accept-Language": "cy-GB,cy;q=0.9,en;q=0.5"}).text
    assert '<html lang="cy" dir="ltr">' in page


def test_a_language_the_console_does_not_speak_is_refused(stranger):
    assert stranger.post("/console/language", page="/console/sign-in", language="xx").status_code == 400


def test_a_flow_that_is_switched_is_named_in_the_readers_language(alice, service):
    alice.post("/console/language", page="/console/team", language="cy", back="/console/team")
    alice.post("/console/flows/visit/switch", page="/console/flows/visit", to="off")
    page = html.unescape(alice.get("/console/flows/visit").text)
    assert page.count(service.shelf.current("visit", "cy")[1].title) >= 3  # its title, its heading, and what was done
    assert service.shelf.flow("visit").title not in page


def test_mistakes_of_other_rooms_are_told_in_the_readers_language(alice):
    alice.post("/console/language", page="/console/team", language="cy", back="/console/team")
    told = {
        "/console/groups": {"name": "Two Words"},
        "/console/broadcasts/new": {"text": "Hello", "everybody": "yes", "at": "soon"},
        "/console/contacts/find": {"q": "07911 12345"},
        "/console/exports": {"level": "restricted", "flow": "visit", "format": "csv"},
    }
    expected = ("Rhaid i'r enw fod yn un gair", 'Nid amser yw <code dir="ltr">soon</code>', "hyd", "Dywedwch pwy")
    for (path, form), words in zip(told.items(), expected, strict=True):
        page = "/console/contacts" if "find" in path else path
        assert words in html.unescape(alice.post(path, page=page, **form).text), path


def test_the_audit_trail_says_what_was_done_and_why_in_the_readers_language(alice, service):
    with service.database.transaction() as db:
        audit.note(db, "clock", "deleted runs past their time", "runs", "12 runs", 1)
        audit.note(db, "command line", "exported: wide for Dr Jones", "flow:visit", "the board's 3 reports", 1)
    alice.post("/console/language", page="/console/team", language="cy", back="/console/team")
    page = html.unescape(alice.get("/console/audit").text)
    for words in ("y cloc", "12 sgwrs", "allforiodd: wide for Dr Jones", "the board's 3 reports", "ymunodd"):
        assert words in page


def test_what_any_room_notes_in_the_audit_trail_can_be_translated():
    sentences = {sentence.text for sentence in console_sentences()}
    noted = set()
    for path in (*Path("bot").rglob("*.py"), *Path("storage").rglob("*.py")):
        noted |= set(re.findall(r"audit\.note\(\s*\w+,\s*[\w.()]+,\s*\"([^\"]+)\"", path.read_text("utf-8")))
    assert len(noted) > 20
    assert noted - sentences == set()


def test_every_sentence_of_the_pages_can_be_translated():
    sentences = {sentence.text for sentence in console_sentences()}
    assert "Sign in" in sentences
    assert "There must be one administrator: make somebody else one first." in sentences


def test_flows_questions_and_answers_are_named_in_the_readers_language(alice, service):
    alice.post("/console/language", page="/console/team", language="cy", back="/console/team")
    flow = service.shelf.current("hello", "cy")[1]
    assert flow.language == "cy"
    for path in ("flows", "results/hello", "results/hello/words", "broadcasts/new"):
        assert flow.title in alice.get(f"/console/{path}").text
    answers = re.findall(r'<tr><th scope="row">([^<]+)</th>', alice.get("/console/results/hello").text)
    assert "Ie" in answers
    assert "Yes" not in answers


def test_among_words_from_right_to_left_a_value_keeps_its_own_direction():
    assert translated("There is no group `{name}`. There is {names}.", "ur", name="E13", names="a").count("\u2068") == 2
    assert "\u2068" not in translated("There is no group `{name}`. There is {names}.", "cy", name="E13", names="a")
