from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET

import pytest

from bot.console.access import Role
from bot.console.publishing import said_in
from bot.results.over_time import courses
from storage.community import championing, groups
from storage.conversations import words
from storage.counting import tallies
from tests import tallying
from tests.bot.console.cast import join, talk
from tests.clients import Client

SORTING = "/console/results/visit/sorting"


def test_each_question_is_a_chart_and_the_same_numbers_with_small_ones_hidden(answered, bob):
    page = bob.get("/console/results/visit").text
    assert 'role="img"' in page
    assert "Very good" in page
    assert ">20<" in page.replace(" ", "").replace("\n", "")  # 18, rounded
    assert "not shown" in page  # the two who said poor
    assert "Too few people gave each answer" not in page


def test_where_every_number_is_hidden_the_page_says_why(service, bob):
    for phone in range(12):
        talk(service, phone, "visit", str(1 + phone % 6))
    while tallies.fold(service.database, 1000):
        pass
    assert "Too few people gave each answer" in bob.get("/console/results/visit").text


def test_results_can_be_told_apart_by_channel(answered, bob):
    page = bob.get("/console/results/visit?by=channel").text
    assert "<h3" in page
    assert ">SMS<" in page


def test_what_was_counted_at_meetings_stands_apart_from_the_answers(answered, bob):
    assert "Counted at meetings" not in bob.get("/console/results/visit").text
    for number, (group, counts) in enumerate({"carers": {"very_good": 3, "so-so": 2}, "youth": {"good": 4}}.items(), 1):
        with answered.database.transaction() as db:
            groups.add(db, group, group.title(), group, 1)
            championing.note_meeting(db, number, "visit", group, counts, 1, since=2, now=1)
    page = bob.get("/console/results/visit").text
    assert page.index("<bdi>Good</bdi>: 4") < page.index("<bdi>Very good</bdi>: 3") < page.index("<bdi>so-so</bdi>: 2")
    assert "<bdi>Good</bdi>: 4" not in bob.get("/console/results/visit?group=carers").text


def test_a_champion_without_a_group_sees_no_results(answered, service, app):
    champion = join(service, Client(app), "Carl", Role.CHAMPION)
    assert champion.get("/console/results/visit").status_code == 404
    assert champion.get("/console/results/visit/words").status_code == 403


WORDS = "/console/results/visit/words"


def found(browser, text: str, **fields) -> str:
    """The page of the words that contain this."""
    return browser.post(f"{WORDS}/find", page=WORDS, q=text, **fields).text


def test_words_are_read_searched_labelled_and_reviewed_and_never_markup(answered, bob):
    page = bob.get("/console/results/visit/words").text
    assert "&lt;i&gt;Ada&lt;/i&gt;" in page
    assert "kind" in found(bob, "NURSE")
    assert "kind" not in found(bob, "doctor")

    path = re.search(r"/console/results/visit/words/\d+", page)[0]
    bob.post(path, page="/console/results/visit/words", act="label", label="staff")
    assert "kind" in bob.get("/console/results/visit/words?label=staff").text
    bob.post(path, page="/console/results/visit/words", act="review", words="The nurse was kind")
    assert "reviewed" in bob.get("/console/results/visit/words").text
    bob.post(path, page="/console/results/visit/words", act="unlabel", label="staff")
    assert "kind" not in bob.get("/console/results/visit/words?label=staff").text
    assert bob.post(path, page="/console/results/visit/words", act="nonsense").status_code == 400
    trail = bob.get("/console/audit").text
    assert all(each in trail for each in ("read what people said", "labelled an answer", "took a label off an answer"))


def test_a_name_taken_out_is_shown_and_found_no_more_until_the_review_is_withdrawn(answered, bob):
    talk(answered, 1, "Nurse Grimshaw was late")
    page = "/console/results/visit/words"
    (path,) = re.findall(rf'action="({page}/\d+)"', found(bob, "grimshaw"))[:1]
    bob.post(path, page=page, act="review", words="The nurse was late")
    assert "Grimshaw" not in bob.get(page).text
    assert path not in found(bob, "grimshaw")
    assert path in found(bob, "the nurse")
    bob.post(path, page=page, act="withdraw")
    assert path in found(bob, "grimshaw")


def test_a_search_looks_at_so_many_words_and_offers_to_go_on(answered, bob, monkeypatch):
    talk(answered, 1, "The doctor was late")
    monkeypatch.setattr(words, "DEPTH", 1)
    page = found(bob, "nurse")
    assert "kind" not in page
    assert "q=nurse" not in page
    assert "kind" in found(bob, "nurse", before=re.search(r'name="before" value="(\d+)"', page)[1])


def test_published_results_are_for_anybody_without_cookies_and_stay_as_they_were(answered, bob, app, service):
    assert Client(app).get("/results/visit").status_code == 404
    bob.post("/console/results/visit/publish", page="/console/results/visit")
    anybody = Client(app)
    answer = anybody.get("/results/visit")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "og:image:alt" in answer.text
    before = anybody.get("/results/visit.json").json
    for phone in range(40, 60):
        talk(service, phone, "visit", "1")
    while tallies.fold(service.database, 1000):
        pass
    assert anybody.get("/results/visit.json").json == before
    bob.post("/console/results/visit/withdraw", page="/console/results/visit")
    assert anybody.get("/results/visit").status_code == 404


def test_the_twins_for_machines_hold_the_same_suppressed_numbers(answered, bob, app):
    bob.post("/console/results/visit/publish", page="/console/results/visit")
    anybody = Client(app)
    rows = list(csv.DictReader(io.StringIO(anybody.get("/results/visit.csv").text.lstrip("\ufeff"))))
    counts = {row["answer"]: row["count"] for row in rows if row["question"] == "rating"}
    assert counts["Very good"] == "20"
    assert counts["Poor"] == "*"
    question = anybody.get("/results/visit.json").json["questions"][0]
    assert {bar["label"]: str(bar["count"]) for bar in question["bars"]} == counts
    ET.fromstring(anybody.get("/results/visit.svg").text)


