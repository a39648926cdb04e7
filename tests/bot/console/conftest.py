from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.app import create_app
from bot.console.access import Role
from bot.service import Service, build
from bot.settings import Settings
from bot.webhooks import Wsgi
from tests.bot.console.cast import Browser, Moment, join
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
