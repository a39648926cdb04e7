"""What the consent ledger says about wordings."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from storage.tables import consents, runs


def wordings(db: Connection, flow: str) -> Iterator[tuple[str, str, str, str]]:
    """Scope, kind, wording and language of everything that people of a flow agreed to, refused or ended."""
    people = select(runs.c.contact_id).where(runs.c.flow == flow)
    key = (consents.c.scope, consents.c.kind, consents.c.wording, consents.c.language)
    for row in db.execute(select(*key).where(consents.c.contact_id.in_(people)).distinct().order_by(*key)):
        yield (row[0], row[1], row[2], row[3])
