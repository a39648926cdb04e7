"""What must hold once everything runs again: the fake Twilio's ledger is held against the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from bot.service import Service
from storage.community import contacts
from storage.counting import tallies
from storage.messages import CRISIS
from storage.tables import alerts, answers, messages
from tests import tallying
from tests.chaos.people import ENOUGH, QUESTION, RATING, Person
from tests.fakes.twilio import FakeTwilio

GONE = ("sent", "delivered", "read", "undelivered")


def broken(service: Service, twilio: FakeTwilio, people: Sequence[Person]) -> list[str]:
    """What does not hold, a sentence each."""
    found = [f"{person.number}: {sentence}" for person in people for sentence in _of(service, twilio, person)]
    if tallies.waiting(service.database):
        found.append("answers are still uncounted")
    elif tallying.stored(service.database) != tallying.recount(service.database):
        found.append("the tallies are not what the answers add up to")
    return found


def _of(service: Service, twilio: FakeTwilio, person: Person) -> Iterator[str]:
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash(f"sms:{person.number}"))
        rows = db.execute(select(messages).where(messages.c.contact_id == contact_id)).all()
        given = Counter(db.execute(select(answers.c.node).where(answers.c.contact_id == contact_id)).scalars())
        kinds = set(db.execute(select(alerts.c.kind).where(alerts.c.contact_id == contact_id)).scalars())
    yield from _texts_in(twilio, person, rows)
    yield from _texts_out(twilio, person, rows)
    yield from _after_the_stop(twilio, person, rows)
    if any(count > 1 for count in given.values()):
        yield "one answer is counted twice"
    if person.acknowledged(RATING) and not given["rating"] and "late text" not in kinds:
        yield "an acknowledged answer is lost"


def _texts_in(twilio: FakeTwilio, person: Person, rows: Sequence[Any]) -> Iterator[str]:
    """Each text they sent is handled once: those Twilio could not hand over have been fetched."""
    kept = Counter(row.provider_id for row in rows if row.direction == "in")
    for heard in twilio.ledger.inbound():
        if heard.from_ == person.number and kept[heard.sid] != 1:
            yield f"the text {heard.sid} is in the store {kept[heard.sid]} times"


def _texts_out(twilio: FakeTwilio, person: Person, rows: Sequence[Any]) -> Iterator[str]:
    """Each text of ours left once: nobody in a cycle is told the same twice, whichever way it went."""
    shown = twilio.handset(person.number)
    for body, times in Counter(shown).items():
        if times != 1:
            yield f"{times} times: {body[:40]!r}"
    asked = sum(QUESTION in text for text in shown)
    if asked != 1 and not (asked == 0 and ENOUGH in person.said):
        yield f"the question was shown {asked} times"
    out = [row for row in rows if row.direction == "out"]
    for row in out:
        if row.status not in (*GONE, "cancelled", "unknown"):  # nobody knows whether it came, and they have gone on
            yield f"a text is left {row.status}"
        elif row.status in GONE and row.body not in shown:
            yield f"the store takes it for sent, and it never left: {row.body[:40]!r}"
    ours = {row.provider_id for row in out}
    unknown = [each.sid for each in twilio.ledger.sent_by_api() if each.to == person.number and each.sid not in ours]
    if unknown:
        yield f"texts left that the store does not know: {unknown}"


def _after_the_stop(twilio: FakeTwilio, person: Person, rows: Sequence[Any]) -> Iterator[str]:
    """What a worker held when the STOP was heard may still be on its way, and whom to call in danger is told in any
    case; nothing else leaves."""
    if person.stopped_at is None:
        if person.acknowledged(ENOUGH):
            yield "their STOP was acknowledged and is not remembered"
        return
    allowed = {*person.in_hand, *(row.id for row in rows if row.kind == CRISIS)}
    for each in twilio.ledger.sent_by_api():
        if each.to == person.number and each.created_at > person.stopped_at and _our_id(each.callback) not in allowed:
            yield f"after the STOP came {each.body[:40]!r}"


def _our_id(callback: str | None) -> int:
    return int((callback or "m=0").rpartition("m=")[2])
