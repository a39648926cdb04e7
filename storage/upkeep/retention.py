"""What the clock deletes: rows that serve nobody any more, and people's words and answers past their time."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from sqlalchemy import Connection, bindparam, delete, exists, literal, literal_column, select, update

from storage.community import uploads
from storage.community.contacts import tables_of_answers
from storage.community.erasure import REMOVED
from storage.counting import tallies
from storage.counting.tally_rows import CHANGED
from storage.database import Database
from storage.tables import (
    addresses,
    answers,
    heartbeats,
    marks,
    messages,
    phone_codes,
    redactions,
    runs,
    sessions,
    uncounted,
)
from storage.team import audit, once, throttles
from storage.upkeep.heartbeats import beat
from storage.upkeep.heartbeats import read as heartbeats_of
from storage.upserts import insert

DAY = 24 * 3600 * 1_000_000
"""Microseconds after which a session or a count of tries has long ended."""
FORGOTTEN = 30 * 24 * 3600 * 1_000_000
"""Microseconds after which a process that was not seen again is forgotten: 30 days."""
BATCH = 500
"""Runs or texts in one transaction, so that nobody who texts waits for long."""
BLANKED = "blanked to"
"""The sign that holds the id of the last text whose words were taken out: those before it are not looked at again."""
_UNSENT = ("queued", "sending", "ambiguous")
CLOCK, DELETED = "clock", "deleted runs past their time"


def prune(database: Database, now: int) -> None:
    """Delete signs of life of processes long gone, and what guards signing in.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    with database.transaction() as db:
        db.execute(delete(heartbeats).where(heartbeats.c.at < now - FORGOTTEN))
        db.execute(delete(sessions).where(sessions.c.seen_at < now - DAY))
        db.execute(delete(phone_codes).where(phone_codes.c.expires_at < now))
        throttles.prune(db, now - DAY)
        uploads.prune(db, now)
        once.prune(db, now - DAY)


def delete_old_runs(database: Database, keep: Mapping[int, int], now: int) -> int:
    """Delete runs that are over and have not changed for as long as they are kept, with all that was answered.

    What is not in the tallies yet waits until it is; the tallies stay. `keep` is microseconds by revision id. Returns
    how many runs.

    Raises:
        StoreUnavailableError: the store could not be reached or written; what earlier batches deleted is gone.
    """
    alike: dict[int, list[int]] = {}
    for revision_id, kept in keep.items():
        alike.setdefault(kept, []).append(revision_id)
    return sum(_delete_older(database, revision_ids, now - kept, now) for kept, revision_ids in alike.items())


def _delete_older(database: Database, revision_ids: list[int], before: int, now: int) -> int:
    old = (
        select(runs.c.id)
        .where(
            runs.c.revision_id.in_(revision_ids),
            runs.c.updated_at < before,
            # Written out: a planner takes a partial index only for the words of its condition.
            literal_column("runs.status <> 'open'"),
            runs.c.counted == 1,
            ~exists().where(answers.c.run_id == runs.c.id, answers.c.id == uncounted.c.answer_id),
            ~exists().where(marks.c.run_id == runs.c.id, marks.c.counted.in_(CHANGED)),
        )
        .limit(BATCH)
    )
    deleted = 0
    while True:
        with database.transaction() as db:
            tallies.lock(db)
            ids = list(db.execute(old).scalars())
            if ids:
                _delete_runs(db, ids)
                audit.note(db, CLOCK, DELETED, "runs", f"{len(ids)} runs", now)
        deleted += len(ids)
        if len(ids) < BATCH:
            return deleted


def _delete_runs(db: Connection, ids: list[int]) -> None:
    _unreadable(db)
    tallies.leave_behind(db, answers.c.run_id.in_(ids), runs.c.id.in_(ids))
    theirs = select(answers.c.id).where(answers.c.run_id.in_(ids))
    for table in tables_of_answers():
        db.execute(delete(table).where(table.c.answer_id.in_(theirs)))
    for table in (answers, marks):
        db.execute(delete(table).where(table.c.run_id.in_(ids)))
    db.execute(delete(runs).where(runs.c.id.in_(ids)))


def blank_old_texts(database: Database, before: int, now: int) -> int:
    """Take the words out of texts older than `before`; that there was a text stays, so that none is handled twice.

    Their copies at the gateway are put on the list of those to be emptied. Returns how many texts.

    Raises:
        StoreUnavailableError: the store could not be reached or written; what earlier batches took out is gone.
    """
    with database.reading() as db:
        after = int(heartbeats_of(db).get(BLANKED, (0, "0"))[1])
    # Ids grow with time, so that the first text that is young enough ends the look.
    row = messages.c
    next_ones = (
        select(row.id, row.status, row.created_at).where(row.id > bindparam("after")).order_by(row.id).limit(BATCH)
    )
    blanked = 0
    while True:
        with database.transaction() as db:
            _unreadable(db)
            found = list(takewhile(lambda text: text.created_at < before, db.execute(next_ones, {"after": after})))
            ids = [text.id for text in found if text.status not in _UNSENT]
            if ids:
                _empty_copies(db, ids, now)
                blank = {"body": REMOVED, "raw": None, "content": None}
                blanked += db.execute(
                    update(messages).where(row.id.in_(ids), row.body != REMOVED).values(**blank)
                ).rowcount
        after = found[-1].id if found else after
        waits = [text.id - 1 for text in found if text.status in _UNSENT]  # looked at again the next time
        if len(found) < BATCH or waits:
            beat(database, BLANKED, str(min([after, *waits])), now)
            return blanked


def _empty_copies(db: Connection, ids: list[int], now: int) -> None:
    """Have the gateway asked to empty its copies of texts, until it has done so."""
    theirs = (addresses.c.contact_id == messages.c.contact_id) & (addresses.c.channel == messages.c.channel)
    copies = (
        select(messages.c.provider_id, messages.c.channel, addresses.c.gateway, literal(now).label("due_at"))
        .join(addresses, theirs)
        .where(
            messages.c.id.in_(ids),
            messages.c.provider_id.is_not(None),
            messages.c.body != REMOVED,
            addresses.c.gateway == "twilio",
        )
        .distinct()
    )
    columns = ["provider_id", "channel", "gateway", "due_at"]
    db.execute(insert(redactions).from_select(columns, copies).on_conflict_do_nothing())


def _unreadable(db: Connection) -> None:
    """What is deleted in SQLite must not stay readable in the file's free pages."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA secure_delete = ON")
