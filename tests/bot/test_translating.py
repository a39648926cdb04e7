"""`sayso flows translate`, and conversations in another language."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bot.catalogues import in_language, system_sentences
from bot.cli import main
from bot.settings import LIBRARY
from flows.loader import load
from translations import po


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    shutil.copy(LIBRARY / "visit.yaml", folder / "survey.yaml")
    monkeypatch.setenv("FLOWS_DIR", str(folder))
    return folder


def fill(path: Path, *, fuzzy: bool = True) -> None:
    """Translate everything by writing it with `cy:` before it."""
    catalog = po.read(path, path.parent.name)
    for message in catalog:
        if message.id:
            message.string = f"cy: {message.id}"
            message.flags = {"fuzzy"} if fuzzy else set()
    po.write(path, catalog)


def status(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    assert main(["flows", "translate", "survey", "--language", "cy", "--status", "--json", *more]) == 0
    [row] = json.loads(capsys.readouterr().out)
    return dict(row)


def test_translations_of_own_flows_lie_beside_them(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["flows", "translate", "survey", "--language", "cy"]) == 0
    assert (folder / "translations" / "cy" / "survey.po").is_file()
    capsys.readouterr()
    assert main(["flows", "translate", "survey", "--language", "cy"]) == 0
    assert capsys.readouterr().out == "Every file was up to date.\n"


def test_a_flow_is_named_by_its_file_too_and_its_translations_lie_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.delenv("FLOWS_DIR")
    assert main(["flows", "translate", str(folder / "survey.yaml"), "--language", "cy"]) == 0
    assert (folder / "translations" / "cy" / "survey.po").is_file()
    assert main(["flows", "translate", str(folder / "survey.yaml"), "visit"]) == 1
    assert "one folder at a time" in capsys.readouterr().err


def test_a_broken_flow_or_file_keeps_none_of_the_others_from_being_translated(folder: Path, capsys):
    (folder / "broken.yaml").write_text("title: [")
    broken = folder / "translations" / "pl" / "survey.po"
    broken.parent.mkdir(parents=True)
    broken.write_text("what is this")
    assert main(["flows", "translate"]) == 1
    said = capsys.readouterr()
    assert "broken.yaml:2:" in said.err
    assert f"{broken}:1:1:" in said.err
    assert (folder / "translations" / "cy" / "survey.po").is_file()
    assert broken.read_text() == "what is this"
    assert main(["flows", "translate", "survey", "--language", "cy", "--status"]) == 0
    assert main(["flows", "translate", "broken", "--status"]) == 1
    assert "broken.yaml:2:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("cy: Poor", "The choices `good` and `poor` cannot be told apart: both are `cy: poor`."),
        ("Stop!", "The choice `stop` is reserved"),
        ("1", "The choice `1` cannot be told apart from choice number 1"),
    ],
)
def test_a_translation_whose_choices_are_none_is_an_error(label: str, why: str, folder: Path, capsys):
    main(["flows", "translate", "survey", "--language", "cy"])
    path = folder / "translations" / "cy" / "survey.po"
    fill(path)
    assert main(["flows", "check", "survey"]) == 0
    capsys.readouterr()
    catalog = po.read(path, "cy")
    catalog.get("Good", "rating.choices.good").string = label
    po.write(path, catalog)
    assert main(["flows", "check", "survey"]) == 1
    said = capsys.readouterr().out
    assert "In the translation `cy`: " in said
    assert why in said


def test_a_translation_longer_than_any_text_is_an_error(folder: Path, capsys):
    main(["flows", "translate", "survey", "--language", "cy"])
    path = folder / "translations" / "cy" / "survey.po"
    fill(path)
    path.write_text(path.read_text().replace("cy: We are sorry", "x" * 1601))
    assert main(["flows", "check", "survey"]) == 1
    assert "In the translation `cy`: A text has more than 1,600 characters" in capsys.readouterr().out


def test_a_language_goes_from_missing_to_draft_to_released(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert status(capsys)["state"] == "missing"
    main(["flows", "translate", "survey", "--language", "cy"])
    fill(folder / "translations" / "cy" / "survey.po")
    capsys.readouterr()
    assert status(capsys) == {
        "flow": "survey", "language": "cy", "state": "draft", "signed": 0, "draft": 14, "stale": 0, "missing": 0
    }  # fmt: skip
    assert main(["flows", "translate", "survey", "--sign-off", "cy", "--by", "Siân Jones"]) == 0
    capsys.readouterr()
    assert status(capsys)["state"] == "released"


def test_a_released_language_without_a_question_is_an_error_that_names_both_at_its_line(folder: Path, capsys):
    main(["flows", "translate", "survey", "--language", "cy"])
    path = folder / "translations" / "cy" / "survey.po"
    fill(path, fuzzy=False)
    catalog = po.read(path, "cy")
    for message in catalog:
        if message.context in ("reason.ask", "rating.choices.good"):
            message.string = ""
    po.write(path, catalog)
    capsys.readouterr()
    assert main(["flows", "check", "survey"]) == 1
    said = capsys.readouterr().out
    lines = (folder / "survey.yaml").read_text().splitlines()
    for name, words in (("reason.ask", "Please tell us why"), ("rating.choices.good", "label: Good")):
        line = next(number for number, text in enumerate(lines, 1) if words in text)
        assert f"survey.yaml:{line}:1: `cy` was released, but `{name}` is missing" in said
    assert said.count("was released") == 2
    assert in_language(load(folder / "survey.yaml"), "cy", folder).language == "en"


def test_residents_are_asked_in_a_complete_draft_unless_drafts_are_off(folder: Path):
    main(["flows", "translate", "survey", "--language", "cy"])
    flow = load(folder / "survey.yaml")
    assert in_language(flow, "cy", folder) is flow
    fill(folder / "translations" / "cy" / "survey.po")
    assert in_language(flow, "cy", folder).title == "cy: How was your visit?"
    assert in_language(flow, "cy", folder, drafts=False) is flow


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["survy"], "did you mean `survey`?"),
        (["survey", "--language", "xx"], "Sayso does not know `xx`. It knows en, cy,"),
        (["survey", "--language", "en"], "English is what is translated from"),
        (["survey", "--sign-off", "cy"], "Say who has read it: --by NAME."),
        (["--sign-off", "cy", "--by", "Siân"], "Say what was read"),
        (["survey", "--sign-off", "cy", "--by", "Siân"], "Make it with `sayso flows translate survey --language cy`."),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
):
    assert main(["flows", "translate", *words]) == 1
    assert said in capsys.readouterr().err


def test_a_broken_file_is_named_and_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]):
    path = folder / "translations" / "cy" / "survey.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "a"\nmsgstr "b\n')
    assert main(["flows", "translate", "survey", "--language", "cy"]) == 1
    assert f"{path}:2:9: The closing quote is missing" in capsys.readouterr().err
    assert path.read_text() == 'msgid "a"\nmsgstr "b\n'


def test_the_console_is_kept_up_in_its_own_languages_and_begun_in_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("bot.catalogues.SHIPPED", tmp_path)
    main(["flows", "translate", "console", "--language", "cy"])
    assert main(["flows", "translate", "console"]) == 0
    assert [path.parent.name for path in tmp_path.rglob("*.po")] == ["cy"]
    assert capsys.readouterr().out.endswith("Every file was up to date.\n")


def test_what_sayso_says_itself_is_found_with_its_place():
    found = {each.text: each for each in system_sentences()}
    stopped = found["You will get no more texts from us. Changed your mind? Text START."]
    assert (stopped.file, stopped.note) == ("bot/sentences.py", "STOPPED")
    assert found["One last time: yes or no?"].file == "flows/sentences.py"


def test_what_ships_is_complete_in_every_language(capsys: pytest.CaptureFixture[str]):
    assert main(["flows", "translate", "--status", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["flow"], row["language"]) for row in rows if row["state"] not in ("draft", "released")] == []
    assert {row["language"] for row in rows} >= {"cy", "ta", "ar", "zh"}
