"""Backups of a PostgreSQL store: a zip with what COPY gives of each table, and the revision of the tables.

Not pg_dump, which must be installed, refuses a server newer than itself, and would bring indexes and rights of another
server along. The tables are made by our own migrations; what is copied is rows.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, inspect

from storage.database import Database
from storage.errors import BackupError
from storage.upkeep.backup import our_tables

ABOUT = "sayso.json"
CHUNK = 1 << 16


def save(database: Database, path: Path, tell: Callable[[int, int], None]) -> None:
    """See `storage.upkeep.backup.save`."""
    with database.reading() as db:
        _no_hurry(db)
        tables = {name: _columns(db, name) for name in our_tables(db)}
        rows = {name: _count(db, name) for name in tables}
        about = {"revision": _revision(db), "tables": tables, "rows": rows}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            file.writestr(ABOUT, json.dumps(about))
            done, total = 0, sum(rows.values())
            for name, columns in tables.items():
                with (
                    file.open(name, "w", force_zip64=True) as member,
                    _cursor(db) as cursor,
                    cursor.copy(_statement("COPY {} ({}) TO STDOUT", name, columns)) as copy,
                ):
                    for row in copy:
                        member.write(row)
                        done += 1
                        if done % 1_000 == 0:
                            tell(done, total)
            tell(total, total)


@contextmanager
def incoming(database: Database, path: Path, tell: Callable[[int, int], None]) -> Iterator[Connection]:
    """See `storage.upkeep.backup.restore`: one transaction makes the tables, fills them, and brings them up to date."""
    with _opened(path) as (file, about), database.transaction() as db:
        _no_hurry(db)
        for name in [*our_tables(db), "alembic_version"]:
            db.exec_driver_sql(f"DROP TABLE IF EXISTS {name} CASCADE")
        database.upgrade(db, about["revision"])
        done, total = 0, sum(about["rows"].values())
        for name, columns in about["tables"].items():
            with _cursor(db) as cursor:
                with (
                    file.open(name) as member,
                    cursor.copy(_statement("COPY {} ({}) FROM STDIN", name, columns)) as copy,
                ):
                    while chunk := member.read(CHUNK):
                        copy.write(chunk)
                        done += chunk.count(b"\n")
                        tell(done, total)
                if cursor.rowcount != about["rows"][name]:
                    raise BackupError(f"{path} is damaged: take another backup.")
        database.upgrade(db)
        yield db


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    try:
        file = zipfile.ZipFile(path)
        about = json.loads(file.read(ABOUT))
    except (zipfile.BadZipFile, KeyError, ValueError, zlib.error):
        raise BackupError(f"{path} is no backup of a PostgreSQL store, which DATABASE_URL names.") from None
    with file:
        if not _whole(file):
            raise BackupError(f"{path} is damaged: take another backup.")
        yield file, about


def _whole(file: zipfile.ZipFile) -> bool:
    try:
        return file.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return False


def _no_hurry(db: Connection) -> None:
    db.exec_driver_sql("SET LOCAL statement_timeout = 0")
    db.exec_driver_sql("SET LOCAL client_encoding = 'UTF8'")


def _cursor(db: Connection) -> Any:
    raw: Any = db.connection.driver_connection
    return raw.cursor()


def _columns(db: Connection, table: str) -> list[str]:
    return [column["name"] for column in inspect(db).get_columns(table)]


def _count(db: Connection, table: str) -> int:
    return int(db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608 -- a name of ours


def _revision(db: Connection) -> str:
    return str(db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def _statement(text: str, table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(text).format(sql.Identifier(table), names)
