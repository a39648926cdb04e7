"""From a confirmed broadcast to rows in the outbox: in batches, so that a worker that dies loses and doubles none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.broadcasts.budget import budget_begins
from bot.broadcasts.draft import Draft, Kind, audience_of
from bot.broadcasts.exclusions import Exclusion
from bot.broadcasts.filters import matches, parse_filter
from bot.broadcasts.rendering import MOST_REMINDERS, Rendered, render
from bot.broadcasts.rules import Rules
from bot.broadcasts.schedule import Repeat, Schedule
from bot.broadcasts.silence import silent_people
from bot.conversations import discretion
from bot.logs import log
from bot.people.numbers import country_of
from bot.sentences import STILL_THE_SAME
from bot.service import Service
from flows.due import span
from flows.run import Run, Status, microseconds, moment
from flows.text import smart
from storage.community import doubts
from storage.community.doubts import WHOSE
from storage.database import Connection
from storage.ids import new_id
from storage.messages import Waiting
from storage.sending import audience, broadcasts
from storage.sending.audience import Person, Way
from storage.sending.broadcasts import Recipient, StoredBroadcast

BATCH = 1000
"""People planned in one transaction."""
OVERDUE = timedelta(days=7)
"""A broadcast that nobody could begin for this long is not worth sending any more."""
LEASE = 60_000_000
"""Microseconds after which a planner that has not gone on is taken to be dead."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One person of a broadcast and what they get."""

    person: Person
    way: Way
    rendered: Rendered
    segments: int
    price: int
    before: str = ""
    """What is asked before they get it, where the number may be somebody else's."""


@dataclass(slots=True)
class Preview:
    """What a broadcast would do: whom it reaches, in which languages, at what price, and who is left out and why."""

    people: int = 0
    segments: int = 0
    price: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    left_out: Counter[Exclusion] = field(default_factory=Counter)
    starts_at: datetime | None = None
    """When it begins, where that is not at once."""
    reckoned_from: int = 0
    """How many people were looked at, where every number is an estimate for `size` people; 0: everybody was."""
    size: int = 0


def preview(service: Service, db: Connection, draft: Draft) -> Preview:
    """What this draft would do if it were confirmed now. Reads only; the same rules as planning and sending.

    Args:
        service: what it may reach.
        db: an open transaction or view of the store.
        draft: what, to whom, when.

    Raises:
        FilterError: the condition of the draft cannot be read.
    """
    rules = Rules.of(service.settings)
    begins = max(draft.starts_at or service.now(), service.now())
    opens = rules.hours.next_allowed(begins)
    found = Preview(starts_at=opens if draft.starts_at or opens > begins else None)
    for _person, reach, reason in _everybody(service, db, rules, draft, opens):
        if reach is None:
            found.left_out[reason or Exclusion.UNREACHABLE] += 1
            continue
        found.people += 1
        found.segments += reach.segments
        found.price += reach.price
        found.languages[reach.rendered.language] += 1
        found.channels[reach.way.channel] += 1
    return found


def confirm(service: Service, db: Connection, draft: Draft) -> StoredBroadcast:
    """Freeze a draft as a broadcast; workers begin with it at its time."""
    now = service.now()
    begins = max(draft.starts_at or now, now)
    stored = draft.stored(microseconds(now), microseconds(begins))
    broadcasts.add(db, stored)
    return stored


def plan_waiting(service: Service, until: Callable[[], bool] = lambda: False) -> int:
    """Plan the broadcast longest due, or as much of it as there is time for; returns how many people were planned, 0
    when none is due."""
    now = service.now()
    service.shelf.refresh(now)
    stored = broadcasts.claim(service.database, microseconds(now), LEASE)
    if stored is None:
        return 0
    count, going_on = 0, stored
    while True:
        batch = service.database.retrying(partial(_plan_batch, service, going_on))
        if batch is None:
            return count or 1
        count += len(batch)
        going_on = replace(going_on, planned_to=batch[-1])
        if until():
            broadcasts.leave(service.database, stored.id)
            return count


def _plan_batch(service: Service, stored: StoredBroadcast) -> list[int] | None:
    """Plan the next people; their ids, or None when everybody is planned or the broadcast is no longer ours."""
    now = service.now()
    at = microseconds(now)
    rules = Rules.of(service.settings)
    draft = draft_of(stored)
    opens = rules.hours.next_allowed(now)  # people are judged by the hour they are texted, as in the preview
    with service.database.transaction() as db:
        if not broadcasts.still_planned_by(db, stored.id, stored.planned_to):
            return None
        why = _why_not(service, stored, at)
        if why is not None:
            broadcasts.stop(db, stored.id, at)
            _repeat(service, db, stored)
            log.info("broadcast stopped", why=why, broadcast=stored.id)
            return None
        rows: list[Recipient] = []
        seen: list[int] = []
        doubted: list[bytes] = []
        for person, reach, reason in _batch(service, db, rules, draft, opens, stored.planned_to, seen):
            rows.append(_recipient(stored, person, reach, reason, at))
            if reach is not None and person.silent and reach.way.doubt is None:
                doubted.append(service.secrets.hash(reach.way.address))
        if doubted:
            doubts.doubt(db, doubted, doubts.NOTHING)
        if not seen:
            broadcasts.planned(db, stored.id)
            _repeat(service, db, stored)
            log.info("broadcast planned", broadcast=stored.id)
            return None
        broadcasts.plan(db, stored.id, rows, seen[-1], at, LEASE, counts=draft.kind is Kind.SURVEY)
        return seen


