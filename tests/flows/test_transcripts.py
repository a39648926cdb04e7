"""Talks as tests: how they are written, compared and played, and that the shelf's own all pass."""

from __future__ import annotations

import pytest

from flows.loader import FlowError, load
from flows.text import segments
from flows.transcripts import Talk, load_talks, load_talks_text, matches, play
from tests.flows.surroundings import LIBRARY, WORDS, flow_of

SHIPPED = [
    (path.name.removesuffix(".talks.yaml"), talk)
    for path in sorted(LIBRARY.glob("*.talks.yaml"))
    for talk in load_talks(path)
]


@pytest.mark.parametrize(("flow", "talk"), SHIPPED, ids=[f"{flow}: {talk.name}" for flow, talk in SHIPPED])
def test_every_talk_on_the_shelf_goes_as_written(flow: str, talk: Talk):
    assert play(load(LIBRARY / f"{flow}.yaml"), talk, WORDS) == []


def test_every_flow_on_the_shelf_has_talks():
    flows = {path.name.removesuffix(".yaml") for path in LIBRARY.glob("*.yaml") if ".talks." not in path.name}
    assert flows == {flow for flow, _ in SHIPPED}


def test_every_text_on_the_shelf_is_cheap_and_in_one_piece():
    for path in LIBRARY.glob("*.yaml"):
        if path.name.endswith(".talks.yaml"):
            continue
        for node in load(path).nodes.values():
            for text in (node.say, node.question.ask if node.question else None):
                for written in (text or {}).values():
                    counted = segments(written.replace("{organisation}", "Newham Community Voices"))
                    assert (counted.encoding, counted.count) == ("GSM-7", 1), (path.name, node.id)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("Thank you.", "thank you", True),
        ("thank you", "thank you all", False),
        ("*thank you*", "Well, THANK\nYOU all", True),
        ("thank*all", "Thank you all", True),
        ("all*", "Thank you all", False),
        ("*one*two*", "one and two", True),
        ("*two*one*", "one and two", False),
        ("*", "", True),
        ("a*a", "a", False),
        ("", "", True),
    ],
)
def test_a_star_stands_for_any_words(pattern: str, text: str, fits: bool):
    assert matches(pattern, text) is fits


FLOW = flow_of("q: {ask: Ready?, answer: yes_no}\nbye: {say: Bye.}")


def test_a_talk_that_goes_another_way_says_where():
    [talk] = load_talks_text(
        """
- talk: it goes wrong
  lines:
    - me: go
    - bot: "Steady?"
    - me: yes
    - bot: "*bye*"
    - me: hello
  answers: {q: "no"}
""",
        "test.talks.yaml",
    )
    found = play(FLOW, talk, WORDS)
    assert [(difference.line, difference.expected) for difference in found] == [
        (5, "Steady?"),
        (8, "a flow that listens to 'hello'"),
        (2, "q: no"),
    ]
    assert str(found[0]).startswith("line 5, it goes wrong: expected 'Steady?', got 'Ready?")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("talk: x", "t.yaml:1:1: A talks file is a list"),
        ("- talk: x", "t.yaml:1:3: A talk needs a name after `talk:` and its `lines`."),
        ("- talk: x\n  lines: [{bot: hi}]", "t.yaml:2:10: A talk begins with what the contact writes"),
        ("- talk: x\n  lines: [{me: a, bot: b}]", "t.yaml:2:11: A line is"),
        ("- talk: x\n  lines: [{mee: a}]", "t.yaml:2:12: `mee` is not known in a line — did you mean `me`?"),
        ("- talk: x\n  chanel: sms\n  lines: [{me: a}]", "t.yaml:2:3: `chanel` is not known in a talk — did you mean"),
        ("- talk: x\n  channel: fax\n  lines: [{me: a}]", "`channel: fax` is not known — write sms or whatsapp."),
        ("- talk: x\n  answers: a\n  lines: [{me: a}]", "t.yaml:2:12: `answers` must be lines"),
    ],
)
def test_a_broken_talk_is_named_with_its_place(source: str, problem: str):
    with pytest.raises(FlowError) as error:
        load_talks_text(source, "t.yaml")
    assert problem in str(error.value)
