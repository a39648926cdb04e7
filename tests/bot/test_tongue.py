"""The language a resident is written to in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from bot.service import Service
from storage.tables import answers, contacts
from tests.bot.test_phone import service_in
from tests.workers.surroundings import say as say_all

POLISH = "Nie rozumiem tego pytania, mówię po polsku"


@pytest.fixture
def service(tmp_path) -> Iterator[Service]:
    made = service_in(tmp_path, SAYSO_LANGUAGES="en,pl,es")
    yield made
    made.close()


def say(service: Service, text: str) -> str:
    [reply] = say_all(service, text)
    return reply


def language(service: Service) -> str:
    with service.database.reading() as db:
        return str(db.execute(select(contacts.c.language)).scalar_one())


def test_language_shows_a_menu_in_the_languages_own_names(service):
    assert say(service, "LANGUAGE").splitlines()[1:] == ["1 English", "2 Polski", "3 Español"]


def test_the_choice_is_kept_on_the_contact_and_the_waiting_question_comes_again_in_it(service):
    say(service, "visit")
    say(service, "LANGUAGE")
    reply = say(service, "2")
    assert "Polski" in reply
    assert "1 Bardzo dobr" in reply
    assert language(service) == "pl"
    assert "Bardzo dobr" not in say(service, "1")


@pytest.mark.parametrize("name", ["Polski", "polish", "POLISH please", "2"])
def test_a_language_is_chosen_by_number_or_by_either_name(service, name: str):
    say(service, "language")
    say(service, name)
    assert language(service) == "pl"


def test_a_text_that_is_no_choice_is_heard_as_what_it_is(service):
    say(service, "visit")
    say(service, "LANGUAGE")
    assert "99" not in say(service, "stop")
    assert language(service) == "en"


def test_naming_a_language_at_a_question_is_enough(service):
    say(service, "visit")
    assert "Bardzo dobr" in say(service, "polski")


def test_a_guess_is_offered_in_both_languages_and_costs_no_try(service):
    say(service, "visit")
    offer = say(service, POLISH)
    assert "Would you like to go on in Polski? Reply YES or NO." in offer
    assert len(offer.splitlines()) == 2
    assert language(service) == "en"
    assert "Bardzo dobr" in say(service, "tak")
    assert language(service) == "pl"


@pytest.mark.parametrize("asked", [[], ["visit"], ["visit", "1"]])
def test_who_asks_for_no_more_texts_in_their_own_words_and_language_gets_none(service, asked: list[str]):
    for text in ["hello there", *asked]:
        say(service, text)
    said = say(service, "Dzień dobry, bardzo proszę nie wysyłać mi już więcej wiadomości")
    assert "Would you like to go on" not in said
    with service.database.reading() as db:
        assert db.execute(select(contacts.c.stopped_at)).scalar_one() is not None


def test_a_no_is_respected_and_it_is_not_offered_again(service):
    say(service, "visit")
    say(service, POLISH)
    reply = say(service, "no")
    assert "stay with this language" in reply
    assert "1 Very good" in reply
    assert "Would you like to go on" not in say(service, POLISH)


def test_who_goes_on_in_that_language_without_a_yes_is_offered_it_again(service):
    say(service, "visit")
    say(service, POLISH)
    assert "Would you like to go on in Polski" in say(service, POLISH)
    assert "Bardzo dobr" in say(service, "tak")


def test_an_answer_instead_of_yes_or_no_is_taken_as_the_answer(service):
    say(service, "visit")
    say(service, POLISH)
    assert "tell us why" in say(service, "1")
    assert language(service) == "en"


def test_words_of_an_answer_are_kept_before_another_language_is_offered(service):
    say(service, "visit")
    say(service, "1")
    assert "Would you like to go on in Polski" in say(service, "Pielęgniarka była bardzo miła i cierpliwa")
    with service.database.reading() as db:
        assert "Pielęgniarka była bardzo miła i cierpliwa" in set(db.execute(select(answers.c.raw)).scalars())


def test_a_list_answer_digits_and_short_words_are_never_taken_for_another_language(service):
    say(service, "visit")
    assert "tell us why" in say(service, "poor")


def test_it_is_offered_to_somebody_without_a_conversation_too(service):
    assert "Would you like to go on in Español" in say(service, "Hola, ¿qué es esto? No entiendo nada")
    assert "Español" in say(service, "sí")
    assert language(service) == "es"


def test_only_the_languages_of_this_service_are_offered(tmp_path):
    service = service_in(tmp_path, SAYSO_LANGUAGES="en,cy")
    assert "Polski" not in say(service, POLISH)
    service.close()


def test_right_to_left_text_comes_back_as_it_was_written(service):
    words = "الممرضة كانت لطيفة جدا معي 123 (شكرا)"
    say(service, "visit")
    say(service, "1")
    say(service, words)
    with service.database.reading() as db:
        assert words in set(db.execute(select(answers.c.raw)).scalars())


def test_the_word_they_started_with_tells_the_language(service):
    assert "1 Bardzo dobr" in say(service, "Wizyta")
    assert language(service) == "pl"


def test_a_language_that_was_chosen_stays_whatever_word_starts_a_conversation(service):
    say(service, "LANGUAGE")
    say(service, "3")
    say(service, "wizyta")
    assert language(service) == "es"
