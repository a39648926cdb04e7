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
from storage.tables import metadata

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
    """Hands out databases of one server; `url` names one that may make others.

    To make a database takes longer than most tests: one that a test left as it was made is emptied and used again.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._owner = psycopg.connect(url, autocommit=True)
        self.name = f"PostgreSQL {self._owner.info.server_version // 10000}"
        self._template = self._make("sayso_template")
        self._spare: str | None = None
        _migrate(self._address(self._template))

    @contextmanager
    def empty(self, _folder: Path) -> Iterator[str]:
        """The address of an empty store, with its tables; nobody is connected to it after the test."""
        name, self._spare = self._spare or self._make(f"sayso_test_{next(_numbers)}", self._template), None
        address = self._address(name)
        with psycopg.connect(address) as db:
            made = _shape(db)
        try:
            yield address
        finally:
            self._owner.execute(_DISCONNECT, (name,))
            if self._emptied(address, made):
                self._spare = name
            else:
                self._drop(name)

    def close(self) -> None:
        """Leave the server as it was."""
        for name in filter(None, (self._spare, self._template)):
            self._drop(name)
        self._owner.close()

    def _emptied(self, address: str, made: object) -> bool:
        """Take all rows out; False where there is more to put right than that."""
        try:
            with psycopg.connect(address) as db:
                if _shape(db) != made:
                    return False
                db.execute(_EMPTY)
        except psycopg.Error:
            return False
        return True

    def _drop(self, name: str) -> None:
        self._owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _make(self, name: str, template: str = "template0") -> str:
        name = f"{name}_{self._owner.info.backend_pid}"  # several test processes may share a server
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._owner.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)


_DISCONNECT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
_EMPTY = ";".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))
_SHAPE = """
SELECT count(*), sum(hashtext(concat(oid, relname, relfilenode, relnatts, reltuples))),
       sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'r') > 4000000,
       (SELECT count(*) FROM pg_namespace), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_db_role_setting),
       pg_conf_load_time()
FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
"""Tables and indexes, also whether they were looked over (statistics change plans) or have grown much; what was made
beside them; settings."""


def _shape(db: psycopg.Connection) -> object:
    return db.execute(_SHAPE).fetchone()


def _migrate(url: str) -> None:
    database = Database(url, SECRETS)
    database.migrate()
    database.close()
