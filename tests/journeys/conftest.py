"""Whole journeys: the real application on an empty store, texted by the fake Twilio with real signatures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from bot.app import create_app
from bot.service import Service, build
from bot.settings import Settings
from bot.webhooks import Wsgi
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio.fake import ACCOUNT_SID, PUBLIC_URL, TOKEN
from tests.stores import KEY

SAM = "+447700900123"
ALEX = "+447700900124"


class Clock:
    """The time of a journey, which only the test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Journey:
    """One service and everybody around it."""

    service: Service
    app: Wsgi
    twilio: FakeTwilio
    clock: Clock
    environ: dict[str, str]

    def say(self, *texts: str, sender: str = SAM) -> list[str]:
        """Text these one after another, a minute apart; returns the replies."""
        replies = []
        for text in texts:
            self.clock.pass_by(minutes=1)
            replies.append(self.twilio.text(sender, text).reply)
        return replies

    def rows(self, table: Table) -> list[dict[str, object]]:
        """Every row of a table, oldest first."""
        with self.service.database.reading() as db:
            return [dict(row) for row in db.execute(select(table).order_by(*table.primary_key)).mappings()]

    def count(self, table: Table, **where: object) -> int:
        """How many rows there are with these values."""
        query = (
            select(func.count()).select_from(table).where(*(table.c[name] == value for name, value in where.items()))
        )
        with self.service.database.reading() as db:
            return int(db.execute(query).scalar_one())


@pytest.fixture
def environ(store: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a service on this store."""
    return {
        "SAYSO_DATA": str(tmp_path / "data"),
        "DATABASE_URL": store,
        "SAYSO_SECRET_KEY": KEY.hex(),
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    }


@pytest.fixture
def journey(environ: dict[str, str]) -> Iterator[Journey]:
    clock = Clock()
    service = build(Settings.read(environ), now=clock)
    app = create_app(service)
    yield Journey(service, app, FakeTwilio(target=app, now=clock), clock, environ)
    service.close()
