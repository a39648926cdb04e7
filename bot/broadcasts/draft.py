"""A broadcast before it is confirmed: what, to whom, when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.broadcasts.schedule import Repeat
from storage.ids import new_id
from storage.sending.audience import Audience
from storage.sending.broadcasts import StoredBroadcast


class Kind(StrEnum):
    """What is sent."""

    SURVEY = "survey"
    """A flow, from its beginning; it counts against the burden budget."""
    TEXT = "text"
    """One text that asks nothing."""
    REMINDER = "reminder"
    """The question that waits for somebody, once more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a preview needs; confirmed, it is frozen as it stands. `matching` is a condition, or empty."""

    kind: Kind
    audience: Audience
    flow: str | None = None
    revision_id: int | None = None
    body: str | None = None
    matching: str = ""
    starts_at: datetime | None = None
    """None: at once."""
    repeat: Repeat = Repeat.NEVER
    asked_by: int | None = None

    def to_json(self) -> str:
        """The draft as text, for an order that waits for its code."""
        return json.dumps(
            {
                "kind": self.kind,
                "audience": audience_json(self.audience, self.matching),
                "flow": self.flow,
                "revision_id": self.revision_id,
                "body": self.body,
                "asked_by": self.asked_by,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Draft:
        """What `to_json` wrote."""
        fields: Mapping[str, Any] = json.loads(text)
        audience, matching = audience_of(fields["audience"])
        return cls(
            Kind(fields["kind"]),
            audience,
            fields["flow"],
            fields["revision_id"],
            fields["body"],
            matching,
            asked_by=fields["asked_by"],
        )

    def stored(self, now: int, starts_at: int) -> StoredBroadcast:
        """The broadcast as it is kept once confirmed."""
        return StoredBroadcast(
            id=new_id(),
            kind=self.kind,
            flow=self.flow,
            revision_id=self.revision_id,
            body=self.body,
            audience=audience_json(self.audience, self.matching),
            status="scheduled",
            starts_at=starts_at,
            repeat=self.repeat,
            series_at=starts_at,
            asked_by=self.asked_by,
            created_at=now,
        )


def audience_json(audience: Audience, matching: str) -> str:
    """An audience as it is stored with its broadcast."""
    return json.dumps(
        {
            "groups": audience.groups,
            "people": audience.people,
            "everybody": audience.everybody,
            "matching": matching,
        }
    )


def audience_of(text: str) -> tuple[Audience, str]:
    """The audience and the condition that `audience_json` wrote."""
    fields = json.loads(text)
    audience = Audience(tuple(fields["groups"]), tuple(fields["people"]), fields["everybody"])
    return audience, fields["matching"]
