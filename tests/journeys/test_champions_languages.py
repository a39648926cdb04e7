"""Champions hear their own language; what they type stays the same in every language."""

from __future__ import annotations

import re

import pytest

from bot.catalogues import CHAMPIONS, catalogue_of, system_sentences
from bot.settings import LIBRARY
from flows.text import segments
from tests.journeys.reaching import CHAMPION, Town, phones
from translations.catalogues import progress
from translations.languages import LANGUAGES

ANN = "07700 900123"


@pytest.fixture
def town(sqlite_stores, tmp_path):
    with sqlite_stores.empty(tmp_path) as store:
        town = Town(store, tmp_path)
        town.group()
        yield town
        town.service.close()


def speak(town: Town, language: str) -> None:
    town.text(CHAMPION, LANGUAGES[language])


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_language_has_all_that_champions_hear(language):
    assert progress(catalogue_of(CHAMPIONS, language, LIBRARY), system_sentences(CHAMPIONS)).complete


def test_a_champion_sends_in_polish(town):
    speak(town, "pl")
    for phone in phones(3):
        town.member(phone)
    town.remember(phones(3)[2], hours="10:00-11:00")
    shown = town.text(CHAMPION, "SEND visit TO carers")
    code = re.fullmatch(
        r"SMS, osoby: 2, około £0\.17, pominięte: 1 \(godziny ciszy 1\)\. Odpisz (\d{4}), aby wysłać\.", shown
    )
    assert code, shown
    assert town.text(CHAMPION, code[1]) == "Wysyłamy. Osoby: 2. HALT visit zatrzyma."


def test_a_champion_is_told_in_their_language_when_it_goes_out_and_why_nobody_is_reached(town):
    speak(town, "fr")
    assert town.text(CHAMPION, "SEND visit TO carers") == "Cela ne toucherait personne en ce moment."
    town.member(ANN)
    town.later(hours=10)
    assert "Départ demain à 8:00. Répondez" in town.text(CHAMPION, "SEND visit TO carers")
    town.text(ANN, "STOP")
    assert "en ce moment : 1 exclus (ont dit stop 1)." in town.text(CHAMPION, "SEND visit TO carers")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("07700 9001234567", "Mae gan y rhif hwnnw ormod neu rhy ychydig o ddigidau."),
        ("020 7946 0000", "Nid rhif symudol yw hwnna, felly ni ellir ei decstio."),
        ("+33 6 39 98 12 34", "Dim ond rhifau'r gwledydd hyn rydym yn eu tecstio: GB."),
    ],
)
def test_a_number_that_cannot_be_texted_is_explained_in_welsh(town, number, said):
    speak(town, "cy")
    assert town.text(CHAMPION, f"ADD {number} Ann TO carers") == said


def test_who_was_invited_is_counted_in_the_champions_language(town):
    speak(town, "es")
    said = town.text(CHAMPION, f"ADD {ANN} Ann TO carers")
    assert said == "Hemos invitado a Ann a Carers. Cuenta cuando lo confirme en persona."
    assert town.text(CHAMPION, "GROUPS") == "carers: 0 (+1 invitados)"


@pytest.mark.parametrize("language", ["es", "pt", "fr", "it", "cy", "so"])
def test_a_preview_is_one_sms_where_the_plain_alphabet_has_the_letters(town, language):
    speak(town, language)
    for phone in phones(2):
        town.member(phone)
    town.remember(phones(2)[1], hours="10:00-11:00")
    assert segments(town.text(CHAMPION, "SEND visit TO carers")).count == 1
