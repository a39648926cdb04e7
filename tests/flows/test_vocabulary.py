"""The words of the languages that ship, as the engine needs them."""

from __future__ import annotations

import pytest

import translations
from flows import sentences
from flows.text import PLACEHOLDER, fold, segments
from flows.words import Words

LANGUAGES = translations.available()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_heard_word_is_written_as_it_is_compared(code: str):
    for name, value in translations.open_language(code).fields().items():
        if isinstance(value, frozenset) or name in ("numbers", "ordinals", "short"):
            assert [word for word in value if fold(word) != word] == [], name


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_means_two_opposite_things(code: str):
    words = Words(**translations.open_language(code).fields())
    assert words.yes & words.no == frozenset()
    assert (words.yes | words.no | words.skip) & words.stop == frozenset()
    assert words.stop & (words.start | words.help) == frozenset()
    assert words.skip & (words.start | words.help) == frozenset()


def test_the_engine_knows_every_field_a_language_has():
    assert Words(**translations.open_language("en").fields()).language == "en"


def test_a_language_that_is_not_here_is_refused_by_name():
    for code in ("xx", "../en", "", "EN"):
        with pytest.raises(translations.LanguageError, match="There is en"):
            translations.open_language(code)


def test_what_the_engine_says_is_cheap_and_its_placeholders_are_known():
    said = [value for name, value in vars(sentences).items() if name.isupper()]
    for text in [each for value in said for each in ([value] if isinstance(value, str) else value)]:
        assert segments(text).encoding == "GSM-7", text
        assert segments(text).count == 1, text
        assert {match[0] for match in PLACEHOLDER.findall(text)} <= {"label", "from", "to", "low", "high"}
