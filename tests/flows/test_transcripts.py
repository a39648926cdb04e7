"""Talks as tests: how they are written, compared and played, and that the shelf's own all pass."""

from __future__ import annotations

import pytest

from flows.authoring.playing import matches, play
from flows.authoring.rehearsal import Stage
from flows.authoring.transcripts import Talk, load_talks, load_talks_text
from flows.loader import FlowError, load
from flows.text import segments
from tests.flows.surroundings import LIBRARY, WORDS, flow_of

SHIPPED = [
    (path.name.removesuffix(".talks.yaml"), talk)
    for path in sorted(LIBRARY.glob("*.talks.yaml"))
    for talk in load_talks(path)
]


@pytest.mark.parametrize(("flow", "talk"), SHIPPED, ids=[f"{flow}: {talk.name}" for flow, talk in SHIPPED])
def test_every_talk_on_the_shelf_goes_as_written(flow: str, talk: Talk):
    assert play(Stage(load(LIBRARY / f"{flow}.yaml"), WORDS), talk) == []


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
    found = play(Stage(FLOW, WORDS), talk)
    assert [(difference.line, difference.expected) for difference in found] == [
        (5, "Steady?"),
        (8, "a flow that listens to 'hello'"),
        (9, "q: no"),
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
        ("- talk: x\n  channel: fax\n  lines: [{me: a}]", "`channel: fax` is not known — write one of sms, whatsapp"),
        ("- talk: x\n  answers: a\n  lines: [{me: a}]", "t.yaml:2:12: `answers` must be lines"),
    ],
)
def test_a_broken_talk_is_named_with_its_place(source: str, problem: str):
    with pytest.raises(FlowError) as error:
        load_talks_text(source, "t.yaml")
    assert problem in str(error.value)


def test_a_clock_step_brings_reminders_and_the_end():
    flow = flow_of("q: {ask: Ready?, answer: yes_no}", head="remind: [1 day, 2 days]\nexpires: 3 days\n")
    [talk] = load_talks_text(
        """
- talk: silence
  lines:
    - me: go
    - 2 days later
    - bot: "Ready?*Ready?*"
    - 12 hours later
    - bot: ""
    - 1 day later
    - me: "yes"
""",
        "test.talks.yaml",
    )
    found = play(Stage(flow, WORDS), talk)
    assert [difference.expected for difference in found] == ["a flow that listens to 'yes'"]


@pytest.mark.parametrize("line", ["soon", "1 eon later", "later", "[a]", "{me: a, at: here}", "{bot: a, sends: photo}"])
def test_a_line_that_is_none_is_refused(line: str):
    with pytest.raises(FlowError):
        load_talks_text(f"- talk: x\n  lines: [{{me: a}}, {line}]", "t.yaml")


def test_a_talk_can_send_files_and_places_and_draw_its_own_lot():
    flow = flow_of("""
q: {ask: Show us, answer: media}
w: {ask: Where?, answer: location, random: {x: 1, y: 1}}
x: {say: X, next: end}
y: {say: Y}
""")
    talks = "".join(
        f"- talk: t{chance}\n  chance: {chance}\n  lines: [{{me: go}}, {{me: '', sends: photo}}, "
        "{me: '', at: '51.5, 0.1'}, {bot: X}]\n  answers: {q: photo, w: '51.50,0.10'}\n"
        for chance in range(8)
    )
    failed = [bool(play(Stage(flow, WORDS), talk)) for talk in load_talks_text(talks, "t.yaml")]
    assert 0 < sum(failed) < 8
