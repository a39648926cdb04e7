"""What the consent ledger says about wordings."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, literal_column, select

from storage.tables import consents, runs


def given(db: Connection, contact_id: int, scope: str) -> tuple[str, str] | None:
    """The wording that somebody last agreed to under a name, and its language; None where they never did."""
    said = (consents.c.contact_id == contact_id, consents.c.scope == scope, consents.c.kind == "given")
    query = select(consents.c.wording, consents.c.language).where(*said).order_by(consents.c.id.desc()).limit(1)
    found = db.execute(query).first()
    return None if found is None else (found.wording, found.language)


def wordings(db: Connection, flow: str, fewest: int, *, apart: bool) -> Iterator[tuple[str, str, str, str]]:
    """Scope, kind, wording and language of what people of a flow agreed to, refused or ended.

    Args:
        db: one view of the store.
        flow: its id.
        fewest: people of whom an entry must be.
        apart: by kind; else all kinds together, and the kind is empty.
    """
    people = select(runs.c.contact_id).where(runs.c.flow == flow)
    kind = consents.c.kind if apart else literal_column("''")
    key = (consents.c.scope, consents.c.wording, consents.c.language)
    told_apart = (key[0], consents.c.kind, *key[1:]) if apart else key
    query = select(key[0], kind, *key[1:]).where(consents.c.contact_id.in_(people)).group_by(*told_apart)
    query = query.having(func.count(consents.c.contact_id.distinct()) >= fewest)
    for row in db.execute(query.order_by(*told_apart)):
        yield (row[0], row[1], row[2], row[3])
