from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from bot import cli
from bot.commands import chat
from bot.languages import words_of
from bot.rehearsing import SPOKEN, stage
from bot.settings import LIBRARY, Settings
from flows.authoring.rehearsal import Stage
from flows.loader import load_text

FLOW = """
title: A small talk
keywords: [small]
language: en
purpose: tests
nodes:
  name:
    ask: "What shall we call you?"
    answer: text
    save_as: first_name
    set: {contact.first_name: first_name}
  glad:
    ask: "Are you glad, {contact.first_name|friend}?"
    answer: yes_no
    optional: true
  bye:
    say: "Goodbye from {organisation}."
    next: end
"""


@pytest.fixture
def talk() -> chat.Talk:
    return chat.Talk(
        Stage(load_text(FLOW, "small.yaml"), words_of("en"), spoken=SPOKEN, organisation="Elm Surgery"), "sms"
    )


def test_a_talk_goes_from_the_first_question_to_the_end(talk):
    assert talk.begin() == ["What shall we call you?"]
    assert talk.hear("Ada")[0].startswith("Are you glad, Ada?")
    assert talk.hear("yes") == ["Goodbye from Elm Surgery."]
    assert talk.over
    assert talk.hear("hello?") == []


def test_stop_ends_it_at_once_in_other_words_too(talk):
    talk.begin()
    assert talk.hear("please stop texting me") == ["You will get no more texts from us. Changed your mind? Text START."]
    assert talk.over


def test_help_says_who_we_are_and_the_question_still_waits(talk):
    talk.begin()
    (text,) = talk.hear("HELP")
    assert text.startswith("This is Elm Surgery.")
    assert talk.hear("Ada")[0].startswith("Are you glad")


def test_why_says_how_long_the_service_keeps_answers_where_the_flow_does_not_say(talk):
    talk.begin()
    assert "We keep them 730 days." in talk.hear("WHY")[0]


def test_hostile_text_is_answered_like_any_other(talk):
    talk.begin()
    assert talk.hear("\x00\ud800‮ {organisation} {contact.first_name} " + "😀" * 1600)


def run(monkeypatch, text: str, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode("latin-1")), "utf-8"))
    return cli.main(["chat", *arguments])


def test_the_command_talks_until_the_input_ends(monkeypatch, capsys):
    assert run(monkeypatch, "very good\n", "visit") == 0
    said = capsys.readouterr()
    assert "Overall, how was your experience of our service?" in said.out
    assert "Please tell us why" in said.out
    assert said.err == ""


def test_broken_bytes_on_the_input_do_not_end_the_talk(monkeypatch, capsys):
    assert run(monkeypatch, "\xff\xfe caf\xe9\n1\n", "visit", "--segments") == 0
    assert "[1 SMS, GSM-7]" in capsys.readouterr().out


def test_an_unknown_flow_is_a_sentence_with_the_near_one_and_all_there_are(monkeypatch, capsys):
    assert run(monkeypatch, "", "vist") == 1
    said = capsys.readouterr().err
    assert said.startswith("There is no flow `vist`. Did you mean `visit`? There is ")
    assert "Traceback" not in said


def test_a_flow_file_can_be_tried_where_it_lies(monkeypatch, capsys, tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(FLOW)
    assert run(monkeypatch, "", str(path), "--channel", "whatsapp") == 0
    assert "What shall we call you?" in capsys.readouterr().out


def test_a_flow_with_a_mistake_is_told_with_its_place(monkeypatch, capsys, tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(FLOW.replace("ask:", "aks:", 1))
    assert run(monkeypatch, "", str(path)) == 1
    assert "small.yaml:8:5: `aks` is not known" in capsys.readouterr().err


def test_a_language_that_is_none_is_refused(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, "", "visit", "--language", "xx")
    assert "Sayso does not speak `xx`" in capsys.readouterr().err


def test_a_name_cannot_climb_out_of_the_shelf(monkeypatch, capsys):
    assert run(monkeypatch, "", "../../etc/passwd") == 1
    assert "There is no file" in capsys.readouterr().err


def test_every_flow_of_the_shelf_can_be_begun():
    for path in sorted(Path(LIBRARY).glob("[a-z]*.yaml")):
        if not path.name.endswith(".talks.yaml"):
            assert chat.Talk(stage(path, "en", Settings.read({}, make=False)), "sms").begin()


def test_what_was_said_is_saved_as_a_talk_that_passes(monkeypatch, capsys, tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(FLOW)
    text = 'A"da: {x} # *\n/photo look\n/2 days later\nskip\n'
    assert run(monkeypatch, text, str(path), "--save", "--channel", "whatsapp") == 0
    assert run(monkeypatch, "Bo\nyes\n", str(path), "--save") == 0
    assert "Saved in" in capsys.readouterr().out
    saved = (tmp_path / "small.talks.yaml").read_text()
    assert saved.count("- talk:") == 2
    assert "- 2 days later" in saved
    assert "sends: photo" in saved
    assert cli.main(["flows", "test", str(path)]) == 0
    assert capsys.readouterr().out == "2 talks: all went as written.\n"


def test_a_wrong_slash_says_what_there_is(talk):
    talk.begin()
    assert talk.hear("/dance")[0].startswith("/ can be")


def test_somebody_in_danger_is_told_who_to_call_in_the_terminal_too(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("i want to kill myself\nsorry\n1\n"))
    assert cli.main(["chat", "visit"]) == 0
    said = capsys.readouterr().out
    assert "Samaritans 116 123" in said
    assert "There is no hurry" in said
    assert "tell us why" in said
