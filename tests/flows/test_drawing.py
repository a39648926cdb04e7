from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.authoring.drawing import boxes, in_words, mermaid
from flows.authoring.picture import svg
from flows.loader import load, load_text

SHELF = sorted(path for path in Path("flows/library").glob("*.yaml") if not path.name.endswith(".talks.yaml"))
SVG = "{http://www.w3.org/2000/svg}"

FLOW = """
title: 'A <b>bold</b> & "quoted" #1'
keywords: [small]
nodes:
  glad: {ask: 'Is 3 < 4 & "so"?', choices: {yes_it_is: 'Yes, <it> is', not_it: No}, retry: 1, otherwise: bye,
    next: [{if: glad == yes_it_is, then: bye}, {else: why}]}
  why: {ask: Why?, answer: text, when: glad != yes_it_is, optional: true, notify: coordinator}
  bye: {say: Goodbye., next: end}
"""


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_every_flow_of_the_shelf_is_a_picture_with_all_its_questions_and_ways(path: Path):
    flow = load(path)
    picture = ElementTree.fromstring(svg(flow))
    assert picture.get("role") == "img"
    assert picture.find(f"{SVG}title").text == flow.title
    told = picture.find(f"{SVG}desc").text
    for box in boxes(flow):
        assert box.asks in told
        assert box.ways
        for way in box.ways:
            assert f"{way.words or 'then'}: {way.to}" in told
    assert " style=" not in svg(flow)


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_no_two_ways_lie_on_one_another(path: Path):
    lanes = [
        (int(across), *sorted((int(start), int(stop))))
        for start, across, stop in re.findall(r'd="M520 (\d+) H(\d+) V(\d+) H522"', svg(load(path)))
    ]
    for (lane, top, bottom), (other, above, below) in combinations(lanes, 2):
        assert lane != other or bottom < above or below < top


def test_marks_of_html_in_a_text_stay_text():
    flow = load_text(FLOW, "small.yaml")
    ElementTree.fromstring(svg(flow))
    drawn = mermaid(flow)
    assert "<b>" not in drawn.split("\n", 3)[3]
    assert "Is 3 #lt; 4 #amp; #quot;so#quot;?" in drawn
    assert 'n1 -->|"if glad is Yes, #lt;it#gt; is"| n3' in drawn
    assert 'n1 -->|"if no reply was understood"| n3' in drawn
    assert 'n2 -->|"left out unless glad is not Yes, #lt;it#gt; is"| n3' in drawn
    assert "Tells the coordinator" in drawn


LABELS = {
    ("rating", "poor"): "Poor", ("rating", "bad"): "Very bad", ("rating", "why"): "Because", ("why", "x"): "X",
}  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("rating in [poor, bad]", "rating is Poor or Very bad"),
        ("rating not in [poor]", "rating is not Poor"),
        ("not answered(why) and age >= 18", "why was not answered and age is at least 18"),
        ("answered(why) or count(travel) > 1", "why was answered or the number of travel is more than 1"),
        ("contains(why, bus) and not contains(why, 'no car')", "why contains bus and why does not contain no car"),
        ("days_since(contact.seen) >= 30", "the days since contact.seen is at least 30"),
        ("rating == why or why == poor", "rating is Because or why is poor"),
        ("channel == whatsapp", "channel is whatsapp"),
    ],
)
def test_conditions_are_said_in_words(condition: str, words: str):
    assert in_words(condition, LABELS) == words


def test_a_long_title_stands_whole_above_the_boxes_and_what_may_be_skipped_on_a_line_of_its_own():
    title = " ".join(f"word{number}" for number in range(30))
    node = "a: {ask: Why?, answer: text, optional: true}"
    picture = svg(load_text(f"title: {title}\nkeywords: [t]\nnodes:\n  {node}\n", "t.yaml"))
    rows = re.findall(r'<text x="20" y="(\d+)" font-size="20" font-weight="bold">([^<]+)</text>', picture)
    assert " ".join(words for _, words in rows) == title
    assert max(int(y) for y, _ in rows) < int(re.search(r'<rect x="20" y="(\d+)"', picture)[1])
    assert ">May be skipped</text>" in picture


def test_a_long_word_and_a_chinese_text_stay_inside_their_box():
    flow = load_text(f"title: T\nkeywords: [t]\nnodes:\n  a: {{say: '{'w' * 200} {'问' * 100}'}}\n", "t.yaml")
    rows = re.findall(r"<text x=\"30\"[^>]*>([w问 ]+)</text>", svg(flow))
    assert max(len(row) + row.count("问") for row in rows) <= 52
    assert "".join(rows).count("问") == 100


def test_a_line_in_arabic_begins_at_the_right_and_one_in_english_at_the_left():
    title, asked = "كيف كانت زيارتكم؟", "كيف كانت زيارتكم اليوم (GP)؟"
    flow = load_text(f'title: "{title}"\nlanguage: ar\nnodes:\n  why: {{ask: "{asked}", answer: text}}\n', "visit.yaml")
    lines = {line.text: line for line in ElementTree.fromstring(svg(flow)).iter(f"{SVG}text")}
    for text, at in ((title, "520"), (asked, "510")):
        assert (lines[text].get("x"), lines[text].get("direction")) == (at, "rtl")
    assert (lines["why"].get("x"), lines["why"].get("direction")) == ("30", None)
