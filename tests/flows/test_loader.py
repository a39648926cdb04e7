"""Loading flows: what a good file gives, and that every mistake is named with its place and a way out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.definition import END, Kind, Told
from flows.loader import FlowError, load, load_folder, load_text
from tests.flows.surroundings import LIBRARY, flow_of

GOOD = """\
title: A visit
keywords: [visit]
nodes:
  rating:
    ask: "How was it?"
    choices:
      good: Good
      poor: {label: Poor, words: [bad]}
    next:
      - if: rating == poor
        then: sorry
      - else: reason
  sorry:
    say: "Sorry, {contact.first_name|friend}."
  reason:
    ask: {sms: "Why?", whatsapp: "Please tell us why."}
    answer: text
    optional: true
    next: end
"""


def problems_of(source: str | bytes) -> tuple[str, ...]:
    with pytest.raises(FlowError) as error:
        load_text(source, "visit.yaml")
    return error.value.problems


def test_a_good_file_becomes_a_flow():
    flow = load_text(GOOD, "visit.yaml")
    assert (flow.id, flow.title, flow.keywords, flow.language) == ("visit", "A visit", ("visit",), "en")
    assert flow.expires == timedelta(days=7)
    assert flow.first == "rating"
    assert flow.following == {"rating": "sorry", "sorry": "reason", "reason": END}
    rating, reason = flow.nodes["rating"].question, flow.nodes["reason"].question
    assert rating is not None
    assert reason is not None
    assert [(choice.key, choice.label, choice.words) for choice in rating.choices] == [
        ("good", "Good", ()),
        ("poor", "Poor", ("bad",)),
    ]
    assert (rating.kind, rating.retry, reason.kind, reason.optional) == (Kind.CHOICE, 2, Kind.TEXT, True)
    assert reason.ask["whatsapp"] == "Please tell us why."


def test_the_same_text_is_the_same_revision_and_another_text_is_not():
    assert load_text(GOOD, "visit.yaml").revision == load_text(GOOD.encode(), "visit.yaml").revision
    assert load_text(GOOD, "visit.yaml").revision != load_text(GOOD + "\n", "visit.yaml").revision
    assert load_text(GOOD, "visit.yaml").source == GOOD


def test_words_that_other_yaml_takes_for_something_else_stay_words():
    flow = flow_of(
        "asked:\n  ask: When?\n  choices: {no: no, on: on, early: 012, late: 1:30, day: 2026-01-01, f: 0x10}"
    )
    question = flow.nodes["asked"].question
    assert question is not None
    assert [choice.label for choice in question.choices] == ["no", "on", "012", "1:30", "2026-01-01", "0x10"]
    assert [choice.key for choice in question.choices][:2] == ["no", "on"]


def test_every_option_of_every_question_is_read():
    flow = flow_of("""
beds: {ask: Beds?, answer: number, min: 0, max: 9, whole: false, unit: beds, hint: A number, retry: 1}
likely: {ask: Likely?, answer: scale, from: 0, to: 10, low: Never, high: Surely, when: beds > 1}
agree: {ask: Agree?, answer: yes_no, consent: contact, words: {yes: [sure], no: [nay]}, otherwise: why, join: [friends]}
why: {ask: Why?, answer: text, max_length: 20, personal: true, save_as: because, retry_text: Why though?}
last: {set: {contact.seen: today, score: beds}, say: "{because} {score}"}
""")
    beds, likely, agree, why = (flow.nodes[name].question for name in ("beds", "likely", "agree", "why"))
    assert beds is not None
    assert (beds.minimum, beds.maximum, beds.whole, beds.unit, beds.retry, beds.hint) == (
        0,
        9,
        False,
        "beds",
        1,
        {"": "A number"},
    )
    assert likely is not None
    assert (likely.minimum, likely.maximum, likely.low, likely.high) == (0, 10, "Never", "Surely")
    assert agree is not None
    assert (agree.consent, agree.words, agree.otherwise) == ("contact", (("yes", ("sure",)), ("no", ("nay",))), "why")
    assert why is not None
    assert (why.save_as, why.personal, why.max_length, why.retry_text) == ("because", True, 20, {"": "Why though?"})
    assert flow.nodes["agree"].join == ("friends",)
    assert [name for name, _ in flow.nodes["last"].set] == ["contact.seen", "score"]


def test_every_kind_of_question_and_every_action_is_read():
    flow = flow_of(
        """
