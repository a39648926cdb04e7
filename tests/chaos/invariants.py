"""What must hold once everything runs again: the fake Twilio's ledger is held against the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select

from bot.service import Service
from storage import tallies
from storage.tables import addresses, alerts, answers, messages
from tests.chaos.people import ENOUGH, QUESTION, RATING, Person
from tests.fakes.twilio import FakeTwilio

IN_HAND = timedelta(seconds=1)
"""A text that a worker had claimed before the STOP came may still be on its way to Twilio for so long."""
GONE = ("sent", "delivered", "read", "undelivered")


def broken(service: Service, twilio: FakeTwilio, people: Sequence[Person]) -> list[str]:
    """What does not hold, a sentence each."""
    found = []
    for person in people:
        found += [f"{person.number}: {sentence}" for sentence in _of(service, twilio, person)]
    if tallies.waiting(service.database):
        found.append("answers are still uncounted")
    elif tallies.stored(service.database) != tallies.recount(service.database):
        found.append("the tallies are not what the answers add up to")
    return found


def _of(service: Service, twilio: FakeTwilio, person: Person) -> Iterator[str]:
    with service.database.reading() as db:
        whose = select(addresses.c.contact_id).where(addresses.c.hash == service.secrets.hash(f"sms:{person.number}"))
        rows = db.execute(select(messages).where(messages.c.contact_id.in_(whose))).all()
        nodes = Counter(db.execute(select(answers.c.node).where(answers.c.contact_id.in_(whose))).scalars())
        late = db.execute(select(alerts.c.id).where(alerts.c.contact_id.in_(whose), alerts.c.kind == "late text")).all()
    heard = [each.sid for each in twilio.ledger.inbound() if each.from_ == person.number]
    kept = Counter(row.provider_id for row in rows if row.direction == "in")
    for sid in heard:
        if kept[sid] != 1:
            yield f"the text {sid} is in the store {kept[sid]} times"
    sent = [each for each in twilio.ledger.sent_by_api() if each.to == person.number]
    for body, times in Counter(each.body for each in sent).items():
        if times != 1:
            yield f"{times} times: {body[:40]!r}"
    ours = Counter(row.provider_id for row in rows if row.direction == "out" and row.status in GONE and row.provider_id)
    if unknown := {each.sid for each in sent} - ours.keys():
        yield f"texts left that the store takes for unsent: {sorted(unknown)}"
    for row in rows:
        if row.status in ("queued", "sending", "ambiguous", "failed"):
            yield f"a text is left {row.status}"
    asked = sum(QUESTION in text for text in twilio.handset(person.number))
    if asked != 1 and not (asked == 0 and ENOUGH in person.said):
        yield f"the question was shown {asked} times"
    if any(count > 1 for count in nodes.values()):
        yield "one answer is counted twice"
    if person.acknowledged(RATING) and not nodes["rating"] and not late:
        yield "an acknowledged answer is lost"
    if person.stopped_at is not None:
        after = [each for each in sent if each.created_at > person.stopped_at + IN_HAND]
        if after:
            yield f"after the STOP came {after[0].body[:40]!r}"
