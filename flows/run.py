"""The state of one contact's passage through one revision, and what goes in and comes out of a turn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any

from flows.events import CommandHeard, Event, FlowStarted, Said
from flows.understanding.commands import Command
from flows.values import Plain, Value

VERSION = 1
"""Of the stored document; a change of shape adds one and a reader for the older."""


class Status(StrEnum):
    """How a run stands. Everything but OPEN is final."""

    OPEN = "open"
    COMPLETED = "completed"
    STOPPED = "stopped"
    EXPIRED = "expired"
    REPLACED = "replaced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Context:
    """What a flow may know of the contact and the way they write, at this turn."""

    channel: str = "sms"
    language: str = "en"
    organisation: str = ""
    contact: Mapping[str, Value] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a run. `text` is what the contact wrote after the keyword, if anything.

    `chance` is any whole number the caller drew: all that is random in the run (`random`, `shuffle`) follows from it.
    """

    kind: str
    context: Context
    text: str = ""
    chance: int = 0


@dataclass(frozen=True, slots=True)
class Input:
    """One text from the contact, with what came along.

    `media` holds the kinds of the files, in order: `photo`, `voice`, `video` or `file`. `location` is latitude and
    longitude in degrees, as the phone sent them; the engine keeps it coarsened only. `tapped` is the key of what was
    tapped among the answers that `flows.offering` offers at the waiting question.
    """

    text: str
    context: Context
    media: tuple[str, ...] = ()
    location: tuple[float, float] | None = None
    tapped: str | None = None


@dataclass(slots=True)
class Run:
    """A small versioned document that the caller stores between turns.

    `node` is the question waited at, None once the run is over. `answers` holds values by `save_as`;
    `labels` what `{name}` shows for them. `tries` counts replies not understood at this node. `guess` is what
    we asked back about, `rest` what followed it in the same text, and `guessed` what was last asked back at this
    question: once for each guess is enough. `heard`, `heard_at` and `moved` guard against a double tap (times in
    microseconds since the epoch, UTC).
    """

    flow: str
    revision: str
    language: str = "en"
    status: Status = Status.OPEN
    node: str | None = None
    answers: dict[str, Value] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Plain] = field(default_factory=dict)
    tries: int = 0
    turns: int = 0
    reminders: int = 0
    rest: str = ""
    guess: Value = None
    guessed: Value = None
    heard: str = ""
    heard_at: int = 0
    moved: bool = False
    chance: int = 0
    path: list[str] = field(default_factory=list)
    """The nodes whose questions were left, in order: where BACK leads."""
    undo: list[list[Any]] = field(default_factory=list)
    """What BACK undoes besides answers, as `flows.undoing` writes it."""
    tags: list[str] = field(default_factory=list)
    """Labels by which a coordinator finds what was said: the answers of this run bear them, later ones too."""
    paused: bool = False
    """The contact asked us to wait: no reminders."""
    held: bool = False
    """The contact wrote that somebody is in danger: whatever they write next is no answer in words."""
    asked_at: int = 0
    """When the waiting question was asked, microseconds."""
    later: int = 0
    """When the waiting question is to be asked, where it was put off to another day; 0: it was asked."""
    reminded_by: int = 0
    """The text that last reminded of the waiting question: the caller's id of it."""
    reminded_at: int = 0
    """When that left, microseconds."""
    callers: list[dict[str, Any]] = field(default_factory=list)
    """The flows that wait for this one to end, the outermost first; each as `flows.calls` writes it. What the run says
    of its flow, node, answers and path is about the flow that runs now."""

    def copy(self) -> Run:
        """The same run, to be changed without changing this one."""
        other = Run(*_ALL(self))
        other.answers, other.labels, other.variables = dict(self.answers), dict(self.labels), dict(self.variables)
        other.path = list(self.path)
        return other

    @property
    def waits_since(self) -> int:
        """When the contact was last heard or asked, microseconds: from here reminders count."""
        return max(self.heard_at, self.asked_at)

    def to_json(self) -> str:
        """The document to store; fields at their default are left out."""
        document: dict[str, Any] = {"v": VERSION, "flow": self.flow, "revision": self.revision}
        for name, default, value in zip(_NAMES, _DEFAULTS, _ALL(self), strict=True):
            if value is not default and value != default:  # most are the default itself
                document[name] = value
        return _encode(document)

    @classmethod
    def from_json(cls, text: str) -> Run:
        """The run that `to_json` wrote.

        Raises:
            ValueError: the document is of a version this code does not know.
        """
        document: dict[str, Any] = _decode(text)[0]
        version = document.pop("v", None)
        if version != VERSION:
            raise ValueError(f"A stored run has version {version}; this Sayso reads version {VERSION}. Update Sayso.")
        if "status" in document:
            document["status"] = Status(document["status"])
        if "answers" in document:
            document["answers"] = _with_tuples(document["answers"])
        for caller in document.get("callers", ()):
            _with_tuples(caller["answers"])
        for name in ("guess", "guessed"):
            if type(document.get(name)) is list:
                document[name] = tuple(document[name])
        return cls(**document)


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the engine holds them: JSON knows lists only."""
    for name, value in values.items():
        if type(value) is list:
            values[name] = tuple(value)
    return values


_NAMES = tuple(Run.__dataclass_fields__)
_ALL = attrgetter(*_NAMES)  # every field at once; a turn reads them all twice
_DEFAULTS = _ALL(Run("", ""))
_decode = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Turn:
    """What one engine call did: the new state, and the events in the order they happened."""

    run: Run
    events: tuple[Event, ...]

    @property
    def text(self) -> str:
        """The one message to send: everything said in this turn, a line break between."""
        return "\n".join(event.text for event in self.events if isinstance(event, Said))

    @property
    def asks(self) -> Command | None:
        """What the contact asks of the service; then nothing else has happened in this turn."""
        return next((event.command for event in self.events if isinstance(event, CommandHeard)), None)

    @property
    def starts(self) -> str | None:
        """The flow to begin now that this run has ended, or None."""
        last = self.events[-1] if self.events else None
        return last.flow if isinstance(last, FlowStarted) else None


def microseconds(moment: datetime) -> int:
    """An aware time as whole microseconds since 1970-01-01 UTC."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def moment(at: int) -> datetime:
    """The time so many microseconds after 1970-01-01 UTC, aware, in UTC."""
    return _EPOCH + timedelta(microseconds=at)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
