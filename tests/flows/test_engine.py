"""Turns of the engine, written as conversations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from flows import engine
from flows.calls import Loaded
from flows.events import (
    AnswerGiven,
    AttributeSet,
    ConsentAnswered,
    GroupJoined,
    Outcome,
    QuestionAsked,
    QuestionPutOff,
    RunEnded,
    Said,
)
from flows.loader import load_folder, load_text
from flows.run import Context, Input, Run, Status, microseconds
from tests.flows.surroundings import CONTEXT, LIBRARY, NOW, WORDS, flow_of
from tests.flows.talking import Talk, answers

RATING = """
rating: {ask: How was it?, choices: {good: Good, neither: Neither good nor poor, poor: Poor}}
why: {ask: "Why?", answer: text, optional: true}
thanks: {say: "Thank you for {rating}."}
"""


def test_a_run_begins_by_asking_and_waits():
    talk = Talk(flow_of(RATING))
    assert talk.text == "How was it?\n1 Good\n2 Neither good nor poor\n3 Poor"
    assert talk.turn.events[-1] == QuestionAsked("rating")
    assert (talk.run.node, talk.run.status) == ("rating", Status.OPEN)


def test_answers_lead_to_the_end():
    talk = Talk(flow_of(RATING))
    assert talk.say("3") == "Why?\nOr text SKIP."
    assert answers(talk.turn) == [("rating", Outcome.ANSWERED, "poor")]
    assert talk.say("Nobody came") == "Thank you for Poor."
    assert answers(talk.turn) == [("why", Outcome.ANSWERED, "Nobody came")]
    assert talk.turn.events[-1] == RunEnded("completed", "done")
    assert (talk.run.node, talk.run.status) == (None, Status.COMPLETED)


def test_the_engine_changes_no_run_it_was_given():
    talk = Talk(flow_of(RATING))
    before = talk.run.to_json()
    engine.resume(talk.flow, talk.run, Input("3", CONTEXT), WORDS, NOW)
    engine.ask_again(talk.flow, talk.run, CONTEXT, WORDS, NOW)
    assert talk.run.to_json() == before


def test_what_follows_an_answer_answers_the_free_text_question_after_it():
    talk = Talk(flow_of(RATING))
    assert talk.say("3 because nobody listened") == "Thank you for Poor."
    assert answers(talk.turn) == [
        ("rating", Outcome.ANSWERED, "poor"),
        ("why", Outcome.ANSWERED, "because nobody listened"),
    ]
    assert [getattr(event, "raw", None) for event in talk.events(AnswerGiven)] == [
        "3 because nobody listened",
        "because nobody listened",
    ]


def test_what_follows_an_answer_is_not_kept_for_another_kind_of_question_nor_for_a_later_one():
    flow = flow_of("""
rating: {ask: How was it?, choices: {good: Good, poor: Poor}}
beds: {ask: How many beds?, answer: number}
why: {ask: Why?, answer: text}
""")
    talk = Talk(flow)
    assert talk.say("2 because nobody listened") == "How many beds?"
    assert talk.say("5") == "Why?"


def test_what_follows_an_answer_never_becomes_something_personal():
    talk = Talk(
        flow_of("""
