"""What a very large broadcast would do, reckoned from some of its people: to write everybody's text takes seconds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

from bot.broadcasts.draft import Draft
from bot.broadcasts.filters import everybody_meant
from bot.broadcasts.planning import Preview, preview
from bot.service import Service
from storage.database import Connection
from storage.sending import audience
from storage.sending.audience import Audience

MOST_COUNTED = 2000
"""People up to whom everybody is counted: half a second."""
SAMPLE = 400
"""People looked at beyond that; a share of half of them is right to five in a hundred, nineteen times out of twenty."""
FEWEST_REACHED = 100
"""Of the sample; where it reaches fewer, `MOST_COUNTED` people are looked at instead, and never more: of a million
people who have not said yes, the few who have are not worth a minute before a page."""

TENS = 10
"""What an estimate is rounded to."""


def estimate(service: Service, db: Connection, draft: Draft) -> Preview:
    """What this draft would do: exact up to `MOST_COUNTED` people who are meant, beyond them reckoned from a sample.

    Raises:
        FilterError: the condition of the draft cannot be read.
    """
    if draft.matching:
        meant = everybody_meant(db, draft.audience, draft.matching, service.local(service.now()))
        draft = replace(draft, audience=Audience(people=tuple(meant)))
    size = len(draft.audience.people) or audience.size(db, draft.audience)
    if size <= MOST_COUNTED:
        return preview(service, db, draft)
    for looked_at in (SAMPLE, MOST_COUNTED):
        some = Audience(people=_some(db, draft.audience, size, looked_at))
        found = preview(service, db, replace(draft, audience=some))
        if found.people >= FEWEST_REACHED:
            break
    return _scaled(found, looked_at, size)


def _some(db: Connection, whom: Audience, size: int, count: int) -> tuple[int, ...]:
    """So many of an audience, from all over it."""
    places = _places(size, count)
    return tuple(whom.people[place - 1] for place in places) if whom.people else audience.at_places(db, whom, places)


def _places(size: int, count: int) -> list[int]:
    """One place by chance in each of `count` equal parts: all times of joining are there, and no pattern of a list
    that was imported is taken for everybody. The same while a list has not grown, so that a preview stays as it was."""
    chance = Random(size)  # noqa: S311 -- a sample, no secret
    return [1 + chance.randrange(part * size // count, (part + 1) * size // count) for part in range(count)]


def _scaled(found: Preview, looked_at: int, size: int) -> Preview:
    def all_of(count: int) -> int:
        return round(count * size / looked_at / TENS) * TENS

    def each(counts: Counter[Any]) -> Counter[Any]:
        return Counter({name: all_of(count) for name, count in counts.items()})

    return replace(
        found,
        people=all_of(found.people),
        segments=all_of(found.segments),
        price=all_of(found.price),
        languages=each(found.languages),
        channels=each(found.channels),
        left_out=each(found.left_out),
        reckoned_from=looked_at,
        size=size,
    )
