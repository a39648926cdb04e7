"""Bring the store's tables up to date; safe to run again, and by several machines at once."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from bot.settings import Settings, SettingsError
from storage.database import Database, StoreSettingError, StoreUnavailableError
from storage.secrets import Secrets

EXPECTED = (SettingsError, StoreSettingError, StoreUnavailableError)


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """No arguments: the store is a setting."""


def run(_arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Migrate the store named by the settings.

    Raises:
        SettingsError, StoreSettingError: a setting is wrong.
        StoreUnavailableError: the store cannot be reached or written.
    """
    settings = Settings.read(environ)
    database = Database(settings.database_url, Secrets(settings.secret_key))
    try:
        if database.pending_migrations():
            database.migrate()
            print("The store's tables are up to date now.")
        else:
            print("The store's tables were up to date already.")
    finally:
        database.close()
    return 0
