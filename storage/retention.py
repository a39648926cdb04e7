"""What the clock deletes: rows that serve nobody any more, and people's words and answers past their time."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, case, delete, exists, literal, select, update

from storage import audit, once, tallies, throttles, uploads
from storage.database import Database
from storage.erasure import REMOVED
from storage.tables import (
    answer_labels,
    answers,
    audits,
    dues,
    heartbeats,
    marks,
    messages,
    phone_codes,
    picks,
    reviews,
    runs,
    sessions,
)

DAY = 24 * 3600 * 1_000_000
"""Microseconds after which a session or a count of tries has long ended."""
FORGOTTEN = 30 * 24 * 3600 * 1_000_000
"""Microseconds after which a process that was not seen again is forgotten: 30 days."""
BATCH = 500
"""Runs or texts in one transaction, so that nobody who texts waits for long."""
CLOCK, DELETED = "clock", "deleted runs past their time"


def prune(database: Database, now: int) -> None:
    """Delete due times of runs that are over, signs of life of processes long gone, and what guards signing in.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    over = select(runs.c.id).where(runs.c.id == dues.c.run_id, runs.c.status != "open").exists()
    with database.transaction() as db:
        db.execute(delete(dues).where(over))
        db.execute(delete(heartbeats).where(heartbeats.c.at < now - FORGOTTEN))
        db.execute(delete(sessions).where(sessions.c.seen_at < now - DAY))
        db.execute(delete(phone_codes).where(phone_codes.c.expires_at < now))
        throttles.prune(db, now - DAY)
        uploads.prune(db, now)
        once.prune(db, now - DAY)


def delete_old_runs(database: Database, keep: Mapping[int, int], otherwise: int, now: int) -> int:
    """Delete runs that are over and have not changed for as long as they are kept, with all that was answered.

    What is not in the tallies yet waits until it is; the tallies stay. `keep` is microseconds by revision id,
    `otherwise` for other revisions. Returns how many runs.

    Raises:
        StoreUnavailableError: the store could not be reached or written; what earlier batches deleted is gone.
    """
    kept = case(dict(keep), value=runs.c.revision_id, else_=otherwise) if keep else literal(otherwise)
    changed = (tallies.Counted.WAITS, tallies.Counted.WITHDRAWN)
    old = (
        select(runs.c.id)
        .where(
            runs.c.status != "open",
            runs.c.counted == 1,
            runs.c.updated_at < now - kept,
            ~exists().where(answers.c.run_id == runs.c.id, answers.c.counted.in_(changed)),
            ~exists().where(marks.c.run_id == runs.c.id, marks.c.counted.in_(changed)),
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
    theirs = select(answers.c.id).where(answers.c.run_id.in_(ids))
    for table in (picks, reviews, answer_labels):
        db.execute(delete(table).where(table.c.answer_id.in_(theirs)))
    for table in (answers, marks, dues):
        db.execute(delete(table).where(table.c.run_id.in_(ids)))
    db.execute(delete(runs).where(runs.c.id.in_(ids)))


def blank_old_texts(database: Database, before: int) -> int:
    """Take the words out of texts older than `before`; that there was a text stays, so that none is handled twice.

    Returns how many texts.

    Raises:
        StoreUnavailableError: the store could not be reached or written; what earlier batches took out is gone.
    """
    old = (
        select(messages.c.id)
        .where(
            messages.c.created_at < before,
            messages.c.body != REMOVED,
            messages.c.status.not_in(("queued", "sending", "ambiguous")),  # may still have to be sent
        )
        .limit(BATCH)
    )
    blanked = 0
    while True:
        with database.transaction() as db:
            _unreadable(db)
            ids = list(db.execute(old).scalars())
            if ids:
                blank = {"body": REMOVED, "raw": None, "content": None}
                db.execute(update(messages).where(messages.c.id.in_(ids)).values(**blank))
        blanked += len(ids)
        if len(ids) < BATCH:
            return blanked


def has_deleted_runs(database: Database) -> bool:
    """Whether runs were ever deleted for their age: then the tallies hold more than can be counted anew."""
    with database.reading() as db:
        query = select(audits.c.id).where(audits.c.actor == CLOCK, audits.c.action == DELETED).limit(1)
        return db.execute(query.where(audits.c.target == "runs")).first() is not None


def _unreadable(db: Connection) -> None:
    """What is deleted in SQLite must not stay readable in the file's free pages."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA secure_delete = ON")
