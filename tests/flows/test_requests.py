"""Commands in words of one's own, in every language, and stories made of nearly the same words."""

from __future__ import annotations

import pytest

from bench.accuracy import TODAY, Labelled, labelled, outcome_of
from bot.languages import words_of
from flows.definition import Kind, Question
from flows.understanding.answers import understand
from flows.understanding.commands import Command, hear, overhear
from flows.understanding.requests import GROUPS
from flows.understanding.understood import Verdict
from translations import vocabulary

SAID = [
    ("en", "could you wipe all the info you hold on me", Command.FORGET_ME),
    ("en", "pls take my number off your system", Command.STOP),
    ("en", "STOP!!! I have asked you three times", Command.STOP),
    ("en", "she doesnt live here any more please stop", Command.STOP),
    ("en", "please leave my mum alone she is 90", Command.STOP),
    ("en", "stop texting my phone you numpties", Command.STOP),
    ("en", "oops wrong one can i change it", Command.BACK),
    ("en", "can you send the question again i deleted it", Command.AGAIN),
    ("en", "why do you need that", Command.WHY),
    ("en", "can we do it in Somali please", Command.LANGUAGE),
    ("en", "bit busy right now text me tomorrow", Command.PAUSE),
    ("en", "can i see what youve got on me", Command.MY_DATA),
    ("en", "lets move to the next one", Command.SKIP),
    ("cy", "dwi ddim isio mwy o'r tecsts ma", Command.STOP),
    ("bn", "আমার নম্বরটা মুছে দিন", Command.STOP),
    ("ur", "mera sara data delete kar do", Command.FORGET_ME),
    ("pa", "ਬਾਅਦ ਵਿੱਚ ਕਰਾਂਗੇ", Command.PAUSE),
    ("gu", "પછી વાત કરીએ", Command.PAUSE),
    ("ta", "மறுபடியும் சொல்லுங்க", Command.AGAIN),
    ("pl", "prosze przestac wysylac wiadomosci", Command.STOP),
    ("ro", "puteți să repetați întrebarea", Command.AGAIN),
    ("pt", "não quero que me enviem mais mensagens", Command.STOP),
    ("lt", "prašau ištrinti mano duomenis", Command.FORGET_ME),
    ("hu", "kérem ne küldjenek több üzenetet", Command.STOP),
    ("it", "cancellate tutti i miei dati per favore", Command.FORGET_ME),
    ("es", "¿para qué lo quieren saber?", Command.WHY),
    ("fr", "je ne veux plus recevoir vos messages", Command.STOP),
    ("so", "ha ii soo dirin fariimo dambe", Command.STOP),
    ("ar", "لو سمحتم لا ترسلوا لي رسائل", Command.STOP),
    ("tr", "lütfen bilgilerimi silin", Command.FORGET_ME),
    ("uk", "будь ласка видаліть усі мої дані", Command.FORGET_ME),
    ("zh", "別再傳訊息給我", Command.STOP),
]

STORIES = [
    ("en", "my wife and daughter stopped texting"),
    ("en", "my son will not leave the house"),
    ("en", "nan and dad want to take part"),
    ("en", "mum said the number was wrong on the letter"),
    ("en", "you never text me back"),
    ("en", "i dont get your texts"),
    ("en", "told them to please stop"),
    ("ur", "فون نہیں ہے"),
    ("bn", "আপনারা ফোন করেন না"),
    ("es", "no recibo mensajes"),
    ("pl", "nie mam telefonu"),
    ("fr", "je n'ai pas reçu de message"),
    ("uk", "ніхто не телефонує"),
    ("zh", "没有人联系我"),
]


OVERHEARD = [
    ("en", "stop texting me at night", Command.STOP),
    ("en", "plese stop sendin me msgs", Command.STOP),
    ("en", "nah dont text me no more bro", Command.STOP),
    ("en", "pls unsubscibe me", Command.STOP),
    ("en", "i take back everything i said delete it", Command.FORGET_ME),
    ("en", "polish please", Command.LANGUAGE),
    ("en", "can i speak to a person about this", Command.HELP),
    ("hu", "most nem tudok, majd este válaszolok", Command.PAUSE),
    ("pl", "czy mogę porozmawiać z człowiekiem", Command.HELP),
    ("tr", "bana daha fazla mesaj göndermeyin", Command.STOP),
]

