"""Both stores, each test on an empty one of its own: a copy of a store that was migrated once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from storage.database import Database
from storage.secrets import Secrets

KEY = bytes(range(32))
"""The key of every store in the tests, as SAYSO_SECRET_KEY `KEY.hex()`."""
SECRETS = Secrets(KEY)

_numbers = count()


class SqliteStores:
    """Hands out SQLite files."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        self.name = f"SQLite {sqlite3.sqlite_version}"
        _migrate(f"sqlite:///{self._template}")

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """The address of an empty store in this folder, with its tables."""
        path = folder / "sayso.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"


class PostgresqlStores:
    """Hands out databases of one server; `url` names one that may make others."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._owner = psycopg.connect(url, autocommit=True)
        self.name = f"PostgreSQL {self._owner.info.server_version // 10000}"
        self._template = self._make("sayso_template")
        _migrate(self._address(self._template))

    @contextmanager
    def empty(self, _folder: Path) -> Iterator[str]:
        """The address of an empty store, with its tables; it is gone after the test."""
        name = self._make(f"sayso_test_{next(_numbers)}", self._template)
        try:
            yield self._address(name)
        finally:
            self._owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def close(self) -> None:
        """Leave the server as it was."""
        self._owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._template)))
        self._owner.close()

    def _make(self, name: str, template: str = "template0") -> str:
        name = f"{name}_{self._owner.info.backend_pid}"  # several test processes may share a server
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._owner.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


def _migrate(url: str) -> None:
    database = Database(url, SECRETS)
    database.migrate()
    database.close()
