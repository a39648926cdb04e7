"""What the clock tidies: texts spooled while the store was away, and rows whose time is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.channels import Channel, SendError
from bot.conversations.backfill import late_turn
from bot.conversations.danger import hear_danger
from bot.conversations.exchange import GIVEN, QUEUED
from bot.exports import expiry
from bot.logs import log
from bot.service import Service
from flows.loader import FlowError
from flows.run import microseconds
from storage.community import erasure
from storage.conversations import revisions
from storage.upkeep import retention

COPIES = 20
"""Copies emptied at one go: some seconds' work, so that a worker looks up in between."""
DAY = 24 * 3600 * 1_000_000
COPY_AGAIN = 10 * 60 * 1_000_000
"""Microseconds after which a copy is tried again, doubled each time up to a day."""


def hand_in_spooled(service: Service) -> int:
    """Handle every text kept while the store was away, oldest first; returns how many. Once more does no harm.

    Raises:
        StoreUnavailableError: the store is away again; what was not handled is still kept.
    """
    handled = 0
    for path, inbound in service.spool.waiting():
        # Who cried for help was told whom to call when the text was kept, and is not told a second time.
        cried = inbound.opt_out is None and hear_danger(inbound.body, young_people=service.settings.young_people)
        if late_turn(service, replace(inbound, recovered=True), GIVEN if cried else QUEUED) is None:
            continue  # it stays where it is, and does not hold up the others
        path.unlink(missing_ok=True)
        handled += 1
    return handled


def tidy(service: Service) -> None:
    """Delete rows and files that serve nobody any more."""
    now = microseconds(service.now())
    retention.prune(service.database, now)
    delete_what_is_past_its_time(service, now)
    expiry.delete_expired(service.database, now)
    expiry.forget_lost(service.database, now)
    service.database.checkpoint()


def delete_what_is_past_its_time(service: Service, now: int) -> None:
    """Keep what WHY promises: runs and answers as long as their flow's revision says, texts as `SAYSO_KEEP_DAYS`."""
    database, default = service.database, service.settings.keep_days * DAY
    keep = {}
    for number in revisions.ids(database):
        keep[number] = _kept(service, number) or default
    runs = retention.delete_old_runs(database, keep, now)
    texts = retention.blank_old_texts(database, now - default, now)
    if runs or texts:
        log.info("past their time", runs=runs, texts=texts)


def _kept(service: Service, revision_id: int) -> int | None:
    """How long a revision says that its answers are kept, in microseconds; None where it does not say."""
    try:
        flow = service.shelf.revision(revision_id, service.settings.language)
    except FlowError as error:  # published by another version of Sayso; all else must be tidied all the same
        log.error("revision cannot be read", revision=revision_id, problem=error.problems[0])
        return None
    return flow.keep // timedelta(microseconds=1) if flow.keep else None


def empty_copies(service: Service, ways: Mapping[str, Channel], now: int) -> int:
    """Have gateways empty some copies of erased texts; returns how many did. What fails is tried again later."""
    with service.database.reading() as db:
        copies = erasure.copies_due(db, now, COPIES)
    emptied = 0
    for copy in copies:
        try:
            ways[copy.gateway].redact(copy.provider_id)
        except (KeyError, SendError):  # no such gateway is set up just now, or it could not
            with service.database.transaction() as db:
                erasure.copy_later(db, copy.provider_id, now + min(COPY_AGAIN << min(copy.attempts, 8), DAY))
            continue
        with service.database.transaction() as db:
            erasure.copy_emptied(db, copy.provider_id)
        emptied += 1
    return emptied
