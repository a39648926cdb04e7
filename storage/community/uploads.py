"""Lists of people between their preview and the click that uses them: sealed, for an hour, each used once."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert

from storage.tables import uploads


def keep(db: Connection, name: bytes, sealed: bytes, expires_at: int) -> None:
    """Keep a sealed list under a keyed hash of its name."""
    db.execute(insert(uploads).values(hash=name, sealed=sealed, expires_at=expires_at))


def take(db: Connection, name: bytes, now: int) -> bytes | None:
    """Take a list out; None where it was taken before, or its hour is over."""
    row = uploads.c
    return db.execute(
        delete(uploads).where(row.hash == name, row.expires_at > now).returning(row.sealed)
    ).scalar_one_or_none()


def prune(db: Connection, now: int) -> None:
    """Forget lists whose hour is over."""
    db.execute(delete(uploads).where(uploads.c.expires_at <= now))
