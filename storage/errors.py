"""What can go wrong with the store: what is tried again, what is told, what is our own mistake."""

from __future__ import annotations


class StoreUnavailableError(Exception):
    """The store could not be reached, read or written; the message says why, without anybody's words.

    `lost` where the connection broke: the same work may succeed at once on a new one. `crossed` where another
    transaction was in the way. `not_migrated` where it has no tables yet, or old ones.
    """

    def __init__(self, sentence: str, *, lost: bool = False, crossed: bool = False, not_migrated: bool = False) -> None:
        self.lost = lost
        self.crossed = crossed
        self.not_migrated = not_migrated
        super().__init__(sentence)


class StoreMistakeError(Exception):
    """The store refused what our own code asked of it. PostgreSQL's words are cut to those without a row's values."""


class StoreSettingError(Exception):
    """DATABASE_URL names a store that cannot be used; the message is a whole sentence."""


class BackupError(Exception):
    """A backup that cannot be restored, here or at all; the message is for a person."""


NOT_MIGRATED = "The store's tables are not there or not current: run `sayso migrate`."


def unusable(said: str) -> str:
    """A sentence around what a store says."""
    return f"The store cannot be used ({said.strip().rstrip('.')})."
