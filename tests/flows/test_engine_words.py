"""Words about the conversation, at any question: what each of them does."""

from __future__ import annotations

import pytest

from flows.events import AnswerGiven, AnswerWithdrawn, AttributeSet, CommandHeard, QuestionAsked, Said
from flows.run import Run, Status
from flows.understanding.commands import Command
from tests.flows.surroundings import flow_of
from tests.flows.talking import Talk, answers

RATING = """
rating: {ask: How was it?, choices: {good: Good, neither: Neither, poor: Poor}, set: {contact.last_rating: rating}}
beds: {ask: How many beds?, answer: number, optional: true}
why: {ask: "Why?", answer: text, optional: true}
thanks: {say: "Thank you for {rating}."}
"""


def test_back_asks_the_question_before_again_and_its_answer_no_longer_counts():
    talk = Talk(flow_of(RATING))
    talk.say("poor")
    assert talk.say("back") == "How was it?\n1 Good\n2 Neither\n3 Poor"
    flow = talk.flow
    assert talk.events(AnswerWithdrawn) == [AnswerWithdrawn(flow.id, flow.revision, "rating", "rating")]
    assert talk.run.answers == {}
    talk.say("good")
    assert answers(talk.turn)[0][2] == "good"
    talk.say("skip")
    assert talk.say("skip") == "Thank you for Good."


def test_back_goes_as_far_back_as_there_were_questions():
    talk = Talk(flow_of(RATING))
    talk.say("1")
    talk.say("4")
    assert talk.say("back") == "How many beds?\nOr text SKIP."
    assert talk.say("go back please").startswith("How was it?")
    assert talk.say("back").startswith("This is the first question, so we cannot go back.\nHow was it?")
    assert talk.events(AnswerWithdrawn) == []


def test_again_repeats_the_question_and_costs_no_try():
    talk = Talk(flow_of(RATING))
    first = talk.text
    assert talk.say("again") == first
    assert talk.say("START") == first
    assert talk.run.tries == 0


def test_pause_waits_says_how_to_go_on_and_the_place_is_kept():
    talk = Talk(flow_of(RATING))
    talk.say("1")
    assert "Text AGAIN when you are ready" in talk.say("pause")
    assert talk.run.paused
    assert talk.say("again", after=86_400) == "How many beds?\nOr text SKIP."
    assert not talk.run.paused
    talk.say("pause")
    assert talk.say("hello there") == "How many beds?\nOr text SKIP."
    assert talk.run.tries == 0
    talk.say("pause")
    talk.say("3")
    assert answers(talk.turn)[0][2] == 3


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("help", Command.HELP),
        ("my data", Command.MY_DATA),
        ("forget me", Command.FORGET_ME),
        ("language", Command.LANGUAGE),
        ("fix", Command.FIX),
        ("STOP", Command.STOP),
    ],
)
@pytest.mark.parametrize("question", ["choices: {a: Ay, b: Bee}", "answer: text", "answer: number", "answer: yes_no"])
def test_what_is_for_the_service_is_only_told(text: str, command: Command, question: str):
    talk = Talk(flow_of(f"q: {{ask: So?, {question}}}"))
    assert talk.say(text) == ""
    assert talk.turn.events == (CommandHeard(command),)
    assert (talk.run.node, talk.run.tries, talk.run.status) == ("q", 0, Status.OPEN)


def test_a_choice_that_is_called_like_a_command_is_the_choice():
    talk = Talk(flow_of("q: {ask: Which way?, choices: {back: Back, on: Go on, help: Help me}}"))
    talk.say("back")
    assert answers(talk.turn)[0][2] == "back"


def test_a_story_that_holds_a_command_is_an_answer():
    talk = Talk(flow_of("q: {ask: Why?, answer: text}"))
    talk.say("I want to go back to my old ward because the help was better")
    assert isinstance(talk.turn.events[0], AnswerGiven)


def test_a_text_that_crossed_our_question_answers_the_one_before():
    talk = Talk(flow_of(RATING))
    for word in ("purple", "blue", "green"):
        talk.say(word)
    assert talk.run.node == "beds"
    assert talk.say("poor") == "Thank you. We have changed your answer to Poor.\nHow many beds?\nOr text SKIP."
    assert [type(event) for event in talk.turn.events] == [AnswerWithdrawn, AnswerGiven, AttributeSet, Said, Said]
    assert (talk.run.node, talk.run.answers, talk.run.tries) == ("beds", {"rating": "poor"}, 0)
    assert talk.say("POOR!").startswith("Thank you, we have that already.")
    assert talk.say("good").startswith("Thank you. We have changed your answer to Good.")


def test_a_number_that_is_no_choice_here_changes_no_earlier_answer():
    talk = Talk(
        flow_of(
            "age: {ask: How old?, choices: {a: Under 25, b: 25 to 34, c: 35 to 54, d: 55 or over}, next: q}\n"
            "q: {ask: Are you a …?, choices: {x: Visitor, y: Carer, z: Patient}}"
        )
    )
    talk.say("2")
    talk.say("4")
    assert talk.run.answers == {"age": "b"}
    assert talk.run.node == "q"


def test_a_text_that_this_question_takes_never_answers_the_one_before():
    talk = Talk(flow_of(RATING))
    talk.say("poor")
    talk.say("2")
    assert talk.run.answers == {"rating": "poor", "beds": 2}


def test_an_answer_given_long_ago_is_not_changed_by_chance():
    talk = Talk(flow_of(RATING))
    talk.say("poor")
    assert talk.say("good", after=3_600).startswith("Sorry, we did not understand.")
    yes = Talk(flow_of("kids: {ask: Any children?, answer: yes_no}\nhow: {ask: How many?, answer: number}"))
    yes.say("yes")
    yes.say("no way")
    assert yes.run.answers == {"kids": True}


def test_a_run_from_json_goes_back_the_same_way():
    talk = Talk(flow_of(RATING))
    talk.say("poor")
    assert Run.from_json(talk.run.to_json()).path == ["rating"]
    talk.say("back")
    assert talk.events(QuestionAsked) == [QuestionAsked("rating")]


def test_limits_are_told_before_and_after_somebody_goes_beyond_them():
    talk = Talk(
        flow_of(
            "q: {ask: Which?, answer: many, at_most: 2, choices: {a: Ay, b: Bee, c: See}, next: n}\n"
            "n: {ask: How many?, answer: number, min: 0, max: 20}"
        )
    )
    assert "up to 2 of these numbers" in talk.turn.text
    assert "up to 2 of these numbers" in talk.say("1 2 3")
    talk.say("1 2")
    talk.say("90")
    assert talk.say("91") == "Reply with a number from 0 to 20."
