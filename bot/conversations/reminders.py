"""Runs that wait too long: asked again, at most twice, and ended when their time is over.

The table of due times only says when to look. What happens is decided here, under the contact's lock, from the run
itself: a row that is stale, doubled or early does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from bot import sentences
from bot.conversations import buttons, discretion
from bot.conversations.doubts import ask_first
from bot.conversations.sharing import prefixed
from bot.logs import log
from bot.service import Service
from flows.definition import Flow
from flows.due import Due, next_due, span
from flows.engine import ask_again, carry_on
from flows.run import Context, Run, Status, Turn, microseconds
from storage.conversations import due
from storage.conversations.turns import StoredTurn, open_turn_of
from storage.errors import StoreUnavailableError
from storage.ids import new_id
from storage.messages import QUESTION, REMINDER
from storage.team.alerts import UNREADABLE, tell_once

HELD = timedelta(hours=1)
"""How soon to look again at what must wait apart: a run whose contact a person of the team is answering, which neither
reminds nor expires meanwhile, or one that this version cannot read."""
LEASE = timedelta(minutes=1)
"""How long a claimed row is left alone; after that, a clock or worker that died is taken to be dead."""


def next_look(flow: Flow, run: Run) -> int:
    """When the clock should look at this run next, in microseconds since the epoch."""
    return next_due(flow, run)[0]


def look_at_due_runs(service: Service, limit: int = 100) -> int:
    """Look at up to `limit` runs whose time has come; returns how many were looked at."""
    now = microseconds(service.now())
    claimed = due.claim(service.database, now, limit, span(LEASE))
    for row in claimed:
        try:
            service.database.retrying(partial(_look, service, row.run_id, row.contact_id))
        except StoreUnavailableError:
            raise
        except Exception as error:  # as where a newer version wrote it: those behind it are looked at all the same
            log.failure("run cannot be read", error, run=row.run_id, effect="it waits")
            with service.database.transaction() as db:
                flow = due.put_off(db, row.run_id, now + span(HELD))
                tell_once(db, UNREADABLE, f"{flow}: {service.day(service.now())}", now)
    return len(claimed)


def _look(service: Service, run_id: int, contact_id: int) -> None:
    now = microseconds(service.now())
    with open_turn_of(service.database, contact_id) as stored:
        if stored.run is None or stored.run.id != run_id:
            stored.clear_due(run_id)
            return
        if stored.contact is not None and stored.contact.held_by is not None:
            stored.set_due(run_id, now + span(HELD))
            return
        run = Run.from_json(stored.run.state)
        flow = service.shelf.revision(stored.run.revision_id, run.language)
        at, what = next_due(flow, run)
        if now >= at and what is Due.END:
            stored.end_open_run(run_id, Status.EXPIRED, now)
            stored.clear_due(run_id)
            return
        if now >= at:
            act, kind = (carry_on, QUESTION) if what is Due.QUESTION else (_remind, REMINDER)
            run = speak(service, stored, flow, run, act, kind)
        stored.set_due(run_id, next_look(flow, run))


def _remind(*what: Any) -> Turn:
    """Ask the waiting question again, and count that we did."""
    turn = ask_again(*what)
    turn.run.reminders += 1
    return turn


def speak(
    service: Service, stored: StoredTurn, flow: Flow, run: Run, act: Callable[..., Turn], kind: str = REMINDER
) -> Run:
    """Ask the waiting question, again or now that its day has come, through the outbox; returns the run after it."""
    contact, waiting = stored.contact, stored.run
    assert contact is not None  # noqa: S101 -- for the type checker; a run belongs to a contact
    assert waiting is not None  # noqa: S101 -- for the type checker; the caller has looked
    context = Context(
        channel=waiting.channel,
        language=run.language,
        organisation=discretion.organisation_for(contact.attributes, service.settings.organisation),
        contact=contact.attributes,
        groups=contact.groups,
    )
    now = service.local(service.now())
    words, others = service.words(run.language), service.shelf.others(run.language)
    turn = act(flow, run, context, words, now, others)
    rings = bool(turn.text) and discretion.rings(contact.attributes, flow)
    if rings:
        discretion.ring(turn.run, seen=kind != QUESTION)
    at = microseconds(now)
    stored.save_run(waiting.id, turn.run.to_json(), turn.run.node, turn.run.status, at)
    text = prefixed(contact.initials, words.say(sentences.DOORBELL) if rings else turn.text)
    if contact.stopped_at is None and text:
        around = buttons.Surroundings(context, words, now, others)
        ask_first(service, stored, waiting.channel, at)
        content = None if rings else buttons.content(text, waiting.id, flow, turn.run, around)
        stored.add_message(
            new_id(), contact.id, waiting.id, waiting.channel, text, "queued", at, kind=kind, content=content
        )
    return turn.run