rating: {ask: How was it?, choices: {good: Good, poor: Poor}}
name: {ask: Your first name?, answer: text, personal: true}
""")
    )
    assert talk.say("poor because nobody listened") == "Your first name?"


def test_an_unsure_reply_is_asked_back_once_and_yes_takes_it_with_its_reason():
    talk = Talk(flow_of(RATING))
    assert talk.say("3 rude nurses") == "Did you mean Poor? Reply YES or NO."
    assert talk.run.tries == 0
    assert talk.say("yes") == "Thank you for Poor."
    assert answers(talk.turn) == [
        ("rating", Outcome.ANSWERED, "poor"),
        ("why", Outcome.ANSWERED, "rude nurses"),
    ]


def test_a_no_to_our_guess_asks_again_and_never_guesses_the_same_a_second_time():
    talk = Talk(flow_of(RATING))
    talk.say("maybe poor")
    assert "number of your answer" in talk.say("no")
    assert "Did you mean" not in talk.say("maybe poor")
    assert talk.say("2").startswith("Why?")


def test_another_guess_is_asked_back_too_and_costs_a_try():
    talk = Talk(flow_of(RATING))
    talk.say("maybe poor")
    talk.say("no")
    assert talk.say("not bad") == "Did you mean Good? Reply YES or NO."
    talk.say("yes")
    assert answers(talk.turn)[0] == ("rating", Outcome.ANSWERED, "good")


def test_nobody_is_asked_back_for_ever():
    talk = Talk(flow_of(RATING))
    said = [talk.say(text) for text in ("maybe poor", "maybe good", "maybe poor", "maybe good")]
    assert [text.startswith("Did you mean") for text in said] == [True, True, True, False]
    assert answers(talk.turn) == [("rating", Outcome.UNCLEAR, None)]


def test_another_answer_instead_of_yes_or_no_is_taken():
    for reply, value in (("2", "neither"), ("no, good", "good"), ("good", "good")):
        talk = Talk(flow_of(RATING))
        talk.say("maybe poor")
        talk.say(reply)
        assert answers(talk.turn)[0] == ("rating", Outcome.ANSWERED, value)


def test_a_doubtful_no_can_be_confirmed():
    talk = Talk(flow_of("ok: {ask: Did it help?, answer: yes_no}"))
    assert talk.say("probably no") == "Did you mean No? Reply YES or NO."
    talk.say("yes")
    assert answers(talk.turn) == [("ok", Outcome.ANSWERED, False)]


def test_a_reply_not_understood_is_asked_again_in_other_words_and_then_let_go():
    talk = Talk(flow_of(RATING))
    said = {talk.text, talk.say("purple"), talk.say("blue")}
    assert len(said) == 3
    assert talk.say("green").startswith("Why?")
    assert answers(talk.turn) == [("rating", Outcome.UNCLEAR, None)]


@pytest.mark.parametrize("kind", ["answer: yes_no", "answer: number", "answer: scale", "choices: {a: Ay, b: Bee}"])
def test_no_words_are_said_twice_however_often_a_question_is_asked(kind: str):
    talk = Talk(flow_of(f"q:\n  ask: So?\n  retry: 5\n  {kind}\nbye: {{say: Bye}}"))
    first_lines = [talk.text.splitlines()[0]]
    first_lines += [talk.say(word).splitlines()[0] for word in ("red", "blue", "green", "pink", "black", "white")]
    assert len(set(first_lines)) == 7
    assert first_lines[-1] == "Bye"


def test_the_authors_own_words_come_first_when_a_question_is_asked_again():
    talk = Talk(flow_of("q: {ask: Ready?, answer: yes_no, retry_text: Just YES or NO please.}"))
    assert talk.say("purple") == "Just YES or NO please."
    assert talk.say("blue") != "Just YES or NO please."


def test_after_the_last_try_the_flow_goes_where_the_author_sends_it():
    talk = Talk(
        flow_of("""
