"""What a try to send took, given back where the gateway did not take the text: money, and the run that began with it.

Otherwise an hour in which nothing leaves would eat the day's money, and a text would answer a question nobody has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, false, select, update

from storage.counting import tallies
from storage.sending.claims import Begun
from storage.tables import broadcasts, contacts, marks, recipients, runs, spending


@dataclass(frozen=True, slots=True)
class Back:
    """What one try took: a price of a day's money, in thousandths of a penny, and the beginnings that go with it."""

    day: str
    price: int
    contact_id: int
    broadcast_id: int | None = None
    run_state: str | None = None
    """The run as the text will begin it when it leaves."""
    begun: Begun | None = None


def lock_people(db: Connection, backs: Sequence[Back]) -> None:
    """Lock whose beginnings may be taken back, before any of their texts, as turns do: a turn that goes on with such a
    run comes before that, or after it."""
    people = {back.contact_id for back in backs if back.begun is not None}
    if people:
        query = select(contacts.c.id).where(contacts.c.id.in_(people)).order_by(contacts.c.id)
        db.execute(query.with_for_update())
        tallies.lock(db)


def give_back(db: Connection, back: Back) -> None:
    """Give it back; a run that its person has gone on with since stays, for their answers."""
    if back.price:
        less = spending.c.spent - back.price
        db.execute(update(spending).where(spending.c.day == back.day).values(spent=less))
    if back.broadcast_id is None or (back.begun is not None and not _end(db, back.begun)):
        return
    theirs = (recipients.c.broadcast_id == back.broadcast_id, recipients.c.contact_id == back.contact_id)
    waits = {"state": "waiting", "asked_at": None, "run_state": back.run_state}
    db.execute(update(recipients).where(*theirs, recipients.c.state == "asked").values(waits))
    over = (broadcasts.c.id == back.broadcast_id, broadcasts.c.status == "done")
    db.execute(update(broadcasts).where(*over).values(status="sending", ended_at=None))


def _end(db: Connection, begun: Begun) -> bool:
    """Take a run away that nobody has answered; False where somebody has."""
    untouched = (runs.c.id == begun.run_id, runs.c.state == begun.state)
    if db.execute(select(runs.c.id).where(*untouched)).first() is None:
        return False
    tallies.take_out(db, false(), runs.c.id == begun.run_id)
    db.execute(delete(marks).where(marks.c.run_id == begun.run_id))
    db.execute(delete(runs).where(runs.c.id == begun.run_id))
    return True
