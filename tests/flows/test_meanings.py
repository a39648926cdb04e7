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
COST = Question(
    ask={"": "What did it cost?"}, kind=Kind.NUMBER, save_as="cost", minimum=0, maximum=500, unit="pounds", whole=False
)
SMOKED = Question(
    ask={"": "How many do you smoke a day?"}, kind=Kind.NUMBER, save_as="smoked", minimum=0, unit="cigarettes"
)
FAR = Question(
    ask={"": "How far is it?"},
    kind=Kind.CHOICE,
    save_as="far",
    choices=(Choice("near", "Less than a mile"), Choice("middle", "1 to 5 miles"), Choice("far", "More than 5 miles")),
)
PAID = Question(
    ask={"": "What did you pay?"},
    kind=Kind.CHOICE,
    save_as="paid",
    choices=(Choice("low", "Under £5"), Choice("middle", "£5 to £10"), Choice("high", "More than £10")),
)
HAPPY = Question(
    ask={"": "How happy are you with it?"},
    kind=Kind.CHOICE,
    save_as="happy",
    choices=(
        Choice("very", "Very satisfied"),
        Choice("yes", "Satisfied"),
        Choice("no", "Dissatisfied"),
        Choice("not", "Very dissatisfied"),
    ),
)
HOW_OFTEN = Question(
    ask={"": "How often?"},
    kind=Kind.CHOICE,
    save_as="often",
    choices=(Choice("often", "Often"), Choice("some", "Some of the time"), Choice("never", "Never")),
)
TIME = Question(
    ask={"": "When?"},
    kind=Kind.CHOICE,
    save_as="time",
    choices=(Choice("am", "Morning"), Choice("pm", "Afternoon"), Choice("eve", "Evening"), Choice("any", "Any time")),
)
FAITH = Question(
    ask={"": "What is your religion?"},
    kind=Kind.CHOICE,
    save_as="faith",
    choices=(Choice("no", "No religion"), Choice("christian", "Christian"), Choice("rather", "Prefer not to say")),
)
DAYS = Question(
    ask={"": "Which days?"},
    kind=Kind.MANY,
    save_as="days",
    choices=(Choice("mon", "Monday"), Choice("tue", "Tuesday"), Choice("wed", "Wednesday")),
)
SEEN = Question(
    ask={"": "When did you last see a dentist?"},
    kind=Kind.CHOICE,
    save_as="seen",
    choices=(
        Choice("lately", "In the last 6 months"),
        Choice("year", "6 to 12 months ago"),
        Choice("years", "1 to 2 years ago"),
        Choice("long", "More than 2 years ago"),
    ),
)
AGREED = Question(
    ask={"": "They listened."},
    kind=Kind.CHOICE,
    save_as="agreed",
    choices=(Choice("sa", "Strongly agree"), Choice("a", "Agree"), Choice("d", "Disagree")),
)
PAY = Question(
    ask={"": "How do you pay?"},
    kind=Kind.CHOICE,
    save_as="pay",
    choices=(Choice("direct", "Direct debit"), Choice("meter", "Prepayment meter")),
)
BETTER = Question(ask={"": "Has your street got better?"}, kind=Kind.YES_NO, save_as="better")
VISIT = Question(
    ask={"": "When may we come?"},
    kind=Kind.DATE,
    save_as="visit",
    earliest=TODAY,
    latest=date(2027, 12, 31),
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
        (LISTENED, "fr", "pas encore", False),
        (COST, "en", "£4.50", 4.5),
        (COST, "en", "4 pound 50", 4.5),
        (COST, "en", "50p", 0.5),
        (COST, "en", "a fiver", 5),
        (COST, "es", "gratis", 0),
        (COST, "en", "two hundred and fifty", 250),
        (SMOKED, "en", "20 a day", 20),
        (SMOKED, "en", "i dont smoke", 0),
        (FAR, "en", "half a mile", "near"),
        (FAR, "en", "500 yards", "near"),
        (FAR, "en", "3km", "middle"),
        (FAR, "it", "2 miglia", "middle"),
        (PAID, "en", "about £7", "middle"),
        (PAID, "en", "less than a fiver", "low"),
        (HAPPY, "en", "over the moon", "very"),
        (HAPPY, "en", "extremely unhappy", "not"),
        (HAPPY, "en", "not happy", "no"),
        (HAPPY, "pl", "bardzo zadowolona", "very"),
        (HAPPY, "en", "not at all satisfied", "not"),
        (HOW_OFTEN, "en", "every single day", "often"),
        (HOW_OFTEN, "en", "all the time tbh", "often"),
        (TIME, "en", "10am", "am"),
        (TIME, "en", "about 3 pm", "pm"),
        (TIME, "en", "18:30", "eve"),
        (TIME, "pl", "wszystko jedno", "any"),
        (TIME, "uk", "мені все одно", "any"),
        (FAITH, "en", "dont have one", "no"),
        (FAITH, "en", "none", "no"),
        (SEEN, "en", "2 weeks ago", "lately"),
        (SEEN, "en", "last month", "lately"),
        (SEEN, "en", "about 18 months ago", "years"),
        (SEEN, "en", "over two years", "long"),
        (AGREED, "en", "totally agree", "sa"),
        (PAY, "en", "by direct debit", "direct"),
        (BETTER, "en", "loads better", True),
        (BETTER, "en", "no difference", False),
        (BETTER, "pl", "o wiele lepiej", True),
        (CHILDREN, "en", "twins", 2),
        (CHILDREN, "pl", "bliźniaki", 2),
        (DAYS, "en", "mon and wed", ("mon", "wed")),
        (DAYS, "en", "mon tue wed", ("mon", "tue", "wed")),
        (VISIT, "en", "next tuesday", "2026-12-01"),
        (VISIT, "en", "friday", "2026-11-27"),
        (VISIT, "en", "in two weeks", "2026-12-08"),
        (VISIT, "en", "a week today", "2026-12-01"),
        (VISIT, "en", "friday week", "2026-12-04"),
        (VISIT, "en", "the 3rd", "2026-12-03"),
        (VISIT, "fr", "lundi prochain", "2026-11-30"),
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
        (MINUTES, "en", "a few minutes"),
        (HAPPY, "en", "i wish i was satisfied"),
        (HOW_OFTEN, "en", "all the time"),
        (FAR, "en", "5 days"),
        (AGREED, "en", "totally agree"),
        (SEEN, "en", "2 weeks ago"),
        (COST, "en", "4 hours"),
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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "pas encore"),
        ("it", "non ancora"),
        ("lt", "dar ne"),
        ("cy", "dim eto"),
        ("en", "not yet"),
        ("en", "no help"),
    ],
)
def test_not_yet_asks_for_nothing(language: str, text: str):
    assert hear(text, words_of(language)) is None
    assert overhear(text, words_of(language)) is None


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


def test_none_of_what_a_scale_asks_for_is_its_lowest_end():
    pain = Question(ask={"": "How bad is your pain?"}, kind=Kind.SCALE, save_as="pain", minimum=0, maximum=10)
    assert [meant(pain, "en", text).value for text in ("no pain", "none", "no idea", "no")] == [0, 0, None, None]