q: {ask: Ready?, answer: yes_no, retry: 0, otherwise: lost, next: end}
lost: {say: Never mind.}
""")
    )
    assert talk.say("purple") == "Never mind."


def test_skip_leaves_an_optional_question():
    talk = Talk(flow_of(RATING))
    talk.say("good")
    talk.say("skip please")
    assert answers(talk.turn) == [("why", Outcome.SKIPPED, None)]


def test_skip_on_a_question_that_needs_an_answer_is_refused_kindly_and_costs_no_try():
    talk = Talk(flow_of(RATING))
    for _ in range(4):
        assert talk.say("skip").startswith("Sorry, we do need an answer")
    assert talk.run.tries == 0


def test_a_choice_that_is_called_like_a_word_for_skipping_wins():
    talk = Talk(flow_of("q: {ask: Where to?, choices: {a: Next, b: Back}, optional: true}"))
    talk.say("next")
    assert answers(talk.turn) == [("q", Outcome.ANSWERED, "a")]


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u200b\u2060", "\x00"])
def test_a_text_without_words_costs_no_try_and_the_question_stays(text: str):
    talk = Talk(flow_of(RATING))
    assert talk.say(text).startswith("We did not get any words in that text.")
    assert (talk.run.tries, talk.run.node) == (0, "rating")


def test_a_double_tap_does_not_answer_the_next_question():
    talk = Talk(flow_of(RATING))
    talk.say("1")
    assert talk.say("1", after=1) == "We got that twice, so we kept it once.\nWhy?\nOr text SKIP."
    assert talk.run.node == "why"
    assert talk.say("1", after=1).startswith("We got that twice")
    talk.say("1", after=3)
    assert answers(talk.turn) == [("why", Outcome.ANSWERED, "1")]


def test_a_double_tap_on_the_keyword_is_no_answer_either():
    flow = flow_of("name: {ask: Your name?, answer: text}", head="keywords: [hello]\n")
    assert Talk(flow).say("Hello!", after=1).startswith("We got that twice")
    assert Talk(flow, keyword_rest="there").say("hello there", after=1).startswith("We got that twice")
    talk = Talk(flow)
    talk.say("Hello", after=5)
    assert answers(talk.turn) == [("name", Outcome.ANSWERED, "Hello")]


def test_another_text_within_two_seconds_is_an_answer():
    talk = Talk(flow_of(RATING))
    talk.say("1")
    talk.say("great care", after=1)
    assert answers(talk.turn) == [("why", Outcome.ANSWERED, "great care")]


def test_a_reminder_says_the_question_again_and_changes_nothing_else():
    talk = Talk(flow_of(RATING))
    turn = engine.ask_again(talk.flow, talk.run, CONTEXT, WORDS, NOW)
    assert turn.text == talk.text
    assert turn.run.to_json() == talk.run.to_json()


def test_conditions_choose_the_way_and_skip_nodes():
    flow = flow_of("""
rating:
  ask: How was it?
  choices: {good: Good, poor: Poor}
  next: [{if: rating == poor, then: sorry}, {else: glad}]
sorry: {say: Sorry.}
glad: {say: Glad., when: rating == good}
phone: {say: By text., when: channel == sms}
carer: {say: Carer., when: carers in groups and contact.age > 60}
""")
    old_carer = Context(channel="whatsapp", contact={"age": 70}, groups=frozenset({"carers"}))
    assert Talk(flow).say("good") == "Glad.\nBy text."
    assert Talk(flow, old_carer).say("poor") == "Sorry.\nCarer."


def test_set_and_join_are_told_and_known_at_once():
    flow = flow_of("""
