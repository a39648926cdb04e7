"""Finding contacts."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.tables import addresses


def find(db: Connection, address_hash: bytes) -> int | None:
    """The contact an address belongs to; None for an address nobody has texted from."""
    return db.execute(select(addresses.c.contact_id).where(addresses.c.hash == address_hash)).scalar()
