"""`sayso tallies rebuild`: count every answer, run and mark anew. Results must not change by it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from bot.settings import Settings, SettingsError
from storage import retention, tallies
from storage.database import Database, StoreSettingError, StoreUnavailableError
from storage.secrets import Secrets

EXPECTED = (SettingsError, StoreSettingError, StoreUnavailableError)
PAST = (
    "Answers past their time were deleted and only the tallies still know them: counting anew would lose them. "
    "Nothing was changed."
)


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
        if retention.has_deleted_runs(database):
            print(PAST, file=sys.stderr)
            return 1
        waited = tallies.waiting(database)
        before = tallies.stored(database)
        tallies.rebuild(database)
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
