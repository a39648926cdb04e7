"""What can happen in a turn, in the past tense. The caller stores, sends and counts; the engine only tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.definition import Kind, Value


class Outcome(StrEnum):
    """How a question was left."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Said:
    """A text for the contact."""

    text: str


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """The run now waits at this node."""

    node: str


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """A question was left: answered, skipped, or unclear after the last retry.

    `value` is the choice's key, true or false, a number, or the words; None when skipped or unclear.
    `raw` is what the contact wrote.
    """

    node: str
    save_as: str
    kind: Kind
    outcome: Outcome
    value: Value
    raw: str
    personal: bool


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """`contact.<name>` got a value."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class GroupJoined:
    """The contact joined a group."""

    group: str


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    """The contact said yes or no to a consent question."""

    scope: str
    given: bool


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The run is over. `reason` is a plain word for the log: `done`, `too many steps`."""

    status: str
    reason: str


Event = Said | QuestionAsked | AnswerGiven | AttributeSet | GroupJoined | ConsentAnswered | RunEnded
