"""`sayso tallies rebuild`: count every answer, run and mark anew. Results must not change by it.

What was deleted for its age is known to the tallies alone, and stays as it was counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from bot.settings import Settings, SettingsError
from storage.counting import recounting
from storage.database import Database, StoreSettingError, StoreUnavailableError
from storage.secrets import Secrets

EXPECTED = (SettingsError, StoreSettingError, StoreUnavailableError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""
    del parser


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Rebuild, and say whether anything was otherwise before; 1 where it was.

    Raises:
        SettingsError, StoreSettingError: a setting is wrong.
        StoreUnavailableError: the store cannot be reached or written; the tallies are as they were.
    """
    del arguments
    settings = Settings.read(environ)
    database = Database(settings.database_url, Secrets(settings.secret_key))
    try:
        found = recounting.rebuild(database)
    finally:
        database.close()
    print(f"Counted {found.sum:,} times in {found.tallies:,} tallies.")
    if not found.wrong:
        print("They were right before.")
        return 0
    print(f"{found.wrong:,} tallies were wrong, and are right now. Please report it.")
    return 1
