"""A whole store as one file, and a store made from such a file: whoever was erased meanwhile is erased again.

A backup holds what residents wrote and their sealed numbers; the key that opens those is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select, update

from storage.community import erasure
from storage.community.erasure import Tombstone
from storage.database import Database
from storage.errors import BackupError
from storage.messages import Status
from storage.publishing.releases import ExportFile
from storage.secrets import SealBrokenError
from storage.sending import broadcasts
from storage.tables import addresses, contacts, erased, messages, metadata, users
from storage.tables import broadcasts as sent_out
from storage.team import audit
from storage.upkeep import heartbeats

Tell = Callable[[int, int], None]
"""Hears how much is done, of how much: pages on SQLite, rows on PostgreSQL."""

_IN_USE = (contacts, messages, users, erased)


@dataclass(frozen=True, slots=True)
class Restored:
    """What had to be done to a backup before it could be used."""

    erased: int
    """People who had been forgotten since."""
    files: tuple[ExportFile, ...]
    """Exports that may hold lines of theirs: delete them."""
    stopped: int
    """Broadcasts ended, because nobody can tell whom they have reached meanwhile."""
    doubtful: int
    """Texts that waited, which may have been sent meanwhile: the gateway is asked first."""


def _store(database: Database) -> Any:
    return import_module(f"storage.upkeep.backup_{'postgresql' if database.is_postgresql else 'sqlite'}")


def save(database: Database, path: Path, tell: Tell) -> None:
    """Write the store, as it stands at one moment, over the file at `path`. Others read and write meanwhile.

    Raises:
        StoreUnavailableError: the store could not be read.
        OSError: the file could not be written.
    """
    _store(database).save(database, path, tell)


def restore(database: Database, path: Path, forgotten: Iterable[Tombstone], now: int, tell: Tell) -> Restored:
    """Fill an empty store from a backup, whole or not at all.

    Args:
        database: a store in which nobody is yet.
        path: what `save` wrote, from the same kind of store, with this or an older version's tables.
        forgotten: who was erased after the backup was made.
        now: microseconds.
        tell: hears of the progress.

    Raises:
        BackupError: the store is in use, or the file is no backup for it, or sealed with another key.
        StoreUnavailableError: the store could not be written.
    """
    if _in_use(database):
        raise BackupError(
            "The store holds people already, and a backup would take their place: move that store away first, or name "
            "an empty one in DATABASE_URL. Nothing was changed."
        )
    with _store(database).incoming(database, path, tell) as db:
        _check_key(db, database)
        again, files = _forget_again(db, database, forgotten, now)
        stopped, doubtful = _hold_back(db, now)
        heartbeats.note(db, heartbeats.RESTORED, "ok", now)
        audit.note(db, audit.COMMAND_LINE, "restored a backup", "store", f"{again} people erased again", now)
    return Restored(again, files, stopped, doubtful)


def _in_use(database: Database) -> bool:
    if database.missing:
        return False
    with database.reading() as db:
        there = set(inspect(db).get_table_names())
        return any(
            db.execute(select(table.primary_key.columns[0]).limit(1)).first() is not None
            for table in _IN_USE
            if table.name in there
        )


def our_tables(db: Connection) -> list[str]:
    """The names of our tables that are there, those that others point to first."""
    there = set(inspect(db).get_table_names())
    return [table.name for table in metadata.sorted_tables if table.name in there]


def _check_key(db: Connection, database: Database) -> None:
    sealed = db.execute(select(addresses.c.encrypted).limit(1)).scalar()
    try:
        if sealed is not None:
            database.secrets.unseal(sealed)
    except SealBrokenError:
        raise BackupError(
            "This backup was sealed with another key: set SAYSO_SECRET_KEY to the one it was made with, or put that "
            "secret.key into SAYSO_DATA. Nothing was changed."
        ) from None


def _forget_again(
    db: Connection, database: Database, forgotten: Iterable[Tombstone], now: int
) -> tuple[int, tuple[ExportFile, ...]]:
    erasure.remember(db, forgotten)
    back = erasure.come_back(db, database.secrets)
    receipts = [erasure.erase(db, database.secrets, contact_id, now) for contact_id in back]
    return len(back), tuple(file for receipt in receipts for file in receipt.files)


def _hold_back(db: Connection, now: int) -> tuple[int, int]:
    """What was on its way when the backup was made may have arrived since: nothing of it is sent unasked."""
    begun = sent_out.c.status.in_(("scheduled", "planning", "sending")) & (sent_out.c.starts_at <= now)
    ids = list(db.execute(select(sent_out.c.id).where(begun)).scalars())
    for broadcast_id in ids:
        broadcasts.stop(db, broadcast_id, now)
    by_phone_page = select(addresses.c.contact_id).where(addresses.c.gateway == "simulator")
    waits = messages.c.status.in_((Status.QUEUED, Status.SENDING)) & messages.c.contact_id.not_in(by_phone_page)
    doubtful = db.execute(
        update(messages).where(waits).values(status=Status.AMBIGUOUS, due_at=now, token=None, lease_until=None)
    ).rowcount
    return len(ids), doubtful
