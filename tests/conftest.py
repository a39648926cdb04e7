"""What tests of every room share: both stores, and a closing line that says what was really tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from storage.database import Database
from tests import browser
from tests.servers import postgresql_server
from tests.stores import SECRETS, PostgresqlStores, SqliteStores

# The same examples at every run, and no limit that a slow machine would break.
settings.register_profile("sayso", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sayso")

STORES = ("sqlite", "postgresql")
TRIED = "tried"


@pytest.fixture(scope="session")
def sqlite_stores(tmp_path_factory: pytest.TempPathFactory) -> SqliteStores:
    return SqliteStores(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_stores() -> Iterator[PostgresqlStores]:
    with postgresql_server() as url:
        stores = PostgresqlStores(url)
        yield stores
        stores.close()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store with its tables: each test that asks for it runs on SQLite and on PostgreSQL."""
    stores: SqliteStores | PostgresqlStores = request.getfixturevalue(f"{request.param}_stores")
    request.node.user_properties.append((TRIED, stores.name))
    with stores.empty(tmp_path) as url:
        yield url


@pytest.fixture
def database(store: str) -> Iterator[Database]:
    """The same store, opened."""
    opened = Database(store, SECRETS)
    yield opened
    opened.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing is left out silently: say which stores ran, and whether a browser did."""
    passed = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    tried = sorted({value for report in passed for name, value in report.user_properties if name == TRIED})
    terminalreporter.write_line(f"stores: {' and '.join(tried) or 'none was tried'}")
    terminalreporter.write_line(browser.closing_line())
