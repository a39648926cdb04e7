"""What a champion's text asks for: `SEND visit TO carers`, `ADD 07700 900123 Ann TO carers`, `RESULTS visit`.

Pure: names of flows and groups are arguments. A text that is nearly a command comes back with what was probably meant;
any other text is none of ours and goes on to the conversation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.champions.orders import Code, Heard, Known, Missing, Order, Suggestion, Verb, example, written
from bot.people.numbers import MOST_DIGITS
from flows.text import fold, smart, with_plain_digits

LONGEST_COMMAND = 320
"""Characters; a longer text is a story."""
LONGEST_NAME = 60
MOST_COUNTED = 100_000


def hear(text: str, known: Known, *, in_conversation: bool = False) -> Heard | None:
    """What a champion's text asks for, or None for a text of another kind.

    Args:
        text: what they wrote.
        known: the names they may use, folded.
        in_conversation: a question waits for this person. Then only a command is heard that has nothing wrong in it, or
            no more than a letter or two of a name: an answer must not be met with a suggestion.
    """
    if len(text) > LONGEST_COMMAND:
        return None
    text = with_plain_digits(_DIRECTIONS.sub("", smart(text)))
    words = text.split()
    if not words:
        return None
    digits = _CODE.fullmatch(text.strip())
    if digits:
        return Code(digits[1] + digits[2])
    verb, rest = _verb(fold(words[0])), _without_courtesy(words[1:])
    if verb is not None:
        heard = _READERS[verb](rest, known)
        whole = isinstance(heard, Order) or (isinstance(heard, Suggestion) and heard.whole)
        return heard if whole or not in_conversation else None
    meant = _OTHER_WORDS.get(fold(words[0])) or near(fold(words[0]), [verb.value for verb in Verb])
    if meant is None or in_conversation:
        return None
    return _slip(Verb(meant), rest, known)


def _slip(verb: Verb, rest: list[str], known: Known) -> Suggestion | None:
    """What was meant by a mistyped first word, where the rest fits it."""
    heard = _READERS[verb](rest, known)
    if isinstance(heard, Order):
        return Suggestion(written(heard))
    return heard if isinstance(heard, Suggestion) else None


_OTHER_WORDS = {"stop": Verb.HALT, "cancel": Verb.HALT, "invite": Verb.ADD, "delete": Verb.REMOVE}
"""What people say for a command; met with the command itself. Alone, or to ourselves, STOP stays STOP."""
_AROUND = frozenset({"the", "my", "group"})
"""What may stand around a name: the carers group."""
_COURTESY = frozenset({"please", "pls", "plz", "now", "thanks"})
_CODE = re.compile(r"\W*(?:(?:code|ok|yes|reply|send)\s+)?(\d\d)[ .-]?(\d\d)\W*", re.IGNORECASE | re.ASCII)
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""A phone puts them around a number that is copied from its contacts."""
_NUMBER = re.compile(r"(\+?[\d][\d\s().-]{5,20}\d)(?=[\s,;:]|$)", re.ASCII)
_NEARLY_NUMBER = re.compile(r"(\+?\d[\d().-]{2,})(?=[\s,;:]|$)", re.ASCII)
"""Too short for a number: it is looked at all the same, and the answer says what is wrong with it."""
_COUNTS = (
    re.compile(r"(?P<count>\d{1,6})[\s:=x]*(?P<label>[^\d,;]+)", re.ASCII),
    re.compile(r"(?P<label>[^\d,;]+?)[\s:=x]*(?P<count>\d{1,6})(?!\d)", re.ASCII),
)
"""12 yes, or yes 12."""


def _verb(word: str) -> Verb | None:
    try:
        return Verb(word)
    except ValueError:
        return None


def _without_courtesy(words: list[str]) -> list[str]:
    while words and fold(words[-1]) in _COURTESY:
        words = words[:-1]
    return words


def near(word: str, names: Collection[str]) -> str | None:
    """The one name a slip or two away; None where there is none, or more than one."""
    if len(word) < 2:
        return None
    limit = 1 if len(word) < 5 else 2
    found = [(OSA.distance(word, name, score_cutoff=limit), name) for name in names]
    closest = sorted(pair for pair in found if pair[0] <= limit)
    if not closest or (len(closest) > 1 and closest[0][0] == closest[1][0]):
        return None
    return closest[0][1]


@dataclass(frozen=True, slots=True)
class _Name:
    """A name looked up: its id, whether it was spelt right, and what was written."""

    id: str | None
    exact: bool
    given: str


def _look_up(words: list[str], names: Mapping[str, str]) -> _Name:
    given = " ".join(words)
    folded = fold(given)
    if folded in names:
        return _Name(names[folded], True, given)
    meant = near(folded, names)
    return _Name(names[meant] if meant else None, False, given)


def _split(words: list[str], links: Collection[str]) -> tuple[list[str], list[str]]:
    """What stands before and behind the last word that links: `visit TO carers`."""
    for at in range(len(words) - 1, -1, -1):
        if fold(words[at]) in links:
            tail = words[at + 1 :]
            while len(tail) > 1 and fold(tail[0]) in _AROUND:
                tail = tail[1:]
            while len(tail) > 1 and fold(tail[-1]) in _AROUND:
                tail = tail[:-1]
            return words[:at], tail
    return words, []


def _resolved(verb: Verb, flow: list[str], group: list[str], known: Known, **more: object) -> Heard:
    """An order with its names looked up, what was probably meant, or which name nobody knows."""
    exact = True
    names: dict[str, str] = {}
    for what, words, among in (("flow", flow, known.flows), ("group", group, known.groups)):
        if not words:
            continue
        found = _look_up(words, among)
        if found.id is None:
            return Missing(verb, what, found.given)
        names[what] = found.id
        exact = exact and found.exact
    order = Order(verb, **names, **more)  # type: ignore[arg-type]  # the parser gives text by these names
    return order if exact else Suggestion(written(order), whole=True)


