from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.app import create_app
from bot.console.access import Role
from bot.service import Service, build
from bot.settings import Settings
from bot.webhooks import Wsgi
from storage.counting import tallies
from tests.bot.console.cast import Browser, Moment, join, talk
from tests.clients import Client
from tests.stores import KEY


@pytest.fixture
def clock() -> Moment:
    return Moment(datetime(2026, 11, 24, 10, tzinfo=UTC))


@pytest.fixture
def service(store: str, tmp_path, clock) -> Iterator[Service]:
    environ = {"SAYSO_DATA": str(tmp_path / "data"), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex()}
    made = build(Settings.read(environ), now=clock)
    yield made
    made.close()


@pytest.fixture
def app(service) -> Wsgi:
    return create_app(service)


@pytest.fixture
def alice(service, app) -> Browser:
    """Alice administers."""
    return join(service, Client(app), "Alice", Role.ADMINISTRATOR)


@pytest.fixture
def bob(service, app) -> Browser:
    """Bob coordinates."""
    return join(service, Client(app), "Bob", Role.COORDINATOR)


@pytest.fixture
def stranger(app, clock) -> Browser:
    """Nobody we know."""
    return Browser(Client(app), clock)


@pytest.fixture
def answered(service):
    """Thirty people: 18 very good, 10 good, 2 poor; one says why."""
    for phone in range(30):
        rating = "1" if phone < 18 else "2" if phone < 28 else "4"
        talk(service, phone, "visit", rating)
    talk(service, 0, "The nurse <i>Ada</i> was kind")
    while tallies.fold(service.database, 1000):
        pass
    return service