travel: {ask: How?, answer: many, choices: {bus: Bus, foot: On foot, none: None of these}, at_least: 1, at_most: 2}
born: {ask: When?, answer: date, earliest: 1900-01-01, latest: 2026-01-31, past: true}
where: {ask: Where?, answer: postcode, keep: full}
picture: {ask: Show us, answer: media, kinds: [photo, video]}
spot: {ask: Where are you?, answer: location, precision: 10 km, when: 'bus in travel and contains(travel, foot)'}
colour: {ask: Which?, choices: {red: Red, blue: Blue}, shuffle: true, other: true, random: {warm: 1, plain: 3}}
warm: {say: Warm, leave: [old], label: [urgent], notify: {coordinator: "Call {group|them}", champion: x}, next: last}
plain: {say: Plain, notify: coordinator, run: hello}
last: {when: "count(travel) > 1 and colour != other", start: visit}
""",
        head=(
            "days: one question a day\nkeep: 2 years\ndiscreet: true\nbasis: consent\n"
            "breakdown: [contact.age_band, travel]\n"
        ),
    )
    travel, born, where, picture, spot, colour = (node.question for node in list(flow.nodes.values())[:6])
    assert travel is not None
    assert (travel.kind, travel.at_least, travel.at_most, len(travel.choices)) == (Kind.MANY, 1, 2, 3)
    assert born is not None
    assert (born.earliest, born.latest, born.past) == (date(1900, 1, 1), date(2026, 1, 31), True)
    assert where is not None
    assert where.keep == "full"
    assert picture is not None
    assert picture.kinds == ("photo", "video")
    assert spot is not None
    assert spot.precision == 1
    assert colour is not None
    assert (colour.shuffle, colour.other) == (True, True)
    assert flow.nodes["colour"].random == (("warm", 1), ("plain", 3))
    warm, plain, last = flow.nodes["warm"], flow.nodes["plain"], flow.nodes["last"]
    assert (warm.leave, warm.label) == (("old",), ("urgent",))
    assert warm.notify == ((Told.COORDINATOR, "Call {group|them}"), (Told.CHAMPION, "x"))
    assert (plain.notify, plain.run, last.start) == (((Told.COORDINATOR, ""),), "hello", "visit")
    assert (flow.daily, flow.keep, flow.discreet) == (True, timedelta(days=730), True)
    assert (flow.basis, flow.breakdown) == ("consent", ("contact.age_band", "travel"))


SAY = '    say: "Sorry, {contact.first_name|friend}."'

WRONG = [
    # what stands in the good file, what is written instead, and the problem
    ("choices:", "choises:", "6:5: `choises` is not known in a node — did you mean `choices`?"),
    ("title: A visit", "titel: A visit", "1:1: `titel` is not known in a flow — did you mean `title`?"),
    ("title: A visit\n", "", "1:1: The flow has no `title`"),
    ("title: A visit", "title: A visit\ntitle: B", "2:1: `title` is written twice, first in line 1"),
    ("good: Good", "good: Good\n      good: Well", "8:7: `good` is written twice, first in line 7"),
    ("title: A visit", "title: [a]", "1:8: `title` must be a text"),
    ("title: A visit", "title:", "1:7: `title` is empty"),
    ("title: A visit", "title: &a A visit", "1:8: `&` and `*` are not allowed here"),
    ("title: A visit", "title: !!python/object:os.system x", "1:8: `!` is not allowed here"),
    ("title: A visit", "title:\tA visit", "1:7: A flow file cannot hold a tab"),
    ("title: A visit", "title: A \x07visit", "1:10: A flow file cannot hold the character U+0007"),
    ("title: A visit", "title: A: visit", "1:9: A second `: ` in one line — put quotes around"),
    ("optional: true", "optional: yes", "18:15: `optional` must be `true` or `false`"),
    ("optional: true", "retry: 9", "18:12: `retry` must be a whole number from 0 to 5"),
    ("optional: true", "max: 9", "18:5: `max` is for `answer: number`"),
    ("optional: true", "otherwise: nowhere", "18:16: There is no node `nowhere`"),
    ("answer: text", "answer: txt", "17:13: `answer: txt` is not known — did you mean `text`?"),
    ("    answer: text\n", "", "15:3: The question `reason` has no `choices` and no `answer`"),
    ("then: sorry", "then: sory", "11:15: There is no node `sory` — did you mean `sorry`?"),
    ("then: sorry", "then: reason", "13:3: No path leads to the node `sorry`"),
    ("rating == poor", "rating == por", "10:23: In `if`, there is no choice `por` — did you mean `poor`?"),
    ("rating == poor", "'ratin == poor'", "10:14: In `if`, there is no name `ratin` — did you mean `rating`?"),
    ("rating == poor", "rating > 3", "10:20: In `if`, choices have no order"),
    ("      - else: reason\n", "", "10:7: `next` has no `else`"),
    ("then: sorry", "than: sorry", "11:9: `than` is not known in a line of `next` — did you mean `then`?"),
    ("keywords: [visit]", "keywords: [stop]", "2:12: The keyword `stop` is reserved"),
    ("keywords: [visit]", "expires: 1 day\ndays: one question a day", "3:1: The flow expires before its second day"),
    ("keywords: [visit]", "remind: [8 days]", "2:1: A reminder comes after the flow has expired"),
    ("keywords: [visit]", "remind: [1 day, 2 days, 3 days]", "2:9: `remind` has 3 reminders; the most is 2"),
    ("keywords: [visit]", "expires: soon", "2:10: `expires` must be a time such as"),
    ("keywords: [visit]", "language: English", "2:11: `English` is no language code"),
    ("good: Good", "good: Stop", "7:7: The choice `stop` is reserved"),
    ("good: Good", "good: POOR!", "8:7: The choices `good` and `poor` cannot be told apart: both are `poor`."),
    ("good: Good", "good: Bad", "8:7: The choices `good` and `poor` cannot be told apart: both are `bad`."),
    ("good: Good", "good: 2", "7:7: The choice `2` cannot be told apart from choice number 2"),
    ("good: Good", "Good: Good", "digits and `_`, a letter first — write `good`."),
    ("optional: true", "OPTIONAL: true", "18:5: `OPTIONAL` is not known in a node — did you mean `optional`?"),
    ("then: sorry", "then: x", "There is no node `x` — name a node of this file, or `end`."),
    ("  rating:", "  end:", "4:3: `end` has a meaning of its own"),
    ("optional: true", "save_as: rating", "15:3: Two questions save their answer as `rating`"),
    ("optional: true", "save_as: today", "15:3: `today` has a meaning of its own"),
    ("optional: true", "set: {rating: 1}", "18:11: `rating` is taken"),
    ("optional: true", "set: {contact.x: 'age + 1'}", "18:27: In `set`, `+` has no place in a condition"),
    ("{contact.first_name|friend}", "{frist}", '14:10: There is nothing to put for `{frist}`'),
    ("{contact.first_name|friend}", "{ratin}", "did you mean `rating`?"),
    ("{contact.first_name|friend}", "{", "14:10: A lone `{`"),
    ("next: end", "next: sorry", "leads to the end"),
    ('sms: "Why?", ', "", "16:10: `ask` has no text for `sms`"),
    (SAY, "    next: sorry", "13:3: The node `sorry` leads back to itself"),
    (SAY, "    when: rating == poor", "13:3: The node `sorry` does nothing"),
    (SAY, "    hint: x\n    say: x", "14:5: `hint` belongs to a question"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "written", "problem"), WRONG, ids=[written for _, written, _ in WRONG])
def test_a_mistake_is_named_with_its_place_and_a_way_out(was: str, written: str, problem: str):
    assert was in GOOD
    found = "\n".join(problems_of(GOOD.replace(was, written, 1)))
    assert problem in found
    assert found.startswith("visit.yaml:")


@pytest.mark.parametrize("key", ["pattern", "regex", "matches", "validate", "constraint"])
def test_a_question_holds_no_pattern_that_a_reply_could_make_run_for_ever(key: str):
    found = problems_of(GOOD.replace("optional: true", f"{key}: '(a+)+$'"))
    assert any(f"`{key}` is not known in a node" in problem for problem in found)


def test_all_problems_of_a_file_are_told_at_once_in_its_order():
    found = problems_of("titel: x\nnodes:\n  a:\n    ask: Why?\n    answer: txt\n  B:\n    say: [x]\n")
    assert [problem.split(" ")[0] for problem in found] == ["visit.yaml:1:1:"] * 2 + [
        "visit.yaml:5:13:",
        "visit.yaml:6:3:",
    ]


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "The file is empty"),
        ("# nothing\n", "The file is empty"),
        ("just words", "must be keys and values"),
        ("- a\n- b", "must be keys and values"),
        (bomb(), "`&` and `*` are not allowed here"),
        ("a: *a", "`&` and `*` are not allowed here"),
        ("[" * 100_000, "more than 20 levels deep"),
        ("a:\n" + "".join(" " * n + "b:\n" for n in range(1, 400)), "more than 20 levels deep"),
        ("{" * 50, "plain word"),
        ("a: [" + "x, " * 6_000 + "x]", "more than 5,000 values"),
        ("a: " + "x" * 300_000, "the most is 262,144"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("? [a]\n: b\n", "plain word"),
        ("a: 'b\nc: d", "visit.yaml:1:4: The quote that opens here is never closed"),
        ("a: @b", "1:4: A text cannot begin with `@`"),
        ("a: *b*", "1:4: A text cannot begin with `*`"),
        ("a: {b: c\nd: e", "1:4: The `{` that opens here is not closed"),
        ("a:\n  b: c\n d: e", "3:2: This does not fit the lines above"),
        ("a: - b", "1:4: A list begins on a line of its own"),
        ('a: "\\d"', "1:5: A backslash means something"),
        ("a:\n  b\n  c: d", "3:4: This line does not fit the one above"),
        ("a: b\n%c", "This"),
        ("title: x\nnodes: {a: b:c}", "put a space behind `b:`"),
        (b"\xff\xfe", "not UTF-8"),
        (b"title: caf\xe9", "visit.yaml:1:11: This is not UTF-8"),
        ("a: \ud800", "U+D800"),
        ("a: \x85", "U+0085"),
        ("<<: {a: b}\n", "`<<` is not known"),
        ("title: x\nnodes: {}", "at least one node"),
        ("title: x\nnodes: [a]", "at least one node"),
        ("title: x\nnodes: {a: b}", "must be keys and values"),
    ],
)
def test_hostile_or_broken_yaml_is_a_clear_error(source: str | bytes, problem: str):
    found = "\n".join(problems_of(source))
    assert problem in found
    assert "Traceback" not in found


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_flow_or_a_clear_error(source: bytes):
    try:
        load_text(source, "x.yaml")
    except FlowError as error:
        assert error.problems  # noqa: PT017 -- either way out is right


@given(st.data())
def test_a_good_file_with_any_change_is_a_flow_or_a_clear_error(data: st.DataObject):
    at = data.draw(st.integers(0, len(GOOD)))
    cut = data.draw(st.integers(0, 8))
    put = data.draw(st.text(alphabet="abe:[]{}-\n \"'|>&*!%@,#?0", max_size=6))
    try:
        load_text(GOOD[:at] + put + GOOD[at + cut :], "x.yaml")
    except FlowError as error:
        assert all(problem.startswith("x.yaml:") for problem in error.problems)  # noqa: PT017 -- either way out is right


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path):
    with pytest.raises(FlowError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    with pytest.raises(FlowError, match="no such folder"):
        load_folder(tmp_path / "none")


def test_two_flows_with_one_keyword_are_refused(tmp_path: Path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("[visit]", "[VISIT!]"))
    (tmp_path / "b.talks.yaml").write_text("not a flow")
    with pytest.raises(FlowError, match=r"b\.yaml:2:12: The keyword `VISIT!` already starts the flow `a`"):
        load_folder(tmp_path)


def test_a_folder_tells_the_problems_of_all_its_files(tmp_path: Path):
    (tmp_path / "a.yaml").write_text("")
    (tmp_path / "b.yaml").write_text("x: 1")
    with pytest.raises(FlowError) as error:
        load_folder(tmp_path)
    assert {problem.partition(":")[0] for problem in error.value.problems} == {"a.yaml", "b.yaml"}


def test_the_shelf_that_ships_is_good():
    assert {"hello", "matters", "visit"} <= set(load_folder(LIBRARY))
