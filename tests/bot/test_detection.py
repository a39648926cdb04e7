"""Guessing the language of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.detection import guess
from tests.shared_data import language_texts
from translations.languages import IN_ENGLISH, LANGUAGES, TELLING


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Lekarz był bardzo miły i wszystko wyjaśnił", "pl"),
        ("lekarz byl bardzo mily i wszystko wyjasnil", "pl"),
        ("Roedd y nyrs yn garedig iawn", "cy"),
        ("ডাক্তার খুব ভালো", "bn"),
        ("ਡਾਕਟਰ ਬਹੁਤ ਵਧੀਆ ਸੀ", "pa"),
        ("ڈاکٹر بہت اچھے تھے", "ur"),
        ("الطبيب كان لطيفا جدا", "ar"),
        ("医生很好", "zh"),
        ("лікар був дуже добрий", "uk"),
        ("khub bhalo chilo", "bn"),
        ("bohat acha tha shukriya", "ur"),
        ("diolch", "cy"),
        ("El médico fue muy amable conmigo", "es"),
    ],
)
def test_a_text_tells_its_language(text: str, language: str):
    assert guess(text, "en", LANGUAGES) == language


@pytest.mark.parametrize(
    "text", ["4", "E13", "yes", "ok", "poor", "no", "", "?", "👍", "very good thanks", "John Smith", "lol"]
)
def test_short_english_answers_digits_and_names_are_no_sign_of_another_language(text: str):
    assert guess(text, "en", LANGUAGES) is None


def test_a_text_in_the_current_language_changes_nothing():
    assert guess("Lekarz był bardzo miły i wszystko wyjaśnił", "pl", LANGUAGES) is None


def test_only_the_languages_of_the_service_are_guessed():
    assert guess("Lekarz był bardzo miły i wszystko wyjaśnił", "en", ("en", "cy")) != "pl"


def test_the_same_text_is_always_guessed_alike():
    assert len({guess("nu am inteles intrebarea", "en", LANGUAGES) for _ in range(5)}) == 1


@given(st.text(max_size=300))
def test_nothing_anybody_writes_breaks_it(text: str):
    assert guess(text, "en", LANGUAGES) in {None, *LANGUAGES}


def test_on_short_texts_of_19_languages_it_hardly_ever_errs_and_is_right_most_of_the_time():
    texts = [(language, text) for language, text, _ in language_texts()][::7]
    false = sum(guess(text, language, LANGUAGES) is not None for language, text in texts)
    foreign = [(language, text) for language, text in texts if language != "en"]
    right = sum(guess(text, "en", LANGUAGES) == language for language, text in foreign)
    assert false / len(texts) <= 0.005
    assert right / len(foreign) >= 0.8


def test_every_language_has_an_english_name_and_words_that_tell_it():
    assert set(IN_ENGLISH) == set(LANGUAGES)
    assert set(TELLING) == set(LANGUAGES) - {"en"}
