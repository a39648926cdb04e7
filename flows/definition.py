"""What a flow is, once loaded and checked: plain frozen objects the engine walks.

Built by `flows.loader` from YAML; the contract for authors is in `docs/flows.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from flows.conditions import Condition

END = "end"
"""The reserved node name that ends a run."""

Text = Mapping[str, str]
"""A text by channel (`sms`, `whatsapp`); the key `""` holds the text for every channel not named."""

OTHER = "other"
"""The key that words outside the list are counted under, where a question keeps them."""


class Kind(StrEnum):
    """What a question takes for an answer; the word authors write after `answer:`."""

    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    SCALE = "scale"
    TEXT = "text"
    MANY = "many"
    DATE = "date"
    POSTCODE = "postcode"
    MEDIA = "media"
    LOCATION = "location"


class Told(StrEnum):
    """Who a node can notify."""

    COORDINATOR = "coordinator"
    CHAMPION = "champion"
    """Of the contact's group; a coordinator where the group has none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers of a choice question. `key` is the branch and the reporting unit in every language."""

    key: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked at a node and what may be answered.

    Two are equal only when they are the same object: what is compiled from one is remembered by it.
    """

    ask: Text
    kind: Kind
    save_as: str
    choices: tuple[Choice, ...] = ()
    hint: Text | None = None
    optional: bool = False
    retry: int = 2
    retry_text: Text | None = None
    otherwise: str | None = None
    """Where to go after the last retry; None: keep the raw words, mark the answer unclear, go on."""
    personal: bool = False
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """More words for `yes` and `no` of a yes_no question."""
    minimum: float | None = None
    """Smallest number accepted; for a scale, its `from`."""
    maximum: float | None = None
    whole: bool = True
    unit: str | None = None
    low: str | None = None
    """Label of the low end of a scale."""
    high: str | None = None
    max_length: int = 1600
    consent: str | None = None
    """On a yes_no question: yes and no are also written to the consent ledger, under this name."""
    shuffle: bool = False
    """The choices come in another order for each run; `none`, `other` and the like stay last."""
    other: bool = False
    """Words outside the list are kept and counted as the choice `other`."""
    at_least: int = 0
    """Fewest choices of a `many` question."""
    at_most: int | None = None
    earliest: date | None = None
    latest: date | None = None
    past: bool = False
    """Only a date before today or today."""
    keep: str = "district"
    """What is kept of a postcode: its `district` (E13), or all of it (`full`)."""
    kinds: tuple[str, ...] = ("photo", "voice")
    """What a `media` question takes; words are always taken too."""
    precision: int = 2
    """Decimals kept of a location's degrees: 3 is about 100 m, 2 about 1 km, 1 about 10 km."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of `next`: go to `then` where the condition holds; a branch without one always holds."""

    then: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A step of a flow. A node with a question waits for the contact; one without passes on."""

    id: str
    line: int
    say: Text | None = None
    question: Question | None = None
    when: Condition | None = None
    set: tuple[tuple[str, Condition], ...] = ()
    """`contact.<attribute>` or a run variable, and the expression whose value it gets, once the node is done."""
    join: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    """Names a coordinator can find this conversation by."""
    notify: tuple[tuple[Told, str], ...] = ()
    """Who is told, and in which words; placeholders are filled."""
    run: str | None = None
    """Another flow to go through before the run goes on here."""
    start: str | None = None
    """Another flow to begin; this run ends."""
    random: tuple[tuple[str, int], ...] = ()
    """Nodes to go to by chance, each with its weight."""
    next: tuple[Branch, ...] = ()
    """Tried in order; empty: the node written below this one."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One immutable revision of a conversation."""

    id: str
    revision: str
    """Hex SHA-256 of the YAML text: the same text is the same revision, on every machine."""
    source: str
    """The YAML text itself, kept with every run that was started on it."""
    title: str
    about: str
    purpose: str
    language: str
    keywords: tuple[str, ...]
    expires: timedelta
    remind: tuple[timedelta, ...]
    nodes: Mapping[str, Node]
    """In the order written."""
    daily: bool = False
    """At least a day lies between two questions."""
    discreet: bool = False
    """Nothing it says may show what it is about, or who asks: somebody else may read the phone."""
    keep: timedelta | None = None
    """How long the answers are kept; None: as long as the service keeps answers."""
    basis: str = ""
    """The lawful basis on which the answers are kept, as `consent`."""
    breakdown: tuple[str, ...] = ()
    """By what results may be told apart: `contact.<attribute>` or a saved answer."""
    following: Mapping[str, str] = field(default_factory=dict)
    """Each node's successor in the order written; the last one's is `end`."""

    @property
    def first(self) -> str:
        """The node a run starts at."""
        return next(iter(self.nodes))
