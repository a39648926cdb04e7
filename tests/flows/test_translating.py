"""A flow in another language."""

from __future__ import annotations

from flows import engine
from flows.definition import Flow
from flows.loader import load_text
from flows.run import Context, Trigger
from flows.translating import localise, written
from flows.understanding.answers import Verdict, understand
from tests.flows.surroundings import NOW, TODAY, WORDS

SOURCE = """\
title: A title
keywords: [visit, fft]
nodes:
  hello:
    say: "Hello {contact.first_name|there}"
  rating:
    ask:
      sms: How was it?
      whatsapp: How was it, dear?
    hint: One number.
    choices:
      good: Good
      bad:
        label: Bad
        words: [awful, grim]
  much:
    ask: How sure?
    answer: scale
    low: not sure
    high: very sure
"""
WELSH = {
    "title": "Teitl",
    "keywords": "ymweliad",
    "hello.say": "Helo {contact.first_name|chi}",
    "rating.ask.sms": "Sut oedd hi?",
    "rating.ask.whatsapp": "Sut oedd hi, cariad?",
    "rating.hint": "Un rhif.",
    "rating.choices.good": "Da",
    "rating.choices.bad": "Gwael",
    "rating.choices.bad.words": "ofnadwy",
    "much.ask": "Pa mor siŵr?",
    "much.low": "ddim yn siŵr",
    "much.high": "siŵr iawn",
}


def flow() -> Flow:
    return load_text(SOURCE, "visit.yaml")


def welsh(flow: Flow) -> Flow:
    found = localise(flow, "cy", lambda context, _: WELSH.get(context))
    assert found is not None
    return found


def test_every_text_has_a_context_and_the_line_it_stands_in():
    found = {each.context: (each.text, each.line) for each in written(flow())}
    assert found["title"] == ("A title", 1)
    assert found["keywords"] == ("visit, fft", 2)
    assert found["hello.say"] == ("Hello {contact.first_name|there}", 5)
    assert found["rating.ask.sms"] == ("How was it?", 8)
    assert found["rating.ask.whatsapp"] == ("How was it, dear?", 9)
    assert found["rating.choices.good"] == ("Good", 12)
    assert found["rating.choices.bad"] == ("Bad", 14)
    assert found["rating.choices.bad.words"] == ("awful, grim", 15)
    assert found["much.low"] == ("not sure", 19)
    assert set(found) == set(WELSH)


def test_a_localised_flow_asks_in_that_language_and_is_the_same_revision():
    asked = engine.start(welsh(flow()), Trigger("keyword", Context(language="cy")), WORDS, NOW).text
    assert asked == "Helo chi\nSut oedd hi?\n1 Da\n2 Gwael\nUn rhif."
    assert welsh(flow()).revision == flow().revision


def test_a_choice_is_heard_in_both_languages_and_counted_as_one():
    question = welsh(flow()).nodes["rating"].question
    assert question is not None
    for reply in ("2", "gwael", "ofnadwy", "bad", "awful"):
        said = understand(question, reply, WORDS, TODAY)
        assert (said.outcome, said.value, said.label) == (Verdict.ACCEPTED, "bad", "Gwael"), reply


def test_keywords_of_both_languages_start_the_flow():
    assert welsh(flow()).keywords == ("ymweliad", "visit", "fft")


def test_one_missing_sentence_and_the_flow_stays_in_its_own_language():
    for missing in WELSH:
        found = localise(flow(), "cy", lambda context, _, gone=missing: None if context == gone else WELSH.get(context))
        assert (found is None) == (missing not in ("keywords", "rating.choices.bad.words")), missing
