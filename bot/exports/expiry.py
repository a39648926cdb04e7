"""Restricted files end: noted when they are made, deleted when their time is over, each on the machine it stands on."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from bot.logs import log
from flows.run import microseconds
from storage.database import Connection, Database
from storage.publishing import releases
from storage.publishing.releases import ExportFile

LATE = timedelta(hours=3)
"""After which a file that is past its time is not going to be deleted by itself: the clock looks every hour."""
LOST = timedelta(days=90)


def machine() -> str:
    """The name of this machine."""
    return socket.gethostname()


def remember(database: Database, out: str, flow: str, now: datetime, ends: datetime | None, unfinished: Path) -> None:
    """Note a whole file that is about to take its name, and when to delete it: a kill in between leaves none that
    nobody knows of. No end: it may stay, though it takes the place of one that may not."""
    found = unfinished.stat()
    file = ExportFile(str(Path(out).absolute()), found.st_size, found.st_mtime_ns, machine())
    with database.reading() as db:
        if ends is None and not releases.keeps(db, file):
            return
    with database.transaction() as db:
        releases.forget_file(db, file)
        if ends is not None:
            releases.add_file(db, file, flow, microseconds(now), microseconds(ends))


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
