"""Restricted files end: noted when they are made, deleted when their time is over, each on the machine it stands on."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bot.logs import log
from storage.database import Connection, Database
from storage.publishing import releases
from storage.publishing.releases import ExportFile

LATE = timedelta(hours=3)
"""After which a file that is past its time is not going to be deleted by itself: the clock looks every hour."""
LOST = timedelta(days=90)


def machine() -> str:
    """The name of this machine."""
    return socket.gethostname()


def remember(database: Database, out: str, flow: str, now: int, expires_at: int | None) -> None:
    """Note a file that has just taken its name, and when to delete it. None: it may stay, though it took the place of
    one that may not."""
    path = Path(out).absolute()
    found = path.stat()
    file = ExportFile(str(path), found.st_size, found.st_mtime_ns, machine())
    with database.reading() as db:
        if expires_at is None and not releases.keeps(db, file):
            return
    with database.transaction() as db:
        releases.forget_file(db, file)
        if expires_at is not None:
            releases.add_file(db, file, flow, now, expires_at)


def delete_expired(database: Database, now: int) -> int:
    """Delete the files whose time is over and that stand here; returns how many are settled. What cannot be deleted, or
    was made on another machine and is not seen from this one, is tried again."""
    with database.reading() as db:
        files = releases.expired(db, now)
    settled = 0
    for file in files:
        try:
            gone = delete(file)
        except OSError as error:
            log.warning("export not deleted", reason=type(error).__name__)
            continue
        if gone:
            with database.transaction() as db:
                releases.forget_file(db, file)
            settled += 1
    return settled


def delete(file: ExportFile) -> bool:
    """Delete a file; whatever else somebody has put in its place stays. False: it may still stand on another machine.

    Raises:
        OSError: it cannot be deleted.
    """
    path = Path(file.path)
    with suppress(FileNotFoundError):
        found = path.stat()
        if (found.st_size, found.st_mtime_ns) == (file.size, file.modified_ns):
            path.unlink()
            return True
    return file.machine == machine()


def forget_lost(database: Database, now: int) -> None:
    """Forget files so long past their time that the machine they were made on can be taken for gone."""
    with database.transaction() as db:
        releases.forget_files(db, now - LOST // timedelta(microseconds=1))


def left_behind(db: Connection, now: int) -> Counter[str]:
    """How many files stand past their time, by the machine they were made on."""
    return Counter(file.machine for file in releases.expired(db, now - LATE // timedelta(microseconds=1)))