name: {ask: Your name?, answer: text, optional: true, set: {contact.first_name: name, greeted: true}, join: [friends]}
hi: {say: "Hi {contact.first_name|you}, {greeted}", when: greeted}
""")
    talk = Talk(flow)
    assert talk.say("Ada") == "Hi Ada, True"
    assert talk.events(AttributeSet) == [AttributeSet("first_name", "Ada")]
    assert talk.events(GroupJoined) == [GroupJoined("friends")]
    known = Talk(flow, Context(contact={"first_name": "Bo"}))
    assert known.say("skip") == "Hi Bo, True"
    assert known.events(AttributeSet) == []


def test_consent_is_told_as_given_or_refused():
    flow = flow_of("ok: {ask: May we?, answer: yes_no, consent: contact}")
    for reply, given_consent in (("yes", True), ("no", False)):
        talk = Talk(flow)
        talk.say(reply)
        assert talk.events(ConsentAnswered) == [ConsentAnswered("contact", given_consent)]
    talk = Talk(flow)
    for reply in ("maybe", "purple", "hm"):
        talk.say(reply)
        assert talk.events(ConsentAnswered) == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("q: {ask: Ready?, answer: yes_no}", "Ready?\nReply YES or NO."),
        ("q: {ask: 'Ready? YES or NO', answer: yes_no}", "Ready? YES or NO"),
        ("q: {ask: Sure?, answer: scale}", "Sure?\nReply with a number from 1 to 5."),
        ("q: {ask: 'Sure? From 1 to 5', answer: scale}", "Sure? From 1 to 5"),
        ("q: {ask: Sure?, answer: scale, low: No, high: Very}", "Sure?\nReply with a number: 1 is No, 5 is Very."),
        ("q: {ask: Why?, answer: text, optional: true}", "Why?\nOr text SKIP."),
        ("q: {ask: Why? Or SKIP, answer: text, optional: true}", "Why? Or SKIP"),
        ("q: {ask: How many?, answer: number, hint: A number please}", "How many?\nA number please"),
        ('q: {ask: "Which?\\n1 This\\n2 That", choices: {a: This, b: That}}', "Which?\n1 This\n2 That"),
        ("q: {say: 'It’s us.', ask: 'Why – and how…', answer: text}", "It's us.\nWhy - and how..."),
    ],
)
def test_a_question_says_how_to_answer_unless_its_author_did(question: str, text: str):
    assert Talk(flow_of(question)).text == text


def test_each_channel_gets_its_own_text_and_whatsapp_keeps_its_typography():
    flow = flow_of('q: {ask: {sms: "Why – in short?", whatsapp: "Why – in short…"}, answer: text}')
    assert Talk(flow).text == "Why - in short?"
    assert Talk(flow, Context(channel="whatsapp")).text == "Why – in short…"


def test_a_residents_words_are_data_in_our_texts():
    flow = flow_of('q: {ask: Name?, answer: text}\nhi: {say: "Hi {q}, from {organisation}"}')
    assert Talk(flow).say("{organisation} http://evil.com") == "Hi {organisation} http: evil. com, from Newham Voices"


def test_a_flow_that_runs_in_circles_ends_with_an_apology():
    flow = flow_of("""
a: {say: A, next: [{if: "contact.x == 1", then: b}, {else: end}]}
b: {ask: Why?, answer: text, when: contact.x == 2, next: a}
c: {say: C, next: a}
""")
    talk = Talk(flow, Context(contact={"x": 1}))
    assert talk.turn.events[-1] == RunEnded("failed", "too many steps")
    assert talk.text.endswith("Thank you for your time.")
    assert talk.run.status is Status.FAILED


def test_a_last_answer_is_thanked_where_the_author_says_nothing_after_it():
    talk = Talk(flow_of("q: {ask: Ready?, answer: yes_no}"))
    assert talk.say("yes") == "Thank you. That is all we wanted to ask."


def test_a_run_at_a_node_its_flow_lacks_ends_politely():
    talk = Talk(flow_of(RATING))
    talk.run.node = "gone"
    assert "Sorry, something went wrong" in talk.say("1")
    assert talk.run.status is Status.FAILED


def test_a_run_that_is_over_hears_nothing():
    talk = Talk(flow_of("hi: {say: Hi}"))
    assert talk.text == "Hi"
    assert talk.say("hello?") == ""
    assert engine.ask_again(talk.flow, talk.run, CONTEXT, WORDS, NOW).text == ""


def test_a_run_of_another_version_is_refused_by_name():
    with pytest.raises(ValueError, match="version 99"):
        Run.from_json('{"v": 99, "flow": "x", "revision": "y"}')


INNER = load_text(
    "title: I\nnodes:\n  name: {ask: Name?, answer: text, optional: true}\n  hi: {say: 'Hi {name}'}\n", "inner.yaml"
)
EVERYTHING = load_text(
    """
title: Everything
days: one question a day
nodes:
  many: {ask: How?, answer: many, choices: {bus: Bus, foot: On foot, none: None}, shuffle: true, optional: true}
  pet: {ask: Pet?, choices: {back: Back, dog: Dog}, other: true, run: inner}
  when: {ask: When?, answer: date, past: true, set: {contact.seen: when}, label: [x], notify: {coordinator: "{when}"}}
  place: {ask: Where?, answer: postcode, otherwise: show}
  show: {ask: Show?, answer: media, join: [a], leave: [b], random: {spot: 1, ok: 1}}
  spot: {ask: Spot?, answer: location, optional: true, next: [{if: "count(many) > 1", then: many}, {else: ok}]}
  ok: {ask: OK?, answer: yes_no, consent: all, next: [{if: ok == no, then: pet}, {else: more}]}
  more: {say: "{pet} {many} {group|nobody}", start: visit}