def _why_not(service: Service, stored: StoredBroadcast, at: int) -> str | None:
    """Why a broadcast must not go on, where it must not."""
    if stored.kind == Kind.SURVEY and service.shelf.is_off(stored.flow or ""):
        return "its flow is switched off"
    if not stored.planned_to and at > stored.starts_at + span(OVERDUE):
        return "nobody could begin it in time"
    return None


def _recipient(
    stored: StoredBroadcast, person: Person, reach: Reach | None, reason: Exclusion | None, at: int
) -> Recipient:
    if reach is None:
        return Recipient(person.id, reason)
    run = reach.rendered.run
    run_id = reach.rendered.run_id
    before = None
    if reach.before:  # made first: of texts due at once, the outbox takes the older
        before = Waiting(person.id, reach.way.channel, reach.before, WHOSE, at, broadcast_id=stored.id)
    message = Waiting(
        person.id,
        reach.way.channel,
        reach.rendered.text,
        stored.kind,
        at,
        broadcast_id=stored.id,
        run_id=run_id,
        content=reach.rendered.content,
    )
    return Recipient(person.id, None, message, run_id, run.to_json() if run else None, before)


def _repeat(service: Service, db: Connection, stored: StoredBroadcast) -> None:
    """A broadcast that comes again is a new one, with the newest revision of its flow."""
    if stored.repeat == Repeat.NEVER:
        return
    rules = Rules.of(service.settings)
    first = moment(stored.series_at)
    begun = moment(stored.starts_at)
    following = Schedule(first, Repeat(stored.repeat), rules.zone).after(max(begun, service.now()))
    if following is None:
        return
    revision_id = stored.revision_id
    if stored.flow and service.shelf.flow(stored.flow) is not None:
        revision_id = service.shelf.current(stored.flow, service.settings.language)[0]
    again = replace(
        stored,
        id=new_id(),
        status="scheduled",
        starts_at=microseconds(following),
        revision_id=revision_id,
        planned_to=0,
    )
    broadcasts.add(db, again)


def draft_of(stored: StoredBroadcast) -> Draft:
    """The draft a broadcast was confirmed from."""
    whom, matching = audience_of(stored.audience)
    return Draft(Kind(stored.kind), whom, stored.flow, stored.revision_id, stored.body, matching)


Found = tuple[Person, Reach | None, Exclusion | None]


def _everybody(service: Service, db: Connection, rules: Rules, draft: Draft, now: datetime) -> Iterator[Found]:
    after = 0
    while True:
        seen: list[int] = []
        yield from _batch(service, db, rules, draft, now, after, seen)
        if not seen:
            return
        after = seen[-1]


def _batch(
    service: Service, db: Connection, rules: Rules, draft: Draft, now: datetime, after: int, seen: list[int]
) -> Iterator[Found]:
    """The next people of the audience with what they get, or why not; `seen` takes the ids looked at."""
    counts_since = microseconds(budget_begins(now, rules.zone).astimezone(UTC))
    condition = parse_filter(draft.matching) if draft.matching else None
    people = audience.people(db, service.secrets, draft.audience, after, BATCH, counts_since)
    to_ask = silent_people(db, people, now)
    for person in people:
        seen.append(person.id)
        if condition is not None and not matches(condition, person, service.local(now)):
            continue
        if draft.kind is Kind.REMINDER and not _has_said_nothing(person, draft.flow):
            continue
        reason = _reason(rules, draft, person, now)
        way = rules.way_to(person, _template_of(service, draft, person), now) if reason is None else None
        if way is None:
            yield person, None, reason or Exclusion.WINDOW
            continue
        rendered = render(service, rules, draft.kind, draft.revision_id, draft.body, person, way, now)
        if not rendered.text:
            yield person, None, Exclusion.ANSWERED
            continue
        count, price = service.settings.prices.of(way.channel, country_of(way.address), rendered.text)
        reach = Reach(person, way, rendered, count, price)
        yield person, _ask_first(service, reach) if person.id in to_ask and way.channel == "sms" else reach, None


def _template_of(service: Service, draft: Draft, person: Person) -> str | None:
    """Name of the template it needs on WhatsApp, once this person has not written for a day; no text has one."""
    if draft.revision_id is None:
        return None
    return discretion.template_of(person.attributes, service.shelf.revision(draft.revision_id, person.language))


def _ask_first(service: Service, reach: Reach) -> Reach:
    """The question whether the number is still theirs goes before what they get, without initials or a name."""
    way = reach.way
    text = smart(service.words(reach.person.language).say(STILL_THE_SAME))
    count, price = service.settings.prices.of(way.channel, country_of(way.address), text)
    return replace(reach, segments=reach.segments + count, price=reach.price + price, before=text)


def _reason(rules: Rules, draft: Draft, person: Person, now: datetime) -> Exclusion | None:
    reason = rules.excluded(person, survey=draft.kind is Kind.SURVEY, now=now)
    if reason is not None or draft.kind is not Kind.REMINDER:
        return reason
    run = Run.from_json(person.run_state or "{}")
    return Exclusion.REMINDED if run.reminders >= MOST_REMINDERS else None


def _has_said_nothing(person: Person, flow: str | None) -> bool:
    """Whether a person was asked by a flow and has answered none of its questions: only they are reminded by others."""
    if person.run_flow != flow or person.run_state is None:
        return False
    run = Run.from_json(person.run_state)
    answered = run.answers or any(caller["answers"] for caller in run.callers)
    return run.status is Status.OPEN and not answered