def _send(rest: list[str], known: Known) -> Heard | None:
    flow, group = _split(rest, ("to",))
    verb = Verb.SEND
    if not flow:
        return Suggestion(example(verb, known))
    if not group:
        found = _look_up(flow, known.flows).id
        return Suggestion(example(verb, known, found)) if found or len(rest) <= 3 else None
    return _resolved(verb, flow, group, known)


def _remind(rest: list[str], known: Known) -> Heard | None:
    flow, group = _split(rest, ("to", "in"))
    if not flow:
        return Suggestion(example(Verb.REMIND, known))
    heard = _resolved(Verb.REMIND, flow, group, known)
    # "remind me to call" is no command: only names we know make one.
    return None if isinstance(heard, Missing) and len(rest) > 3 else heard


def _halt(rest: list[str], known: Known) -> Heard | None:
    flow, group = _split(rest, ("to", "in", "for"))
    return _resolved(Verb.HALT, flow, group, known) if flow else Suggestion(example(Verb.HALT, known))


def _results(rest: list[str], known: Known) -> Heard | None:
    flow, group = _split(rest, ("from", "for", "in", "to", "of"))
    if not flow and group:
        flow, group = group, []  # RESULTS FOR visit
    return _resolved(Verb.RESULTS, flow, group, known) if flow else Suggestion(example(Verb.RESULTS, known))


def _who(rest: list[str], known: Known) -> Heard | None:
    if not rest:
        return Order(Verb.WHO)
    flow, group = _split(rest, ("in", "from", "for"))
    heard = _resolved(Verb.WHO, flow, group, known)
    # "who is this?" is a question to the service, not to this command.
    return None if isinstance(heard, Missing) else heard


def _groups(rest: list[str], _known: Known) -> Heard | None:
    return Order(Verb.GROUPS) if not rest else None


def _help(rest: list[str], _known: Known) -> Heard | None:
    return Order(Verb.HELP) if not rest else None


def _add(rest: list[str], known: Known) -> Heard | None:
    return _person(Verb.ADD, rest, known, ("to", "into", "in"))


def _remove(rest: list[str], known: Known) -> Heard | None:
    return _person(Verb.REMOVE, rest, known, ("from", "in"))


def _person(verb: Verb, rest: list[str], known: Known, links: tuple[str, ...]) -> Heard | None:
    """A number, a name and a group, in any order the first two can be written in."""
    before, group = _split(rest, links)
    unlinked = not group
    if unlinked:
        before, group = _ending(rest, known.groups)
    text = " ".join(before)
    match = _NUMBER.search(text) or _NEARLY_NUMBER.search(text)
    name = _bare_name(text[: match.start()] + text[match.end() :] if match else text)
    if match is None and (verb is Verb.ADD or not name):
        return Suggestion(example(verb, known)) if len(rest) <= 4 else None
    if unlinked and not group:
        if len(set(known.groups.values())) != 1:
            return Suggestion(example(verb, known, number=match[1] if match else "", name=name))
        unlinked, group = False, [next(iter(known.groups))]
    several = sum(map(str.isdecimal, text)) > MOST_DIGITS
    number = text if several else re.sub(r"[\s().-]", "", match[1]) if match else ""
    heard = _resolved(verb, [], group, known, number=number, name=name)
    return Suggestion(written(heard)) if unlinked and isinstance(heard, Order) else heard


def _ending(words: list[str], groups: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What stands before a group's name at the end, where the small word between was forgotten; and that name."""
    for at in range(1, len(words)):
        if fold(" ".join(words[at:])) in groups:
            return words[:at], words[at:]
    return words, []


def _bare_name(text: str) -> str:
    """A name without what is no letter of any script; vowel marks of Bengali or Tamil are parts of their letters."""
    kept = "".join(each for each in text if each in " '.-" or each.isalnum() or unicodedata.category(each)[0] == "M")
    return " ".join(kept.split())[:LONGEST_NAME]


def _tally(rest: list[str], known: Known) -> Heard | None:
    before, group = _split(rest, ("in", "for"))
    digit = next((place for place, word in enumerate(before) if word[0].isdigit()), len(before))
    named = (at for at in range(digit, 0, -1) if fold(" ".join(before[:at])) in known.flows)
    at = next(named, digit)
    flow, counts = before[:at], _counted(" ".join(before[at:]))
    if not flow or not counts:
        return Suggestion(example(Verb.TALLY, known, _look_up(flow, known.flows).id))
    return _resolved(Verb.TALLY, flow, group, known, counts=counts)


def _counted(text: str) -> tuple[tuple[int, str], ...]:
    """The counts of a meeting, each with its label; empty where something is left over."""
    for pattern in _COUNTS:
        counts = tuple((int(each["count"]), each["label"].strip(" ,;.:=-")) for each in pattern.finditer(text))
        whole = not re.sub(r"[\s,;]+", "", pattern.sub("", text))
        if counts and whole and all(label and count <= MOST_COUNTED for count, label in counts):
            return counts
    return ()


_READERS = {
    Verb.SEND: _send,
    Verb.REMIND: _remind,
    Verb.HALT: _halt,
    Verb.ADD: _add,
    Verb.REMOVE: _remove,
    Verb.GROUPS: _groups,
    Verb.RESULTS: _results,
    Verb.WHO: _who,
    Verb.TALLY: _tally,
    Verb.HELP: _help,
}
