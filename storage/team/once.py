"""Forms that act once: a second click on the same page finds its mark, and does nothing."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from storage.tables import used_forms
from storage.upserts import insert


def claim(db: Connection, form: bytes, now: int) -> bool:
    """Mark a form as used, in the transaction of what it does; False where it was used before.

    `form` is a keyed hash of the mark in the page. A click that comes at the same moment waits for this transaction.
    """
    marked = insert(used_forms).values(hash=form, used_at=now).on_conflict_do_nothing().returning(used_forms.c.hash)
    return db.execute(marked).first() is not None


def is_used(db: Connection, form: bytes) -> bool:
    """Whether a form was used before. One that is used at this moment may not be seen yet: `claim` it all the same."""
    return db.execute(select(used_forms.c.hash).where(used_forms.c.hash == form)).first() is not None


def prune(db: Connection, before: int) -> None:
    """Forget forms used before a time: no page stays open that long."""
    db.execute(delete(used_forms).where(used_forms.c.used_at < before))
