"""A whole service on one store, with phones that text it and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.broadcasts import planning
from bot.channels import Channel, Inbound
from bot.channels.simulator import SimulatorChannel
from bot.conversations.reminders import look_at_due_runs
from bot.conversations.turn import take_turn
from bot.sending.outbox import Outbox
from bot.service import Service, build
from bot.settings import Settings
from flows.run import microseconds
from storage import messages
from storage.community import contacts, groups
from storage.counting import tallies
from storage.ids import new_id
from tests.stores import KEY

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CHAMPION = "07700 900100"


class Town:
    """Phones, a champion called Cleo who looks after the carers, and workers that run when the test says so."""

    def __init__(self, store: str, folder: Path, ways: Mapping[str, Channel] | None = None, **settings: str) -> None:
        self.time = NOON
        self.gateway = "simulator"
        self.environ = {"SAYSO_DATA": str(folder), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex(), **settings}
        self.service: Service = build(Settings.read(self.environ), now=lambda: self.time)
        self.ways = ways or {"simulator": SimulatorChannel()}

    def later(self, **span: float) -> None:
        self.time += timedelta(**span)

    def text(self, phone: str, words: str, channel: str = "sms", provider_id: str | None = None, **more: object) -> str:
        """Somebody texts; what they hear at once."""
        inbound = Inbound(
            provider_id=provider_id or f"test{new_id()}",
            address=address(phone, channel),
            channel=channel,
            gateway=self.gateway,
            body=words,
            raw=None,
            media=0,
            opt_out=None,
            received_at=self.time,
            **more,  # type: ignore[arg-type]  # what a test names goes to either
        )
        return take_turn(self.service, inbound).text

    def work(self) -> None:
        """Everything workers do now."""
        look_at_due_runs(self.service)
        while planning.plan_waiting(self.service):
            pass
        Outbox(self.service, self.ways, bulk=True).drain(
            lambda: False, pause=lambda seconds: self.later(seconds=seconds)
        )
        self.count()

    def count(self) -> None:
        """Every answer is counted."""
        while tallies.fold(self.service.database, 1000):
            pass

    def heard(self, phone: str, channel: str = "sms") -> list[str]:
        """What a phone was sent that is no answer to its own text, oldest first."""
        with self.service.database.reading() as db:
            contact_id = contacts.find(db, self.service.secrets.hash(address(phone, channel)))
            if contact_id is None:
                return []
            rows = messages.conversation(db, contact_id)
        replies = {row.reply_id for row in rows}
        reached = ("sent", "delivered", "read")
        return [r.body for r in rows if r.direction == "out" and r.id not in replies and r.status in reached]

    def group(self, name: str = "carers", champion: str = CHAMPION) -> None:
        """Make a group with a champion."""
        self.text(champion, "hi")
        at = microseconds(self.time)
        with self.service.database.transaction() as db:
            groups.add(db, name, name.capitalize(), name, at)
            contact_id = contacts.find(db, self.service.secrets.hash(address(champion)))
            assert contact_id is not None
            groups.appoint(db, contact_id, name, at)
            contacts.set_attributes(db, contact_id, {"first_name": "Cleo"})

    def member(self, phone: str, group: str = "carers") -> None:
        """Somebody joins by the word on the poster."""
        assert f"You are in {group.capitalize()} now" in self.text(phone, group)

    def remember(self, phone: str, channel: str = "sms", **attributes: object) -> None:
        """Attributes a person has."""
        with self.service.database.transaction() as db:
            contact_id = contacts.find(db, self.service.secrets.hash(address(phone, channel)))
            assert contact_id is not None
            contacts.set_attributes(db, contact_id, attributes)


def address(phone: str, channel: str = "sms") -> str:
    digits = phone.replace(" ", "")
    return f"{channel}:{'+44' + digits[1:] if digits.startswith('0') else digits}"


def phones(count: int) -> list[str]:
    """Numbers that ring nowhere."""
    return [f"07700 9002{number:02d}" for number in range(count)]


def code_in(text: str) -> str:
    """The code a champion was shown."""
    return text.partition("Reply ")[2][:4]


def shelf_in(folder: Path, flows: Mapping[str, str]) -> str:
    """A new folder `flows` with these, by their names; for FLOWS_DIR."""
    shelf = folder / "flows"
    shelf.mkdir()
    for name, source in flows.items():
        (shelf / f"{name}.yaml").write_text(source)
    return str(shelf)
