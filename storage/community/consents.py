"""What the consent ledger says about wordings."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from storage.tables import consents, runs


def given(db: Connection, contact_id: int, scope: str) -> tuple[str, str] | None:
    """The wording that somebody last agreed to under a name, and its language; None where they never did."""
    said = (consents.c.contact_id == contact_id, consents.c.scope == scope, consents.c.kind == "given")
    query = select(consents.c.wording, consents.c.language).where(*said).order_by(consents.c.id.desc()).limit(1)
    found = db.execute(query).first()
    return None if found is None else (found.wording, found.language)


def wordings(db: Connection, flow: str) -> Iterator[tuple[str, str, str, str]]:
    """Scope, kind, wording and language of everything that people of a flow agreed to, refused or ended."""
    people = select(runs.c.contact_id).where(runs.c.flow == flow)
    key = (consents.c.scope, consents.c.kind, consents.c.wording, consents.c.language)
    for row in db.execute(select(*key).where(consents.c.contact_id.in_(people)).distinct().order_by(*key)):
        yield (row[0], row[1], row[2], row[3])
