"""What a node does besides asking: chance, other flows, groups, labels, notices, days between questions."""

from __future__ import annotations

from collections import Counter

import pytest

from flows import engine
from flows.calls import Loaded
from flows.definition import Kind, Told
from flows.events import (
    AnswerGiven,
    CommandHeard,
    FlowStarted,
    GroupJoined,
    GroupLeft,
    Labelled,
    Notified,
    Outcome,
    QuestionAsked,
    QuestionPutOff,
    RunEnded,
)
from flows.loader import load_text
from flows.run import Context, Run, Status
from tests.flows.surroundings import CONTEXT, WORDS, flow_of
from tests.flows.talking import Talk, answers


def test_groups_labels_and_notices_are_told_in_the_order_of_the_flow():
    talk = Talk(
        flow_of("""
why: {ask: Why?, answer: text, join: [a], leave: [b], label: [urgent, ring], notify: {coordinator: "Call: {why}"}}
bye: {say: Bye, notify: champion}
""")
    )
    talk.say("It hurts")
    assert [
        event for event in talk.turn.events if isinstance(event, GroupJoined | GroupLeft | Labelled | Notified)
    ] == [
        GroupJoined("a"),
        GroupLeft("b"),
        Labelled("urgent"),
        Labelled("ring"),
        Notified(Told.COORDINATOR, "Call: It hurts", "Call: {why}"),
        Notified(Told.CHAMPION, "", ""),
    ]


RANDOM = """
start: {random: {warm: 3, plain: 1}}
warm: {say: Lovely!, next: end}
plain: {say: OK., next: end}
"""


def test_a_random_branch_follows_from_the_number_of_the_run_and_from_its_weights():
    flow = flow_of(RANDOM)
    said = Counter(Talk(flow, chance=chance).text for chance in range(400))
    assert Talk(flow, chance=7).text == Talk(flow, chance=7).text
    assert 260 < said["Lovely!"] < 340
    assert said["Lovely!"] + said["OK."] == 400


def test_shuffled_choices_keep_their_order_through_a_run_and_numbers_mean_what_was_shown():
    flow = flow_of("""
q: {ask: Which?, choices: {a: Apple, b: Banana, c: Cherry, d: Date, none: None}, shuffle: true}
""")
    orders = set()
    for chance in range(60):
        talk = Talk(flow, chance=chance)
        shown = [line.partition(" ")[2] for line in talk.text.splitlines()[1:]]
        orders.add(tuple(shown))
        assert shown[-1] == "None"
        assert talk.say("mauve").splitlines()[1:] == talk.text.splitlines()[1:]
        talk.say("2")
        assert answers(talk.turn)[0][2] == shown[1][0].lower()
    assert 8 < len(orders) <= 24


INNER = load_text(
    "title: Inner\nnodes:\n  name: {ask: Your name?, answer: text}\n  hi: {say: 'Hi {name}.'}\n", "inner.yaml"
)
OUTER = load_text(
    "title: Outer\nnodes:\n  ok: {ask: Ready?, answer: yes_no}\n  sub: {run: inner}\n"
    "  last: {ask: 'Sure?', answer: yes_no}\n  bye: {say: Bye.}\n",
    "outer.yaml",
)
FLOWS = Loaded({"inner": INNER, "outer": OUTER})


def test_a_flow_goes_through_another_and_comes_back():
    talk = Talk(OUTER, flows=FLOWS)
    assert talk.say("yes") == "Your name?"
    assert talk.say("Ada") == "Hi Ada.\nSure?\nReply YES or NO."
    [given] = talk.events(AnswerGiven)
    assert isinstance(given, AnswerGiven)
    assert (given.flow, given.revision, given.save_as) == ("inner", INNER.revision, "name")
    assert talk.run.answers == {"ok": True}
    assert talk.say("yes") == "Bye."
    assert talk.run.status is Status.COMPLETED
    assert talk.run.flow == "outer"


def test_back_stays_inside_the_flow_that_runs():
    talk = Talk(OUTER, flows=FLOWS)
    talk.say("yes")
    assert talk.say("back").startswith("This is the first question")
    talk.say("Ada")
    assert talk.say("back") == "Ready?\nReply YES or NO."


def test_a_flow_that_is_not_there_ends_with_an_apology():
    talk = Talk(OUTER)
    assert "Sorry, something went wrong" in talk.say("yes")
    inside = Talk(OUTER, flows=FLOWS)
    inside.say("yes")
    inside.flows = Loaded({})
    assert "Sorry, something went wrong" in inside.say("Ada")
    assert inside.run.status is Status.FAILED


def test_flows_that_run_each_other_for_ever_are_ended():
    circle = load_text("title: C\nnodes:\n  a: {run: circle}\n", "circle.yaml")
    talk = Talk(circle, flows=Loaded({"circle": circle}))
    assert talk.turn.events[-1] == RunEnded("failed", "too many flows wait for one another")


