from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import cli
from bot.channels import Inbound
from bot.conversations.turn import take_turn
from bot.service import Service
from storage.counting import tallies
from storage.ids import new_id
from tests.bot.test_phone import service_in

WORDS = "=SUM(A1) they were kind. Ring 07700 900 123 or ann@example.org"


def talk(service: Service, phone: int, *texts: str, channel: str = "sms") -> None:
    for text in texts:
        address = f"{channel}:+4477009{phone:05d}"
        take_turn(service, Inbound(f"t{new_id()}", address, channel, "simulator", text, None, 0, None, service.now()))


def count_all(service: Service) -> None:
    while tallies.fold(service.database, 1000):
        pass


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("SAYSO_DATA", str(tmp_path / "data"))
    made = service_in(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def few(service: Service) -> Service:
    """Five people: two answer all, one by WhatsApp; one skips the reason, one is unclear, one never answers."""
    talk(service, 1, "visit", "1", WORDS)
    talk(service, 2, "visit", "4", "long wait", channel="whatsapp")
    talk(service, 3, "visit", "1", "skip")
    talk(service, 4, "visit", "qwerty", "asdfgh", "zxcvbn")
    talk(service, 5, "visit")
    count_all(service)
    return service


@pytest.fixture
def many(service: Service) -> Service:
    """Forty people: 20 very good, 11 good, 3 poor; 4 unclear, 2 waiting. Twelve of them write by WhatsApp."""
    for phone in range(40):
        channel = "whatsapp" if phone % 10 < 3 else "sms"
        rest = ("1", "all fine") if phone < 20 else ("2", "skip") if phone < 31 else ("4", WORDS)
        rest = ("qwerty", "asdfgh", "zxcvbn") if 34 <= phone < 38 else () if phone >= 38 else rest
        talk(service, phone, "visit", *rest, channel=channel)
    count_all(service)
    return service


Export = Callable[..., str]


@pytest.fixture
def export(capsys: pytest.CaptureFixture[str]) -> Export:
    def run(*arguments: str, code: int = 0) -> str:
        assert cli.main(["export", *arguments]) == code
        said = capsys.readouterr()
        return str(said.out if code == 0 else said.err)

    return run