""",
    "everything.yaml",
)
SHELF = {**load_folder(LIBRARY), "everything": EVERYTHING}
_LIKELY = [
    "1", "2", "yes", "no", "good", "very poor because of the wait", "skip", "", "maybe good", "4", "purple", "E13",
    "back", "again", "why", "pause", "help", "my data", "STOP", "START", "1 3", "all", "none", "yesterday", "1/2/2020",
    "a ferret", "bus",
]  # fmt: skip
_TEXTS = st.sampled_from(_LIKELY) | st.text(max_size=60)


class AnyConversation(RuleBasedStateMachine):
    """Whatever is said, and whenever: no error, one question at a time, and a state that can be stored."""

    @initialize(
        name=st.sampled_from(sorted(SHELF)) | st.just("everything"),
        channel=st.sampled_from(["sms", "whatsapp"]),
        chance=st.integers(0, 2**32),
    )
    def begin(self, name: str, channel: str, chance: int) -> None:
        context = Context(channel=channel, organisation="Newham Voices")
        self.talk = Talk(SHELF[name], context, chance=chance, flows=Loaded({"inner": INNER}))

    @rule(text=_TEXTS, after=st.sampled_from([0.0, 1.0, 60.0, 90_000.0]))
    def hear(self, text: str, after: float) -> None:
        was_open = self.talk.run.status is Status.OPEN
        self.talk.say(text, after)
        assert bool(self.talk.text or self.talk.turn.asks or self.talk.turn.starts) is was_open

    @rule(
        text=st.sampled_from(["", "look"]),
        media=st.lists(st.sampled_from(["photo", "voice", "file"]), max_size=2).map(tuple),
        location=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    )
    def send(self, text: str, media: tuple[str, ...], location: tuple[float, float] | None) -> None:
        self.talk.say(text, media=media, location=location)

    @rule(after=st.sampled_from([60.0, 90_000.0]))
    def wait(self, after: float) -> None:
        put_off = self.talk.run.later
        self.talk.carry_on(after)
        assert bool(self.talk.text) is (0 < put_off <= microseconds(self.talk.now))

    @rule()
    def remind(self) -> None:
        run = self.talk.run
        turn = engine.ask_again(self.talk.flow, run, self.talk.context, WORDS, self.talk.now, self.talk.flows)
        assert bool(turn.text) is (run.status is Status.OPEN and not run.later)

    @invariant()
    def one_question_and_a_sound_state(self) -> None:
        turn = self.talk.turn
        assert len(self.talk.events(QuestionAsked)) + len(self.talk.events(QuestionPutOff)) <= 1
        assert len(self.talk.events(RunEnded)) <= 1
        assert (turn.run.node is None) is (turn.run.status is not Status.OPEN)
        assert Run.from_json(turn.run.to_json()) == turn.run
        turn.run.to_json().encode()
        assert len(turn.events) < 200
        assert all(event.text for event in turn.events if isinstance(event, Said))
        assert turn.asks is None or len(turn.events) == 1
        for answer in turn.events:
            if isinstance(answer, AnswerGiven):
                assert (answer.value is None) is (answer.outcome is not Outcome.ANSWERED)


AnyConversation.TestCase.settings = settings(max_examples=80, stateful_step_count=20)
TestAnyConversation = AnyConversation.TestCase


@given(st.text(max_size=2_000) | st.text(alphabet="😀\u202e\u0301\x00\ud800", max_size=200))
def test_no_text_at_any_question_makes_the_engine_raise(text: str):
    for flow in SHELF.values():
        Talk(flow).say(text)