NOT_OVERHEARD = [
    ("en", "they said they would ring me later"),
    ("en", "the nurse sent me the wrong letter"),
    ("en", "wrong number of tablets"),
    ("en", "stop sending me to different hospitals"),
    ("en", "no help at all"),
    ("en", "the bus stop was far"),
    ("ar", "أعطوني رقم غلط للعيادة"),
    ("tr", "yanlış numara verdiler bana orada"),
    ("es", "no me ayudaron"),
]


@pytest.mark.parametrize(("language", "text", "command"), OVERHEARD, ids=[text for _, text, _ in OVERHEARD])
def test_a_request_with_a_slip_or_a_stranger_is_heard_where_no_answer_is(language: str, text: str, command: Command):
    assert outcome_of(Labelled("heard", language, "", text)) == f"/{command}"


@pytest.mark.parametrize(("language", "text"), NOT_OVERHEARD, ids=[text for _, text in NOT_OVERHEARD])
def test_a_story_is_not_overheard(language: str, text: str):
    assert overhear(text, words_of(language)) is None


def test_a_request_with_a_stranger_stays_an_answer_where_any_words_are_one():
    assert outcome_of(Labelled("why", "en", "", "stop texting me at night")) == "= stop texting me at night"


@pytest.mark.parametrize(("language", "text", "command"), SAID, ids=[text for _, text, _ in SAID])
def test_a_request_is_heard_in_words_no_list_holds(language: str, text: str, command: Command):
    assert hear(text, words_of(language)) is command


@pytest.mark.parametrize(("language", "text"), STORIES, ids=[text for _, text in STORIES])
def test_a_story_made_of_the_same_words_is_none(language: str, text: str):
    assert hear(text, words_of(language)) is None


def test_nothing_that_people_answer_a_free_question_with_is_taken_for_a_request():
    heard = {row.reply: hear(row.reply, words_of(row.language)) for row in labelled("look_alikes")}
    assert {text: command for text, command in heard.items() if command is not None} == {}


@pytest.mark.parametrize("code", vocabulary.available())
def test_every_group_of_a_language_is_one_that_requests_are_made_of(code: str):
    groups = vocabulary.open_language(code).categories.get(vocabulary.GROUPS, {})
    assert set(groups) <= GROUPS
    assert {"cease", "sending", "erase", "data", "glue"} <= set(groups)


NAMED = [
    ("when", "ur", "کل", "? 2026-11-23"),  # yesterday, or tomorrow
    ("when", "ur", "kal", "? 2026-11-23"),
    ("rating_zh", "zh", "第二个", "= good"),
    ("rating_zh", "zh", "很好", "? good"),
    ("people", "zh", "一家四口", "? 4"),
    ("rating_uk", "uk", "друге", "= good"),
    ("rating_uk", "uk", "дуже добре, дякую", "= very_good"),
    ("rating_lt", "lt", "m", "x"),
    ("rating_bn", "bn", "দ্বিতীয়টা", "= good"),
    ("rating_pl", "pl", "drugi", "= good"),
]


@pytest.mark.parametrize(("question", "language", "text", "expected"), NAMED, ids=[text for _, _, text, _ in NAMED])
def test_other_scripts_and_ordinals_are_read(question: str, language: str, text: str, expected: str):
    assert outcome_of(Labelled(question, language, expected, text)) == expected


def test_not_now_and_a_short_reason_is_pause_but_a_story_that_begins_so_is_none():
    words = words_of("en")
    assert overhear("not now, im cooking tea", words) is Command.PAUSE
    assert overhear("later, the nurse was kind", words) is None
    assert overhear("they should stop calling my mum", words) is None


def test_a_word_that_agrees_to_anything_is_asked_back_but_is_a_yes_to_did_you_mean():
    assert outcome_of(Labelled("heard", "en", "", "okay then")) == "? true"
    asked_back = Question(ask={"": ""}, kind=Kind.YES_NO, save_as="confirm")
    assert understand(asked_back, "ok", words_of("en"), TODAY).outcome is Verdict.ACCEPTED
