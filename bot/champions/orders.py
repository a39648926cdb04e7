"""What a champion may ask for: commands, how each is written, and the names it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """The first word of each command."""

    SEND = "send"
    REMIND = "remind"
    HALT = "halt"
    ADD = "add"
    REMOVE = "remove"
    GROUPS = "groups"
    RESULTS = "results"
    WHO = "who"
    TALLY = "tally"
    HELP = "help"


EXAMPLES = {
    Verb.SEND: "SEND {flow} TO {group}",
    Verb.REMIND: "REMIND {flow} TO {group}",
    Verb.HALT: "HALT {flow}",
    Verb.ADD: "ADD 07700 900123 NAME TO {group}",
    Verb.REMOVE: "REMOVE 07700 900123 FROM {group}",
    Verb.GROUPS: "GROUPS",
    Verb.RESULTS: "RESULTS {flow}",
    Verb.WHO: "WHO {flow}",
    Verb.TALLY: "TALLY {flow} 12 yes 7 no",
    Verb.HELP: "HELP",
}


@dataclass(frozen=True, slots=True)
class Order:
    """A command understood. What a verb does not use stays empty."""

    verb: Verb
    flow: str = ""
    group: str = ""
    number: str = ""
    name: str = ""
    counts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Not quite a command: the text that probably was meant, ready to be sent again."""

    text: str
    whole: bool = False
    """Only a letter or two of a name are wrong: nobody would write so who answers a question."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A command with a name that does not exist, and nothing near it."""

    verb: Verb
    what: str
    """`flow` or `group`."""
    given: str


@dataclass(frozen=True, slots=True)
class Code:
    """Four digits: the yes to what was asked before."""

    digits: str


Heard = Order | Suggestion | Missing | Code


@dataclass(frozen=True, slots=True)
class Known:
    """The names a champion may use: flows by every word they go by, groups by every name; the values are the ids."""

    flows: Mapping[str, str]
    groups: Mapping[str, str]


def written(order: Order) -> str:
    """An order as its champion would text it."""
    parts = [order.verb.upper(), order.number, order.flow, order.name]
    parts += [f"{count} {label}" for count, label in order.counts]
    if order.group:
        parts.append(f"{_LINK.get(order.verb, 'TO')} {order.group}")
    return " ".join(part for part in parts if part)


_LINK = {Verb.REMOVE: "FROM", Verb.RESULTS: "FROM", Verb.WHO: "IN", Verb.TALLY: "IN", Verb.HALT: "TO"}


def example(verb: Verb, known: Known, flow: str | None = None, number: str = "", name: str = "") -> str:
    """How the command is written, with what was given, and names this champion has."""
    text = EXAMPLES[verb].format(
        flow=flow or next(iter(known.flows.values()), "visit"), group=next(iter(known.groups.values()), "carers")
    )
    if number:
        text = text.replace("07700 900123", number)
    return text.replace("NAME", name) if name else text
