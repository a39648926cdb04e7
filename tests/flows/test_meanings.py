"""Words that mean the same in whatever form or language, stretches of time, and what is around an answer."""

from __future__ import annotations

from datetime import date

import pytest

from bot.languages import words_of
from flows.definition import Choice, Kind, Question
from flows.understanding.answers import Understood, understand
from flows.understanding.commands import Command, hear, overhear

TODAY = date(2026, 11, 24)
TRAVEL = Question(
    ask={"": "How did you get here?"},
    kind=Kind.CHOICE,
    save_as="travel",
    choices=(Choice("walk", "Walked or cycled"), Choice("bus", "By bus or train"), Choice("car", "By car")),
)
RATING = Question(
    ask={"": "How was it?"},
    kind=Kind.CHOICE,
    save_as="rating",
    choices=(Choice("very_good", "Very good"), Choice("good", "Good"), Choice("poor", "Poor")),
)
AGE = Question(
    ask={"": "How old are you?"},
    kind=Kind.CHOICE,
    save_as="age",
    choices=(Choice("young", "Under 25"), Choice("middle", "25 to 44"), Choice("old", "45 or over")),
)
HOURS = Question(
    ask={"": "How many hours?"}, kind=Kind.NUMBER, save_as="hours", minimum=0, maximum=48, unit="hours", whole=False
)
MINUTES = Question(
    ask={"": "How many minutes?"}, kind=Kind.NUMBER, save_as="minutes", minimum=0, maximum=600, unit="minutes"
)
CHILDREN = Question(
    ask={"": "How many children?"}, kind=Kind.NUMBER, save_as="children", minimum=0, maximum=9, unit="children"
)
LISTENED = Question(ask={"": "Did staff listen to you?"}, kind=Kind.YES_NO, save_as="listened")


def meant(question: Question, language: str, text: str) -> Understood:
    return understand(question, text, words_of(language), TODAY)


@pytest.mark.parametrize(
    ("question", "language", "text", "value"),
    [
        (TRAVEL, "en", "on foot", "walk"),
        (TRAVEL, "en", "caught the coach", "bus"),
        (TRAVEL, "pl", "przyjechałem tramwajem", "bus"),
        (TRAVEL, "tr", "yürüyerek geldim", "walk"),
        (TRAVEL, "en", "samochodem", "car"),
        (TRAVEL, "en", "坐地铁", "bus"),
        (RATING, "en", "جيد جدا", "very_good"),
        (RATING, "en", "cant fault em", "very_good"),
        (RATING, "en", "excellant", "very_good"),
        (AGE, "en", "in my 30s", "middle"),
        (AGE, "en", "over forty five", "old"),
        (AGE, "pt", "tenho 67 anos", "old"),
        (CHILDREN, "en", "no kids", 0),
        (MINUTES, "en", "about an hour", 60),
        (MINUTES, "en", "1 hour 30", 90),
        (MINUTES, "fr", "1h30", 90),
        (MINUTES, "it", "mezz'ora", 30),
        (HOURS, "pl", "półtorej godziny", 1.5),
        (HOURS, "pl", "2,5 godziny", 2.5),
        (HOURS, "ur", "dhai ghante", 2.5),
        (HOURS, "zh", "两个半小时", 2.5),
        (HOURS, "ar", "ساعة ونص", 1.5),
        (LISTENED, "en", "they didnt listen to a word i said", False),
    ],
)
def test_what_means_the_same_is_known(question: Question, language: str, text: str, value: object):
    assert meant(question, language, text).value == value


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        (TRAVEL, "en", "never take the bus"),
        (TRAVEL, "en", "walked to the stop and got the bus, then a car"),
        (RATING, "en", "never good"),
        (RATING, "en", "good evening to you"),
        (AGE, "en", "in my 40s"),
        (CHILDREN, "en", "one in 2019 and one in 2021"),
    ],
)
def test_what_means_two_things_or_none_is_not_taken(question: Question, language: str, text: str):
    assert meant(question, language, text).outcome != "accepted"


@pytest.mark.parametrize(
    "tail",
    [
        "Wysłane z iPhone'a",
        "Enviado desde mi iPhone",
        "تم الإرسال من الـ iPhone",
        "میرے آئی فون سے بھیجا گیا",
        "Von Outlook für Android",
    ],
)
def test_what_a_phone_adds_below_an_answer_is_left_out_in_every_language(tail: str):
    found = meant(RATING, "en", f"very good\n\n{tail}")
    assert (found.outcome, found.value, found.rest) == ("accepted", "very_good", "")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pl", "niech przestaną dzwonić do mojej mamy"),
        ("fr", "qu'ils arrêtent d'appeler ma mère"),
        ("es", "que dejen de llamar a mi madre"),
        ("it", "smettano di chiamare mia madre"),
        ("pt", "que parem de ligar à minha mãe"),
        ("ur", "وہ میری امی کو فون کرنا بند کریں"),
    ],
)
def test_who_wishes_that_others_left_a_relative_alone_tells_us_so(language: str, text: str):
    words = words_of(language)
    assert hear(text, words) is None
    assert overhear(text, words) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "que dejen de molestarme"),
        ("pl", "niech pan nie pisze do mnie więcej"),
        ("en", "not interested in any of this, stop"),
    ],
)
def test_who_wishes_it_for_themselves_is_left_alone(language: str, text: str):
    assert hear(text, words_of(language)) is Command.STOP


def test_who_tells_what_others_said_is_not():
    assert hear("the driver said to them, stop", words_of("en")) is None


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "two hundred", 200), ("en", "one hundred and twenty five", 125), ("fr", "deux cents", 200),
        ("fr", "deux cent cinquante", 250), ("tr", "iki yüz", 200), ("cy", "dau gant", 200), ("pl", "dwieście", 200),
    ],
)  # fmt: skip
def test_hundreds_are_heard_in_words(language: str, text: str, number: int):
    assert meant(MINUTES, language, text).value == number
