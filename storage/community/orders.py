"""What a champion has asked for and not confirmed yet: one order each, with a code that few tries can guess."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from storage.tables import orders
from storage.upserts import insert as upsert


@dataclass(frozen=True, slots=True)
class PendingOrder:
    """An order that waits for its code; `what` is JSON."""

    code_hash: bytes
    what: str
    tries_left: int
    expires_at: int


def put(db: Connection, contact_id: int, order: PendingOrder) -> None:
    """Keep an order in place of any earlier one of theirs."""
    row = {
        "code_hash": order.code_hash,
        "what": order.what,
        "tries_left": order.tries_left,
        "expires_at": order.expires_at,
    }
    statement = upsert(orders).values(contact_id=contact_id, **row)
    db.execute(statement.on_conflict_do_update(index_elements=[orders.c.contact_id], set_=row))


def get(db: Connection, contact_id: int) -> PendingOrder | None:
    """The order that waits for somebody's code."""
    found = db.execute(
        select(orders.c.code_hash, orders.c.what, orders.c.tries_left, orders.c.expires_at).where(
            orders.c.contact_id == contact_id
        )
    ).first()
    return PendingOrder(*found) if found else None


def miss(db: Connection, contact_id: int) -> None:
    """A wrong code: one try fewer."""
    db.execute(update(orders).where(orders.c.contact_id == contact_id).values(tries_left=orders.c.tries_left - 1))


def drop(db: Connection, contact_id: int) -> None:
    """The order is done with."""
    db.execute(delete(orders).where(orders.c.contact_id == contact_id))
