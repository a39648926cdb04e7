"""`sayso restore FILE`: fill an empty store from a backup. Whoever was erased since the backup is erased again."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.commands.backup import bar
from bot.conversations.rights import delete_files
from bot.people import erased_list
from bot.settings import Settings, SettingsError
from flows.run import microseconds
from storage.database import Database, StoreSettingError, StoreUnavailableError
from storage.errors import BackupError
from storage.secrets import Secrets
from storage.upkeep import backup

EXPECTED = (SettingsError, StoreSettingError, StoreUnavailableError, BackupError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and the lists of other machines."""
    parser.add_argument("file", type=Path, help="what `sayso backup` wrote")
    parser.add_argument(
        "--erased", type=Path, action="append", default=[], metavar="FILE",
        help=f"one more list of who was erased, beside {erased_list.FILE} in SAYSO_DATA; may be given again",
    )  # fmt: skip


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Restore, whole or not at all, and say what was done to the backup.

    Raises:
        SettingsError, StoreSettingError: a setting is wrong.
        StoreUnavailableError: the store cannot be reached or written.
        BackupError: the store is in use, a file is missing, or it is no backup for this store.
    """
    for path in (arguments.file, *arguments.erased):
        if not path.is_file():
            raise BackupError(f"There is no file {path}.")
    settings = Settings.read(environ)
    lists = [settings.data / erased_list.FILE, *arguments.erased]
    known = any(path.exists() for path in lists)
    forgotten = [each for path in lists for each in erased_list.read(path)]
    database = Database(settings.database_url, Secrets(settings.secret_key))
    try:
        with bar() as tell:
            restored = backup.restore(database, arguments.file, forgotten, microseconds(datetime.now(UTC)), tell)
    finally:
        database.close()
    delete_files(restored.files)
    print(f"The store is restored. {restored.erased} people who had been erased since the backup are erased again.")
    if not known:
        print(
            f"There was no {lists[0]}: who was erased after the backup was made may be back. Look for a copy of that "
            "list, or read the audit trail and the letters you have, before you start Sayso."
        )
    if restored.stopped or restored.doubtful:
        print(
            f"{restored.stopped} broadcasts were stopped, since nobody can tell whom they reached meanwhile; "
            f"{restored.doubtful} texts that waited are looked up at the gateway before they are sent."
        )
    return 0
