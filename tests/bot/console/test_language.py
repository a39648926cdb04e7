from __future__ import annotations

import re

from bot.console.catalogue import console_sentences


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