@pytest.fixture
def published(answered, bob, app):
    bob.post("/console/results/visit/publish", page="/console/results/visit")
    return Client(app)


def test_a_published_page_is_read_in_the_visitors_language_without_a_cookie(published):
    english = published.get("/results/visit")
    assert '<html lang="en" dir="ltr">' in english.text
    welsh = published.get("/results/visit", headers={"Accept-Language": "cy-GB,cy;q=0.9,en;q=0.5"})
    assert '<html lang="cy" dir="ltr">' in welsh.text
    assert "Da iawn" in welsh.text
    assert "Very good" not in welsh.text
    assert "24 Tachwedd 2026" in welsh.text
    assert "Could not be understood" not in welsh.text
    assert "Accept-Language" in welsh.headers["Vary"]
    assert welsh.headers["Content-Language"] == "cy"
    assert "Set-Cookie" not in welsh.headers
    assert published.get("/results/visit?language=cy").text == welsh.text
    asked = published.get("/results/visit?language=en", headers={"Accept-Language": "cy"})
    assert asked.text == english.text
    assert published.get("/results/visit?language=xx").text == english.text


def test_a_published_page_reads_from_right_to_left_in_urdu_and_leads_to_the_other_languages(published):
    page = published.get("/results/visit?language=ur").text
    assert '<html lang="ur" dir="rtl">' in page
    assert 'href="?language=cy" lang="cy"' in page
    assert "visit.svg?language=ur" in page


def test_the_twins_and_the_picture_of_a_published_page_follow_its_language(published):
    kept = published.get("/results/visit.json?language=cy").json
    labels = [bar["label"] for bar in kept["questions"][0]["bars"]]
    assert kept["language"] == "cy"
    assert "Da iawn" in labels
    rows = list(csv.DictReader(io.StringIO(published.get("/results/visit.csv?language=cy").text.lstrip("\ufeff"))))
    assert [row["answer"] for row in rows if row["question"] == "rating"] == labels
    picture = ET.fromstring(published.get("/results/visit.svg?language=cy").text)
    assert "Da iawn: " in picture.find("{http://www.w3.org/2000/svg}desc").text
    english = published.get("/results/visit.json").json
    assert [bar["count"] for bar in english["questions"][0]["bars"]] == [
        bar["count"] for bar in kept["questions"][0]["bars"]
    ]


def test_answers_without_words_of_their_own_are_translated_too(service, bob, app):
    flow = service.shelf.flow("experience")
    node = next(node.id for node in flow.nodes.values() if node.question and node.question.kind == "yes_no")
    bob.post("/console/results/experience/publish", page="/console/results/experience")
    questions = Client(app).get("/results/experience.json?language=cy").json["questions"]
    bars = next(each["bars"] for each in questions if each["node"] == node)
    assert [bar["label"] for bar in bars] == ["Ie", "Na"]


def test_an_address_where_nothing_is_published_says_so_in_the_visitors_language(app):
    page = Client(app).get("/results/nothing", headers={"Accept-Language": "cy"})
    assert page.status_code == 404
    assert '<html lang="cy"' in page.text
    assert "Nothing is published here" not in page.text


@pytest.mark.parametrize(("by", "today"), [("day", "24 Nov"), ("week", "23 Nov"), ("month", "Nov 2026")])
def test_results_over_time_are_suppressed_as_all_tables_are(answered, bob, clock, by, today):
    clock.later(days=-1)
    for phone in range(40, 43):
        talk(answered, phone, "visit", "1")
    while tallies.fold(answered.database, 1000):
        pass
    clock.later(days=1)
    page = bob.get(f"/console/results/visit?by={by}").text
    assert f'<th scope="row">{today}</th><td class="number">30<' in page.replace("35<", "30<")
    if by == "day":  # three people on the day before are too few to be told
        assert '<th scope="row">23 Nov</th><td class="number">*<' in page
        assert "23 Nov: not shown" in page


def test_days_on_which_nobody_answered_are_there_too(answered, clock):
    clock.later(days=3)
    talk(answered, 50, "visit", "1")
    while tallies.fold(answered.database, 1000):
        pass
    with answered.database.reading() as db:
        found = courses(answered, db, answered.shelf.flow("visit"), "day", "en", said_in)
    assert [period.name for period in found[0].periods] == [f"2026-11-{day}" for day in (24, 25, 26, 27)]
    assert [period.answered for period in found[0].periods][1:3] == [0, 0]


def test_a_reply_is_sorted_under_another_choice_and_the_numbers_follow(answered, bob):
    page = bob.get(SORTING).text
    assert "Very good" in page
    path = re.search(r"/console/results/visit/sorting/\d+", page)[0]
    reply = bob.post(path, page=SORTING, under="very_poor", why="wrote it of another ward, ring 07700 900123")
    assert reply.status_code == 303
    while tallies.fold(answered.database, 1000):
        pass
    assert {key[9] for key, count in tallying.stored(answered.database).items() if count} >= {"very_poor"}
    assert tallying.stored(answered.database) == tallying.recount(answered.database)
    assert "07700" not in bob.get("/console/audit").text
    bob.post(path, page=SORTING, under="unclear")
    assert path in bob.get("/console/results/visit/sorting?only=unclear").text
    assert bob.post(path, page=SORTING, under="purple").status_code == 303
    assert bob.post("/console/results/visit/sorting/1", page=SORTING, under="poor").status_code == 404
