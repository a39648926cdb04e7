"""`sayso flows simulate`: a noisy crowd through a flow, the same for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import cli
from bot.settings import LIBRARY
from flows.loader import flow_files


def figures(capsys, *words: str) -> dict:
    cli.main(["flows", "simulate", *words, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", [path.stem for path in flow_files(LIBRARY)])
def test_a_crowd_finds_no_dead_end_on_the_shelf(name: str, capsys):
    assert cli.main(["flows", "simulate", name, "--people", "200"]) == 0
    assert capsys.readouterr().out.endswith("No dead ends.\n")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(capsys):
    said = []
    for seed in ("1", "1", "2"):
        cli.main(["flows", "simulate", "visit", "--people", "60", "--seed", seed])
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]


def test_the_figures_agree_with_one_another(capsys):
    found = figures(capsys, "visit", "--people", "100")
    assert sum(found["ended"].values()) == found["people"] == 100
    assert found["completion"] == found["ended"]["completed"] / 100
    first = found["questions"][0]
    assert first["question"] == "visit.rating"
    assert first["asked"] == 100
    assert sum(each["dropped_out"] for each in found["questions"]) == 100 - found["ended"]["completed"]
    assert found["segments"] >= found["texts"] > 100


def test_a_reply_that_is_asked_back_is_no_reply_not_understood_and_most_people_say_yes(tmp_path: Path, capsys):
    path = tmp_path / "when.yaml"
    path.write_text("title: When\nkeywords: [when]\nnodes:\n  day: {ask: Which day?, answer: date, past: true}\n")
    found = figures(capsys, str(path), "--people", "150")
    [day] = found["questions"]
    assert day["asked_back"] > day["not_understood"] > 0
    assert found["asked_back"] == round(day["asked_back"] / day["replies"], 4)
    assert found["completion"] > 0.8


@pytest.mark.parametrize(
    "nodes",
    [
        "  a: {ask: Say it, answer: text}\n  b: {say: Again., next: [{if: 'contains(a, zzz)', then: end}, {else: a}]}",
        "  a: {ask: Which?, choices: {one: One, two: Two}}\n  b: {run: nowhere, next: end}",
    ],
)
def test_a_loop_and_a_flow_that_is_missing_are_dead_ends(nodes: str, tmp_path: Path, capsys):
    path = tmp_path / "loop.yaml"
    path.write_text(f"title: Loop\nkeywords: [loop]\nnodes:\n{nodes}\n")
    assert cli.main(["flows", "simulate", str(path), "--people", "40"]) == 1
    assert "Dead end: None of 40 runs was completed." in capsys.readouterr().out


def test_a_number_of_people_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        cli.main(["flows", "simulate", "visit", "--people", "0"])
    assert "write a number from 1 to" in capsys.readouterr().err
