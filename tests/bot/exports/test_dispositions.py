from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from bot import cli
from bot.exports.making import Source, make
from bot.exports.request import ExportRefusedError, Request
from tests.bot.exports.conftest import count_all, talk
from tests.bot.exports.test_tables import EXACT


@pytest.fixture
def forty(service):
    """Twenty come to the end, one by WhatsApp; twenty begin and are silent."""
    for phone in range(20):
        talk(service, phone, "visit", "1", "skip", channel="sms" if phone else "whatsapp")
    for phone in range(20, 40):
        talk(service, phone, "visit")
    count_all(service)
    return service


def pack(path: Path, *options: str) -> dict[str, str]:
    assert cli.main(["export", "visit", "--format", "pack", "--out", str(path / "visit.zip"), *options]) == 0
    with zipfile.ZipFile(path / "visit.zip") as archive:
        rows = csv.DictReader(io.StringIO(archive.read("dispositions.csv").decode()))
        return {row["disposition"]: row["count"] for row in rows}


def test_a_few_who_stop_move_nothing_until_they_are_many(forty, tmp_path):
    first = pack(tmp_path)
    assert (first["started"], first["completed"], first["silent"], first["stopped"]) == ("40", "20", "20", "0")
    for phone in range(20, 23):
        talk(forty, phone, "STOP")
    count_all(forty)
    assert pack(tmp_path) == first
    for phone in range(23, 32):
        talk(forty, phone, "STOP")
    count_all(forty)
    later = pack(tmp_path)
    assert (later["silent"], later["stopped"]) == ("10", "10")


def test_of_some_people_only_theirs_are_counted(forty, tmp_path):
    exact = pack(tmp_path, *EXACT, "--channel", "whatsapp")
    assert (exact["started"], exact["completed"], exact["silent"], exact["partly"]) == ("1", "1", "0", "0")
    talk(forty, 50, "visit", "1", channel="whatsapp")
    count_all(forty)
    assert pack(tmp_path, *EXACT, "--channel", "whatsapp")["partly"] == "1"
    assert pack(tmp_path, *EXACT, "--channel", "sms")["partly"] == "0"


def test_two_tables_made_in_the_same_moment_are_not_both_handed_on(forty, tmp_path, monkeypatch):
    """Neither was checked against the other; the ledger would have refused the second."""
    source = Source(forty.database, forty.shelf.flow("visit"), lambda flow, _language: flow)
    one, other = Request("visit", by=()), Request("visit", by=("channel",))
    written = []

    def meanwhile(file, sheet) -> None:
        if not written:
            written.append(sheet)
            make(source, one, str(tmp_path / "one.csv"), forty.now())
        file.write(b"x")

    monkeypatch.setattr("bot.exports.formats.delimited.write", meanwhile)
    with pytest.raises(ExportRefusedError, match="just now"):
        make(source, other, str(tmp_path / "other.csv"), forty.now())
    assert [path.name for path in tmp_path.glob("*.csv")] == ["one.csv"]
