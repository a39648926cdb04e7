"""What is told of few people who answered often, of values nobody listed, and of days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.service import Service
from tests.bot.exports.conftest import count_all, talk
from tests.bot.exports.test_tables import EXACT, table, whole
from tests.bot.test_phone import service_in

MOOD = """
title: Mood
keywords: [mood]
nodes:
  mood: {ask: "How are you?", choices: {good: Good, poor: Poor}}
"""
BORN = """
title: Born
keywords: [born]
nodes:
  born: {ask: "When were you born?", answer: date}
  home: {ask: "How many are you at home?", answer: number}
"""


@pytest.fixture
def flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "flows"
    folder.mkdir()
    monkeypatch.setenv("FLOWS_DIR", str(folder))
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path / "data"))
    for name, text in (("mood", MOOD), ("born", BORN)):
        (folder / f"{name}.yaml").write_text(text)
    return folder


@pytest.fixture
def service(flows: Path, tmp_path: Path):
    made = service_in(tmp_path / "data", FLOWS_DIR=str(flows))
    yield made
    made.close()


def often(service: Service, phone: int, choice: str, times: int) -> None:
    for _ in range(times):
        talk(service, phone, "mood", choice)


def test_one_person_who_says_it_nine_times_is_not_nine_people(service, export):
    for phone in range(12):
        talk(service, phone, "mood", "1")
    often(service, 50, "2", 9)
    count_all(service)
    rows = whole(export("mood"), "mood")
    assert (rows["good"]["count"], rows["poor"]["count"]) == ("*", "*")
    assert whole(export("mood", *EXACT), "mood")["poor"]["count"] == "9"


def test_a_revision_of_one_person_is_too_small_a_part_and_parts_are_named_as_in_every_file(service, export, flows):
    often(service, 50, "2", 9)
    service.close()
    (flows / "mood.yaml").write_text(f"{MOOD}# two\n")
    again = service_in(service.settings.data, FLOWS_DIR=str(flows))
    for phone in range(12):
        talk(again, phone, "mood", "1")
    count_all(again)
    shared = {row["part"] for row in table(export("mood", "--by", "revision")) if row["by"] == "revision"}
    exact = {row["part"] for row in table(export("mood", "--by", "revision", *EXACT)) if row["by"] == "revision"}
    again.close()
    assert (len(shared), len(exact)) == (1, 2)
    assert all(len(part) == 12 for part in exact)


def test_answers_go_by_their_own_day_and_what_began_on_another_is_not_told_beside_them(service, export):
    now = [datetime(2026, 3, 1, 20, tzinfo=UTC)]
    service.now = lambda: now[0]
    for phone in range(10):
        talk(service, phone, "mood")
    now[0] += timedelta(hours=13)
    for phone in range(10):
        talk(service, phone, "1")
    count_all(service)
    for level in ((), EXACT):
        row = whole(export("mood", "--since", "2026-03-02", *level), "mood")["good"]
        assert (row["count"], row["answered"]) == ("10", "10")
        assert [row[name] for name in ("started", "asked", "waiting", "not_reached")] == [""] * 4
    assert whole(export("mood", "--until", "2026-03-01", *EXACT), "mood")["good"]["answered"] == "0"
    days = [row for row in table(export("mood", "--by", "day", *EXACT)) if row["by"] == "day"]
    assert {row["part"] for row in days} == {"2026-03-02"}
    assert whole(export("mood"), "mood")["good"]["started"] == "10"


def test_values_that_few_gave_are_not_named(service, export):
    for phone in range(20):
        talk(
            service,
            phone,
            "born",
            "12/03/1931" if phone < 3 else "1 May 1980",
            "87" if phone < 9 else str(2 + phone % 2),
        )
    count_all(service)
    text = export("born")
    assert "1931" not in text
    assert "1980-05-01" in whole(text, "born")
    assert whole(text, "home")["87"]["count"] == "10"
    others = [row for row in table(text) if row["label"].startswith("Other values")]
    assert {row["choice"] for row in others} == {""}
    assert "1931-03-12" in export("born", *EXACT)


def test_a_number_nobody_gave_is_not_called_own_words(service, export):
    talk(service, 1, "born")
    count_all(service)
    assert {row["label"] for row in table(export("born")) if row["question"] == "home"} == {""}
