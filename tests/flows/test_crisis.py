"""Hearing danger in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.danger import hear_danger, recogniser
from flows.understanding.crisis import Danger, Recogniser
from tests.crises import cases
from tests.flows.surroundings import COMMANDS
from translations.crises import KINDS, CrisisFileError, all_crises, read
from translations.languages import LANGUAGES
from translations.vocabulary import open_language


def small(**lists: list[str]) -> Recogniser:
    return Recogniser({"en": lists})


def test_every_language_has_words_for_every_danger_and_for_what_only_looks_so():
    assert {code: set(lists) for code, lists in all_crises().items()} == {code: set(KINDS) for code in LANGUAGES}


def test_the_labelled_set_is_large_and_covers_every_language():
    assert len(cases()) >= 400
    assert {case.language for case in cases() if case.danger} == set(LANGUAGES)
    assert {case.language for case in cases() if case.danger is None} == set(LANGUAGES)


def test_every_cry_of_the_labelled_set_is_heard_for_what_it_is():
    missed = [
        case for case in cases() if (case.danger and (cry := recogniser().hear(case.text)) is None) or
        (case.danger and cry and case.danger not in cry.dangers)
    ]  # fmt: skip
    assert missed == []


def test_no_text_of_the_labelled_set_that_only_looks_so_is_heard():
    assert [case for case in cases() if case.danger is None and recogniser().hear(case.text)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_nobody_who_only_asks_for_something_alarms_anybody(code: str):
    asked = open_language(code).categories
    wordings = [wording for name in (*COMMANDS, "stop_phrases", "courtesy") for wording in asked[name]]
    assert [each for each in wordings if (cry := recogniser().hear(each)) and cry.dangers != (Danger.UNDER_16,)] == []


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO KILL MYSELF!!!",
        "i   want\nto kill\u200b myself",
        "i want to kill mysellf",
        "i want to kiiiill myself",
        "4. but i want to kill myself",
        "I want to kill my-self",
        "Chcę się zabić 😭",
        "ＫＩＬＬ ＭＹＳＥＬＦ",
        "> how are you\nI want to kill myself",
    ],
)
def test_a_cry_is_heard_however_it_is_typed(text: str):
    cry = hear_danger(text)
    assert cry is not None
    assert cry.dangers[0] is Danger.SUICIDE


def test_the_gravest_danger_comes_first_and_the_language_is_told():
    cry = hear_danger("mam 14 lat, chcę umrzeć")
    assert cry is not None
    assert cry.dangers == (Danger.SUICIDE, Danger.UNDER_16)
    assert cry.languages[0] == "pl"


def test_what_else_was_said_is_kept_apart():
    cry = hear_danger("stop texting me i want to kill myself")
    assert cry is not None
    assert cry.rest.startswith("stop texting me")


def test_being_under_16_is_no_danger_where_young_people_take_part():
    assert hear_danger("im 14 years old", young_people=True) is None
    cry = hear_danger("im 14 and my dad hits me", young_people=True)
    assert cry is not None
    assert cry.dangers[0] is Danger.CHILD


def test_a_pattern_is_words_in_a_row_of_which_some_may_be_alternatives():
    ear = small(suicide=["end|ending my life"])
    assert ear.hear("ending my life")
    assert ear.hear("my life is ending") is None


def test_two_dots_are_at_most_three_words():
    ear = small(suicide=["want .. die"])
    assert ear.hear("want so much to die")
    assert ear.hear("want to see you before you die") is None


def test_a_star_is_any_ending_and_a_mark_of_exclamation_none_and_no_slip():
    ear = small(suicide=["zabi* sie"], abuse=["abusing! me"])
    assert ear.hear("zabije sie")
    assert ear.hear("he is amusing me") is None


def test_a_slip_is_heard_in_long_words_only():
    ear = small(suicide=["kill myself"])
    assert ear.hear("kill mysefl")
    assert ear.hear("fill myself") is None


def test_a_pattern_of_the_whole_text_is_not_heard_inside_another():
    ear = small(suicide=["=suicidal"])
    assert ear.hear("Suicidal.")
    assert ear.hear("a suicidal driver") is None


def test_a_wave_is_any_order():
    ear = small(abuse=["~husband hits me"])
    assert ear.hear("me my husband hits")
    assert ear.hear("husband hits golf balls") is None


def test_an_age_is_a_number_from_5_to_15_in_any_digits():
    ear = small(under_16=["age #age"])
    assert ear.hear("age 14")
    assert ear.hear("age ১৪")
    assert ear.hear("age 16") is None
    assert ear.hear("age 4") is None


def test_a_look_alike_takes_back_only_what_it_overlaps():
    ear = small(suicide=["want .. die"], look_alikes=["die laughing"])
    assert ear.hear("I want to die laughing") is None
    assert ear.hear("I want to die laughing, no, I really want to die")


def test_a_language_without_spaces_is_heard_inside_its_sentences():
    ear = Recogniser({"zh": {"suicide": ["想 .. 去死", "不想活"], "look_alikes": ["不想活 动"]}})
    assert ear.hear("我真的不想活了")
    assert ear.hear("我想现在就去死")
    assert ear.hear("我不想活动") is None


@given(st.text(max_size=400))
def test_nothing_anybody_writes_breaks_it(text: str):
    hear_danger(text)


def test_a_very_long_text_is_heard_quickly():
    assert hear_danger("very good service " * 400) is None


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "crisis.yaml"
    for text in ("suicide: [a", "- a", "sucide: a", "suicide: [a, b]"):
        path.write_text(text)
        with pytest.raises(CrisisFileError, match=r"crisis\.yaml"):
            read(path)
