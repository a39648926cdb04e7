"""The words of the languages that ship, as the engine needs them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields

import pytest

from bot.languages import words_of
from flows import sentences
from flows.text import PLACEHOLDER, segments
from flows.understanding.commands import hear
from flows.words import Words
from flows.words_abroad import meanings_elsewhere, meant_elsewhere
from tests.flows.surroundings import COMMANDS
from translations import vocabulary
from translations.calendar import usual_names

LANGUAGES = vocabulary.available()
EVERY = "".join(f"{name}: ja\n" for name in sorted(vocabulary.LISTS)) + "".join(
    f"{name}: {{ja: 1}}\n" for name in sorted(vocabulary.NUMBERS)
)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_means_two_opposite_things(code: str):
    words = Words.of(vocabulary.open_language(code).fields())
    assert words.yes & words.no == frozenset()
    assert (words.yes | words.no) & words.stop == frozenset()


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_wording_asks_for_two_things(code: str):
    words = Words.of(vocabulary.open_language(code).fields())
    owners: dict[str, str] = {}
    twice = []
    for name in COMMANDS:
        for wording in getattr(words, name):
            if owners.setdefault(wording, name) != name:
                twice.append(f"{wording}: {owners[wording]} and {name}")
    assert twice == []


def test_the_engine_knows_every_category_a_language_has():
    known = {each.name for each in fields(Words)}
    assert known == {
        "language",
        "abroad",
        "meant_abroad",
        "sentences",
        *vocabulary.LISTS,
        *vocabulary.NUMBERS,
        *vocabulary.OPTIONAL,
        *vocabulary.OPTIONAL_NUMBERS,
        *vocabulary.TEXTS,
        *vocabulary.GROUPED,
    }


def test_words_are_heard_however_they_are_accented_and_english_beside_them():
    english = Words(yes=frozenset({"yes", "ok"}), no=frozenset({"no", "nope"}), negating=frozenset({"no"}))
    polish = Words.of(
        {"language": "pl", "yes": frozenset({"Tak", "no", "dobrże"}), "ordinals": {"Pierwszy": 1}}, english
    )
    assert polish.yes == {"tak", "no", "dobrze", "yes", "ok"}
    assert polish.no == {"nope"}
    assert polish.negating == frozenset()
    assert polish.ordinals == {"pierwszy": 1}


def test_a_whole_yes_no_or_stop_of_another_language_is_heard_where_it_means_nothing_else():
    english = Words(yes=frozenset({"yes"}), no=frozenset({"no"}), courtesy=frozenset({"ha"}))
    others = (
        {"yes": {"tak", "no", "ne"}, "stop": {"koniec", "dość"}},
        {"yes": {"ha"}, "no": {"ne"}, "stop": {"रोको"}},
    )
    assert english.beside(meant_elsewhere(others), {}).abroad == {"tak": "yes", "koniec": "stop", "रोको": "stop"}


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("مجھے بھول جائیں", "forget me"),
        ("Zapomnijcie o mnie", "forget me"),
        ("mes données", "my data"),
        ("moje dane", "my data"),
    ],
)
def test_rights_are_heard_in_every_language_also_by_somebody_we_write_to_in_english(said: str, command: str):
    assert hear(said, words_of("en")) == command


def test_what_other_languages_mean_is_known_where_it_means_one_thing():
    english = Words(meanings={"bus": frozenset({"coach"})})
    others = (
        {"meanings": {"bus": {"autobusem", "coach", "auto"}, "car": {"gari"}}},
        {"meanings": {"car": {"auto"}, "bus": {"ba"}, "train": {"火车"}}},
    )
    meant = english.beside({}, meanings_elsewhere(others)).meant_abroad
    assert meant == {"autobusem": "bus", "gari": "car", "火 车": "train"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_names_what_english_names(code: str):
    meanings = vocabulary.open_language(code).categories["meanings"]
    assert set(meanings) <= set(vocabulary.open_language("en").categories["meanings"])


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_hour_and_half_an_hour_are_known_in_every_language(code: str):
    words = words_of(code)
    assert {"hours", "minutes"} <= set(words.units.values())
    own = vocabulary.open_language(code).categories["minutes"]
    assert {1, 30, 60} <= set(own.values())


def test_what_is_heard_everywhere_is_what_the_whole_files_hold():
    whole = [vocabulary.open_language(code).categories for code in vocabulary.available()]
    assert vocabulary.answers_everywhere() == [
        {name: words for name, words in each.items() if name in vocabulary.EVERYWHERE} for each in whole
    ]


def test_the_names_of_months_and_weekdays_are_those_of_cldr():
    made = subprocess.run([sys.executable, "-m", "translations.calendar"], capture_output=True, text=True, check=True)
    assert json.loads(made.stdout) == {code: usual_names(code) for code in LANGUAGES}, "write calendar.json anew"


def test_a_language_that_is_not_here_is_refused_by_name():
    for code in ("xx", "../en", "", "EN"):
        with pytest.raises(vocabulary.LanguageError, match=r"There is .*en"):
            vocabulary.open_language(code)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (EVERY + "yess: ja\n", f"xx.yaml:{EVERY.count(chr(10)) + 1}: There is no category `yess`"),
        (EVERY.replace("yes: ja\n", ""), "xx.yaml:1: The category `yes` is missing"),
        (EVERY + "yes: ja\n", f"xx.yaml:{EVERY.count(chr(10)) + 1}: The category `yes` stands here twice"),
        ("again: [ja]\n", "xx.yaml:1: `again` must be words with commas between"),
        ("yes: ja\nnumbers: ein, zwei\n", "xx.yaml:2: `numbers` must be a map"),
        ("numbers: {ein: eins}\n", "xx.yaml:1: `numbers` gives each word a whole number; `eins` is none"),
        ("yes: [ja\nno: {\n", "This is not YAML"),
        ("- ja\n", "xx.yaml:1: The file must hold the names of word lists"),
        ("", "xx.yaml:1: The file must hold the names of word lists"),
    ],
)
def test_a_mistake_in_a_word_file_is_named_with_its_line(source: str, complaint: str):
    with pytest.raises(vocabulary.LanguageError) as caught:
        vocabulary.read_categories(source, "xx.yaml")
    assert complaint in str(caught.value)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_opens_with_english_beside_it(code: str):
    words = words_of(code)
    assert words.language == code
    assert "stop" in words.stop


def test_what_the_engine_says_is_cheap_and_its_placeholders_are_known():
    said = [value for name, value in vars(sentences).items() if name.isupper()]
    for text in [each for value in said for each in ([value] if isinstance(value, str) else value)]:
        assert segments(text).encoding == "GSM-7", text
        assert segments(text).count == 1, text
        assert {match[0] for match in PLACEHOLDER.findall(text)} <= {
            "label",
            "from",
            "to",
            "low",
            "high",
            "purpose",
            "most",
        }
