"""The answer to a webhook, for any text at all."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.twiml import split, twiml
from tests.fakes.twilio.replies import MOST_BYTES, read

any_text = st.text(st.characters(), max_size=200)


def texts(document):
    reading = read(200, "text/xml", document)
    assert reading.problem is None, reading.why
    return [said.text for said in reading.said]


def test_a_text_becomes_one_message():
    assert twiml("Hello") == (b'<?xml version="1.0" encoding="UTF-8"?><Response><Message>Hello</Message></Response>')


@pytest.mark.parametrize("text", [None, "", "  \n", "\x00", "\ud800"])
def test_nothing_to_say_is_an_empty_response(text):
    assert twiml(text) == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@settings(max_examples=1000)
@given(any_text, st.none() | any_text)
@example("]]>&<\"'\r\n\ufffe\x0b\ud83d", 'https://x/?a="<&')
def test_any_text_is_well_formed(text, callback):
    for said in texts(twiml(text, callback)):
        assert said.strip()


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\u2028\u2029"), max_size=200))
def test_what_is_said_is_what_arrives(text):
    assert texts(twiml(text)) == ([text] if text.strip() else [])


def test_the_callback_is_on_the_first_message_only():
    root = ElementTree.fromstring(twiml("word " * 500, "https://sayso.example.org/twilio/status?m=1&x=2"))
    assert [message.get("statusCallback") for message in root] == [
        "https://sayso.example.org/twilio/status?m=1&x=2",
        None,
    ]


def test_a_text_of_1600_characters_is_one_message_and_of_1601_is_two():
    assert [len(text) for text in texts(twiml("x" * 1600))] == [1600]
    assert [len(text) for text in texts(twiml("x" * 1601))] == [1600, 1]
    assert texts(twiml("🎉" * 1600)) == ["🎉" * 1600]


@settings(max_examples=200)
@given(st.lists(st.text("ab é🎉\u0301&<", min_size=1, max_size=30), max_size=60), st.integers(20, 60))
def test_a_long_text_is_cut_and_nothing_but_white_space_is_lost(pieces, longest):
    text = " ".join(pieces)
    parts = split(text, longest)
    assert all(0 < len(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_cut_is_between_words_and_never_between_a_letter_and_its_marks():
    assert split("one two three four", 9) == ["one two", "three", "four"]
    family = "👨\u200d👩\u200d👧"
    assert split("abcdefg" + family, 10) == ["abcdefg", family]
    assert split("abcdefghie\u0301z", 10) == ["abcdefghi", "e\u0301z"]


@pytest.mark.parametrize("letter", ["x", "é", "🎉", "&", '"', "<"])
def test_however_long_the_text_the_answer_stays_within_every_limit(letter):
    document = twiml(letter * 40_000, "https://sayso.example.org/twilio/status?m=1")
    assert len(document) <= MOST_BYTES
    assert texts(document)
