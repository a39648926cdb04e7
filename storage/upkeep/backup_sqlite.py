"""Backups of a SQLite store: a copy of the file, made page by page while others write."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from storage.database import Database
from storage.errors import BackupError

PAGES = 2_000
"""Copied at one go, about 8 MB: others may write in between."""
MAGIC = b"SQLite format 3\x00"


def save(database: Database, path: Path, tell: Callable[[int, int], None]) -> None:
    """See `storage.upkeep.backup.save`."""
    # In one view of the store: without it, each write of others would begin the copy anew.
    with database.reading() as db, closing(sqlite3.connect(path)) as target:
        source: Any = db.connection.driver_connection
        db.exec_driver_sql("SELECT 1 FROM sqlite_master").first()
        source.backup(target, pages=PAGES, progress=lambda _, left, total: tell(total - left, total))
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


@contextmanager
def incoming(database: Database, path: Path, tell: Callable[[int, int], None]) -> Iterator[Connection]:
    """See `storage.upkeep.backup.restore`: the backup is made ready beside the store's file, then takes its name."""
    if not path.read_bytes()[: len(MAGIC)] == MAGIC:
        raise BackupError(f"{path} is no backup of a SQLite store, which DATABASE_URL names.")
    target = Path(database.file)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.restoring")
    beside.touch(mode=0o600)
    try:
        _copy(path, beside, tell)
        ready = Database(f"sqlite:///{beside}", database.secrets)
        try:
            ready.migrate()
            with ready.transaction() as db:
                yield db
            ready.checkpoint()
        finally:
            ready.close()
        database.close()
        for end in ("-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        beside.replace(target)
    finally:
        for end in ("", "-wal", "-shm"):
            beside.with_name(beside.name + end).unlink(missing_ok=True)


def _copy(path: Path, to: Path, tell: Callable[[int, int], None]) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
            if source.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise BackupError(f"{path} is damaged: take another backup.")
            if source.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
                raise BackupError(f"{path} is a SQLite file, but no backup of Sayso's.")
            with closing(sqlite3.connect(to)) as target:
                source.backup(target, pages=PAGES, progress=lambda _, left, total: tell(total - left, total))
    except sqlite3.DatabaseError:
        raise BackupError(f"{path} is damaged: take another backup.") from None
