"""What coordinators changed on the shelf: flows switched off, and uploaded revisions in place of files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.tables import shelf_changes
from storage.upserts import insert


@dataclass(frozen=True, slots=True)
class ShelfChange:
    """How one flow differs from the files. `revision_id`: the uploaded revision; `off`: new runs may not begin."""

    flow: str
    revision_id: int | None
    off: bool


def read(db: Connection) -> list[ShelfChange]:
    """Every change there is: at most one a flow."""
    row = shelf_changes.c
    found = db.execute(select(row.flow, row.revision_id, row.off_at).order_by(row.flow))
    return [ShelfChange(each.flow, each.revision_id, each.off_at is not None) for each in found]


def switch(db: Connection, flow: str, *, off: bool, now: int) -> None:
    """Switch a flow off, or on again."""
    _change(db, flow, now, off_at=now if off else None)


def use_revision(db: Connection, flow: str, revision_id: int | None, now: int) -> None:
    """New runs begin on this uploaded revision; None: on the file's own again."""
    _change(db, flow, now, revision_id=revision_id)


def _change(db: Connection, flow: str, now: int, **values: int | None) -> None:
    statement = insert(shelf_changes).values(flow=flow, changed_at=now, **values)
    db.execute(statement.on_conflict_do_update(index_elements=["flow"], set_={"changed_at": now, **values}))
