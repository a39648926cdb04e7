"""Replies to labels in an order, in words that no label has: how often, how much, what time of the day."""

from __future__ import annotations

from datetime import date

import pytest

from bot.languages import words_of
from flows.definition import Choice, Kind, Question
from flows.understanding.answers import Understood, understand
from flows.understanding.understood import Verdict
from translations.languages import LANGUAGES

TODAY = date(2026, 11, 24)


def choice(ask: str, *labels: str) -> Question:
    """A question whose keys are the labels' first letters, in their order: a, b, c …"""
    choices = tuple(Choice("abcdefg"[at], label) for at, label in enumerate(labels))
    return Question(ask={"": ask}, kind=Kind.CHOICE, save_as="q", choices=choices)


OFTEN = choice(
    "How often do you see your GP?", "Every week", "Every month", "A few times a year", "Once a year or less", "Never"
)
HABIT = choice("Do you feel lonely?", "Always", "Often", "Sometimes", "Rarely", "Never", "Don't know")
SAFE = choice(
    "How safe do you feel after dark?", "Very safe", "Fairly safe", "A bit unsafe", "Very unsafe", "Prefer not to say"
)
AGREE = choice("They listen.", "Strongly agree", "Agree", "Neither agree nor disagree", "Disagree", "Strongly disagree")
CONFIDENT = choice(
    "How confident are you?", "Very confident", "Fairly confident", "Not very confident", "Not at all confident"
)
DAY = choice("What time suits you?", "Morning", "Afternoon", "Evening", "Any time")
NO_LADDER = choice("What was good?", "Kind staff", "Good food", "Very clean", "The view")


def meant(question: Question, text: str, language: str = "en") -> Understood:
    return understand(question, text, words_of(language), TODAY)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("weekly", "a"), ("once a week", "a"), ("every Tuesday", "a"), ("once a month", "b"), ("monthly", "b"),
        ("every 4 weeks or so", "b"), ("every few months", "c"), ("3 or 4 times a year", "c"), ("now and then", "c"),
        ("twice a year", "c"), ("annually", "d"), ("hardly ever", "d"), ("once every 5 years", "d"),
        ("never ever", "e"),
    ],
)  # fmt: skip
def test_how_often_is_heard_in_any_words(text: str, key: str) -> None:
    assert meant(OFTEN, text).value == key


def test_the_same_figure_in_other_words_is_taken_at_once_and_everything_else_asked_back() -> None:
    assert meant(OFTEN, "weekly").outcome is Verdict.ACCEPTED
    assert meant(OFTEN, "weekly i guess").outcome is Verdict.UNSURE
    assert meant(OFTEN, "every few months").outcome is Verdict.UNSURE
    assert meant(OFTEN, "not every week").value != "a"


@pytest.mark.parametrize(
    ("text", "key"), [("all the time", "a"), ("now and then", "c"), ("most days", "b"), ("once in a blue moon", "d")]
)
def test_habits_are_a_ladder_too(text: str, key: str) -> None:
    assert meant(HABIT, text).value == key


@pytest.mark.parametrize(
    ("question", "text", "key"),
    [
        (SAFE, "totally safe", "a"), (SAFE, "quite safe", "b"), (SAFE, "ok mostly", "b"), (SAFE, "not that safe", "c"),
        (SAFE, "bit nervous", "c"), (SAFE, "not safe at all", "d"), (SAFE, "too scared to go out", "d"),
        (AGREE, "completely disagree", "e"), (AGREE, "tend to agree", "b"), (AGREE, "not really", "d"),
        (AGREE, "don't agree", "d"), (AGREE, "no opinion", "c"), (AGREE, "definitely not", "e"),
        (AGREE, "definitely", "a"),
        (CONFIDENT, "not really", "c"), (CONFIDENT, "extremely", "a"),
        (CONFIDENT, "hardly confident", "c"),
    ],
)  # fmt: skip
def test_how_much_is_asked_back_as_the_nearest_label(question: Question, text: str, key: str | None) -> None:
    said = meant(question, text)
    assert said.value == key
    assert said.outcome is (Verdict.UNSURE if key else Verdict.REJECTED)


@pytest.mark.parametrize("text", ["if only it was safe", "safe but scared", "the bus stop is too far", "blue"])
def test_wishes_both_ends_and_stories_stand_nowhere(text: str) -> None:
    assert meant(SAFE, text).outcome is Verdict.REJECTED


def test_labels_that_are_no_order_are_no_ladder() -> None:
    assert meant(NO_LADDER, "not really").outcome is Verdict.REJECTED


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("10am", "a"), ("first thing", "a"), ("half 2", "b"), ("after lunch", "b"),
        ("2pm", "b"), ("after 6", "c"), ("18:30", "c"), ("not fussed", "d"), ("9am or 7pm", None),
    ],
)  # fmt: skip
def test_parts_of_the_day_are_heard_from_clock_times(text: str, key: str | None) -> None:
    assert meant(DAY, text).value == key


@pytest.mark.parametrize(
    ("language", "labels", "text", "key"),
    [
        ("pl", ("Co tydzień", "Co miesiąc", "Kilka razy w roku", "Nigdy"), "prawie nigdy", "d"),
        ("pl", ("Co tydzień", "Co miesiąc", "Kilka razy w roku", "Nigdy"), "co 3 miesiące", "c"),
        ("ar", ("كل أسبوع", "كل شهر", "بضع مرات في السنة", "أبدا"), "أحيانا", "b"),
        ("cy", ("Diogel iawn", "Eithaf diogel", "Ychydig yn anniogel", "Anniogel iawn"), "ddim yn saff o gwbl", "d"),
        ("es", ("Muy segura", "Bastante segura", "Poco segura", "Nada segura"), "con miedo", "d"),
        ("tr", ("Çok güvenli", "Oldukça güvenli", "Pek güvenli değil", "Hiç güvenli değil"), "korkuyorum", "d"),
        ("fr", ("Très satisfait", "Plutôt satisfait", "Plutôt insatisfait", "Très insatisfait"), "pas vraiment", "c"),
        ("zh", ("非常安全", "比较安全", "不太安全", "非常不安全"), "有点害怕", "c"),
        ("ur", ("ہر ہفتے", "ہر مہینے", "سال میں چند بار", "کبھی نہیں"), "har hafte", "a"),
    ],
)
def test_ladders_stand_in_every_language(language: str, labels: tuple[str, ...], text: str, key: str) -> None:
    assert meant(choice("?", *labels), text, language).value == key


def test_every_language_says_how_often_and_how_much() -> None:
    for language in LANGUAGES:
        words = words_of(language)
        assert all(len(each) > 20 for each in (words.frequencies, words.degrees, words.poles)), language
