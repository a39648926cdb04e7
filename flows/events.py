"""What can happen in a turn, in the past tense. The caller stores, sends and counts; the engine only tells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.definition import Kind, Told
from flows.understanding.commands import Command
from flows.values import Plain, Value


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

    `value` is the choice's key, the keys of a `many` question, true or false, a number, or the words; None when skipped
    or unclear. `raw` is what the contact wrote. `flow` and `revision` are those of the question: a run may pass through
    more than one flow.
    """

    flow: str
    revision: str
    node: str
    save_as: str
    kind: Kind
    outcome: Outcome
    value: Value
    raw: str
    personal: bool


@dataclass(frozen=True, slots=True)
class AnswerWithdrawn:
    """The answer given at a node of this run no longer counts: the contact went back, or another takes its place."""

    flow: str
    revision: str
    node: str
    save_as: str


@dataclass(frozen=True, slots=True)
class QuestionPutOff:
    """The next question waits until another day; `at` in microseconds since the epoch."""

    node: str
    at: int


@dataclass(frozen=True, slots=True)
class CommandHeard:
    """The contact asked for something the service does, not the flow: help, my data, another language. Nothing else
    happened, and nothing was said."""

    command: Command


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """`contact.<name>` got a value; None: it has none any more."""

    name: str
    value: Plain


@dataclass(frozen=True, slots=True)
class GroupJoined:
    """The contact joined a group."""

    group: str


@dataclass(frozen=True, slots=True)
class GroupLeft:
    """The contact left a group."""

    group: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """The run got a label, by which a coordinator finds it."""

    label: str


@dataclass(frozen=True, slots=True)
class LabelTaken:
    """A label was taken off the run again."""

    label: str


@dataclass(frozen=True, slots=True)
class Notified:
    """Somebody is to be told. `text` may hold the contact's own words; `wording` is as its author wrote it. Both may be
    empty."""

    who: Told
    text: str
    wording: str


@dataclass(frozen=True, slots=True)
class FlowStarted:
    """This run has ended, and another is to begin on the present revision of this flow."""

    flow: str


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


Event = (
    Said
    | QuestionAsked
    | QuestionPutOff
    | AnswerGiven
    | AnswerWithdrawn
    | AttributeSet
    | GroupJoined
    | GroupLeft
    | Labelled
    | LabelTaken
    | Notified
    | ConsentAnswered
    | CommandHeard
    | FlowStarted
    | RunEnded
)
