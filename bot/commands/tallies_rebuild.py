"""`sayso tallies rebuild`: count every answer, run and mark anew. Results must not change by it.

What was deleted for its age is known to the tallies alone, and stays as it was counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from bot.settings import Settings, SettingsError
from storage.counting import recounting, tallies
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
        waited = tallies.waiting(database)
        before = tallies.stored(database)
        recounting.rebuild(database)
        after = tallies.stored(database)
    finally:
        database.close()
    wrong = sum(before.get(key) != after.get(key) for key in {*before, *after})
    print(f"Counted {sum(after.values()):,} times in {len(after):,} tallies.")
    if waited or not wrong:
        print("They were right before." if not wrong else "Some answers had not been counted yet.")
        return 0
    print(f"{wrong:,} tallies were wrong, and are right now. Please report it.")
    return 1