def test_another_flow_is_started_once_this_run_has_ended():
    talk = Talk(flow_of("ok: {ask: Go on?, answer: yes_no}\nmore: {say: Well then., start: visit}"))
    assert talk.say("yes") == "Well then."
    assert talk.turn.events[-2:] == (RunEnded("completed", "another flow begins"), FlowStarted("visit"))
    assert talk.turn.starts == "visit"


DAILY = flow_of(
    """
one: {ask: One?, answer: number}
between: {say: Well done.}
two: {say: Good morning., ask: Two?, answer: number}
three: {ask: Three?, answer: number}
""",
    head="days: one question a day\n",
)


def test_a_day_lies_between_two_questions():
    talk = Talk(DAILY)
    assert talk.say("1") == "Well done.\nThank you. The next question comes tomorrow."
    later = talk.run.later
    assert talk.turn.events[-1] == QuestionPutOff("two", later)
    assert talk.carry_on(after=3_600) == ""
    assert talk.say("thanks!") == "Thank you. The next question comes tomorrow."
    assert talk.carry_on(after=86_400) == "Good morning.\nTwo?"
    assert talk.turn.events[-1] == QuestionAsked("two")
    assert talk.say("2") == "Thank you. The next question comes tomorrow."


def test_an_answer_that_comes_a_day_late_brings_the_next_question_at_once():
    talk = Talk(DAILY)
    assert talk.say("1", after=90_000) == "Well done.\nGood morning.\nTwo?"


def test_a_text_when_the_next_days_question_is_due_asks_it():
    talk = Talk(DAILY)
    talk.say("1")
    assert talk.say("hello", after=90_000) == "Good morning.\nTwo?"


def test_commands_and_corrections_are_heard_between_the_days():
    talk = Talk(DAILY)
    talk.say("1")
    assert talk.say("5").startswith("Thank you. We have changed your answer to 5.\nThank you. The next")
    assert talk.say("back") == "One?"
    assert talk.say("6").endswith("comes tomorrow.")
    talk.say("help")
    assert [type(event) for event in talk.turn.events] == [CommandHeard]


def test_a_reminder_of_a_question_that_was_put_off_says_nothing():
    talk = Talk(DAILY)
    talk.say("1")
    assert engine.ask_again(DAILY, talk.run, CONTEXT, WORDS, talk.now).text == ""


PICTURE = flow_of("q: {ask: Show us, answer: media, kinds: [photo]}\nbye: {say: Bye.}")


def test_a_picture_or_words_answer_a_media_question():
    talk = Talk(PICTURE)
    assert talk.say("the ramp", media=("photo",)) == "Bye."
    [given] = talk.events(AnswerGiven)
    assert isinstance(given, AnswerGiven)
    assert (given.value, given.raw, given.kind) == ("photo", "the ramp", Kind.MEDIA)
    words = Talk(PICTURE)
    words.say("I have no camera")
    assert answers(words.turn) == [("q", Outcome.ANSWERED, "I have no camera")]
    other = Talk(PICTURE)
    assert other.say("", media=("voice",)) == "Please send it, or tell us in words instead."


def test_a_picture_at_another_question_costs_no_try():
    talk = Talk(flow_of("q: {ask: Why?, answer: text}"))
    assert talk.say("", media=("photo",)).startswith("Sorry, we cannot take pictures or voice notes.")
    assert talk.run.tries == 0


@pytest.mark.parametrize(
    ("precision", "kept"), [("100 m", "51.528,0.035"), ("1 km", "51.53,0.03"), ("10 km", "51.5,0.0"), ("0", "52,0")]
)
def test_a_location_is_kept_coarsened_only(precision: str, kept: str):
    talk = Talk(flow_of(f"q: {{ask: Where?, answer: location, precision: {precision}}}"), Context(channel="whatsapp"))
    talk.say("", location=(51.52771, 0.03489))
    [given] = talk.events(AnswerGiven)
    assert isinstance(given, AnswerGiven)
    assert (given.value, given.raw) == (kept, "")
    assert "52771" not in talk.run.to_json()


def test_words_outside_a_list_are_kept_where_the_author_wants_them():
    flow = flow_of("q: {ask: Pet?, choices: {cat: Cat, dog: Dog}, other: true}\nbye: {say: 'Ah, {q}!'}")
    talk = Talk(flow)
    assert talk.say("a ferret") == "Ah, a ferret!"
    assert answers(talk.turn) == [("q", Outcome.ANSWERED, "other")]
    talk = Talk(flow)
    assert talk.say("9").startswith("Sorry, we did not understand")
    talk.say("help")
    assert talk.events(CommandHeard)


def test_a_run_inside_another_flow_survives_being_stored():
    talk = Talk(OUTER, flows=FLOWS)
    talk.say("yes")
    assert Run.from_json(talk.run.to_json()) == talk.run
