"""`sayso backup FILE`: the whole store as one file, while Sayso runs. The key that opens the numbers is not in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from bot.exports.files import ExportFileError, whole_path
from bot.people.erased_list import FILE
from bot.settings import Settings, SettingsError
from flows.run import microseconds
from storage.database import Database, StoreSettingError, StoreUnavailableError
from storage.errors import BackupError
from storage.secrets import Secrets
from storage.team import audit
from storage.upkeep import backup

EXPECTED = (SettingsError, StoreSettingError, StoreUnavailableError, ExportFileError, BackupError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", type=Path, help="the file to write; it must not be there yet")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Write the file, whole or not at all, and say what else to keep.

    Raises:
        SettingsError, StoreSettingError: a setting is wrong.
        StoreUnavailableError: the store cannot be reached.
        ExportFileError: the file cannot be written.
        BackupError: there is a file of this name, or nothing to back up.
    """
    path: Path = arguments.file
    if path.exists():
        raise BackupError(f"{path} is there already, and a backup is never written over: choose another name.")
    settings = Settings.read(environ)
    database = Database(settings.database_url, Secrets(settings.secret_key))
    try:
        if database.missing:
            raise BackupError("There is no store yet, so there is nothing to back up.")
        with whole_path(str(path)) as unfinished, bar() as tell:
            backup.save(database, unfinished, tell)
        with database.transaction() as db:
            audit.note(db, audit.COMMAND_LINE, "backed up", "store", path.name, microseconds(datetime.now(UTC)))
    finally:
        database.close()
    print(
        f"{path} holds the whole store, {path.stat().st_size:,} bytes. Keep apart from it: the key ({_key(settings)}) "
        f"and {settings.data / FILE}, the list of who is erased. Delete it within 35 days."
    )
    return 0


def _key(settings: Settings) -> str:
    file = settings.data / "secret.key"
    return str(file) if file.exists() else "SAYSO_SECRET_KEY"


@contextmanager
def bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal that somebody watches; it is told how much is done, of how much."""
    with tqdm(file=sys.stderr, leave=False, disable=None, unit_scale=True) as shown:

        def tell(done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield tell
