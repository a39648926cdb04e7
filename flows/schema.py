"""Readers for the values of a flow file: each takes a piece of YAML and gives a checked value, or notes a problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flows.definition import Choice, Kind, Text
from flows.problems import Place, Problems, did_you_mean
from flows.yaml import Mapping, Scalar, Sequence, Tree

NAME = re.compile(r"[a-z][a-z0-9_]*")
MAX_TEXT = 1600
"""Characters of one text: the most a gateway takes."""
MAX_WORDS = 200
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
CHANNELS = ("sms", "whatsapp")

_DURATION = re.compile(r"([0-9]{1,4}) ?(minute|hour|day|week)s?")
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,6})?")

Read = Callable[[Problems, Tree, str], Any]
"""Reads the value of one key; None stands for a value that was noted as wrong."""


def keys_of(problems: Problems, tree: Tree, what: str, table: dict[str, Read]) -> dict[str, Any]:
    """The values of a mapping whose keys are those of `table`; anything else is noted."""
    if not isinstance(tree, Mapping):
        problems.add(tree.place, f"{what} must be keys and values — write `key: value` lines.")
        return {}
    values: dict[str, Any] = {}
    for key, (place, value) in tree.entries.items():
        read = table.get(key)
        if read is None:
            advice = did_you_mean(key, table, "known are " + ", ".join(table))
            problems.add(place, f"`{key[:60]}` is not known in {what[0].lower() + what[1:]}{advice}")
            continue
        found = read(problems, value, key)
        if found is not None:
            values[key] = found
    return values


def text(problems: Problems, tree: Tree, key: str) -> str | None:
    """A text of at most 1,600 characters; a number or a truth word is taken as it is written."""
    if not isinstance(tree, Scalar):
        problems.add(tree.place, f"`{key}` must be a text — put it behind the colon, in quotes.")
        return None
    if tree.tag == "null" or not tree.value.strip():
        problems.add(tree.place, f"`{key}` is empty — write a text.")
        return None
    if len(tree.value) > MAX_TEXT:
        problems.add(
            tree.place, f"`{key}` has {len(tree.value):,} characters; the most is {MAX_TEXT:,} — make it shorter."
        )
        return None
    return tree.value.strip()


def channel_text(problems: Problems, tree: Tree, key: str) -> Text | None:
    """A text, or a text for each channel."""
    if not isinstance(tree, Mapping):
        found = text(problems, tree, key)
        return None if found is None else {"": found}
    texts = keys_of(problems, tree, f"The texts of `{key}`", dict.fromkeys(CHANNELS, text))
    if "sms" not in texts:
        problems.add(tree.place, f"`{key}` has no text for `sms` — every flow must work on any phone.")
        return None
    return texts


def flag(problems: Problems, tree: Tree, key: str) -> bool | None:
    """True or false."""
    if isinstance(tree, Scalar) and tree.tag == "bool":
        return tree.value.lower() == "true"
    problems.add(tree.place, f"`{key}` must be `true` or `false`.")
    return None


def number(problems: Problems, tree: Tree, key: str) -> float | None:
    """A number, whole or with a decimal point."""
    if isinstance(tree, Scalar) and tree.tag in ("int", "float") and _NUMBER.fullmatch(tree.value):
        value = float(tree.value)
        return int(value) if value.is_integer() else value
    problems.add(tree.place, f"`{key}` must be a number, without quotes.")
    return None


def whole_between(low: int, high: int) -> Read:
    """A reader of whole numbers within bounds."""

    def read(problems: Problems, tree: Tree, key: str) -> int | None:
        if isinstance(tree, Scalar) and tree.tag == "int" and _NUMBER.fullmatch(tree.value):
            value = int(tree.value)
            if low <= value <= high:
                return value
        problems.add(tree.place, f"`{key}` must be a whole number from {low:,} to {high:,}.")
        return None

    return read


def name(problems: Problems, tree: Tree, key: str) -> str | None:
    """A name: small letters, digits and `_`, a letter first."""
    found = text(problems, tree, key)
    return found if found is not None and name_is_good(problems, tree.place, found) else None


def name_is_good(problems: Problems, place: Place, word: str) -> bool:
    """Whether a word can be a name; notes it where not."""
    if NAME.fullmatch(word) and len(word) <= 60:
        return True
    problems.add(place, f"`{word[:60]}` cannot be a name — use small letters, digits and `_`, a letter first.")
    return False


def language(problems: Problems, tree: Tree, key: str) -> str | None:
    """A language code such as `en` or `cy`."""
    found = text(problems, tree, key)
    if found is not None and not LANGUAGE.fullmatch(found):
        problems.add(tree.place, f"`{found[:60]}` is no language code — write one such as `en` or `cy`.")
        return None
    return found


def texts(problems: Problems, tree: Tree, key: str) -> tuple[tuple[Place, str], ...] | None:
    """A list of texts, or a single one, each with its place."""
    items = tree.items if isinstance(tree, Sequence) else [tree]
    if len(items) > MAX_WORDS:
        problems.add(tree.place, f"`{key}` has {len(items)} entries; the most is {MAX_WORDS} — keep the likely ones.")
        return None
    return tuple((item.place, found) for item in items if (found := text(problems, item, key)) is not None)


def names(problems: Problems, tree: Tree, key: str) -> tuple[str, ...] | None:
    """A list of names, or a single one."""
    found = texts(problems, tree, key) or ()
    return tuple(word for place, word in found if name_is_good(problems, place, word))


def duration(problems: Problems, tree: Tree, key: str) -> timedelta | None:
    """A time span: `30 minutes`, `12 hours`, `1 day`, `2 weeks`; at most a year."""
    found = text(problems, tree, key)
    match = _DURATION.fullmatch(found) if found is not None else None
    if match is not None:
        span = timedelta(**{f"{match.group(2)}s": int(match.group(1))})
        if timedelta(minutes=1) <= span <= timedelta(days=366):
            return span
    if found is not None:
        problems.add(tree.place, f"`{key}` must be a time such as `30 minutes`, `12 hours`, `1 day` or `2 weeks`.")
    return None


def durations(problems: Problems, tree: Tree, key: str) -> tuple[timedelta, ...] | None:
    """At most two time spans, each longer than the one before."""
    items = tree.items if isinstance(tree, Sequence) else [tree]
    if len(items) > 2:
        problems.add(
            tree.place, f"`{key}` has {len(items)} reminders; the most is 2 — more does not bring more answers."
        )
        return None
    spans = tuple(span for item in items if (span := duration(problems, item, key)) is not None)
    if len(spans) == 2 and spans[0] >= spans[1]:
        problems.add(
            tree.place, f"`{key}` counts from the contact's last text — the second must be later than the first."
        )
    return spans


def kind(problems: Problems, tree: Tree, key: str) -> Kind | None:
    """The word after `answer:`."""
    found = text(problems, tree, key)
    if found is None:
        return None
    if found in set(Kind):
        return Kind(found)
    known = ", ".join(Kind)
    problems.add(tree.place, f"`answer: {found[:60]}` is not known{did_you_mean(found, Kind, f'write one of {known}')}")
    return None


def choices(problems: Problems, tree: Tree, key: str) -> tuple[tuple[Place, Choice], ...] | None:
    """Lines of `key: Label` or `key: {label: …, words: […]}`, each with its place."""
    if not isinstance(tree, Mapping):
        problems.add(tree.place, f"`{key}` must be lines of `name: Label` — a name for the count, a label for people.")
        return None
    if not 2 <= len(tree.entries) <= 40:
        problems.add(tree.place, f"`{key}` must hold 2 to 40 choices.")
    found = []
    for choice_key, (place, value) in tree.entries.items():
        choice = _choice(problems, place, choice_key, value)
        if choice is not None:
            found.append((place, choice))
    return tuple(found)


def _choice(problems: Problems, place: Place, key: str, tree: Tree) -> Choice | None:
    if not name_is_good(problems, place, key):
        return None
    if not isinstance(tree, Mapping):
        label = text(problems, tree, key)
        return None if label is None else Choice(key, label)
    values = keys_of(problems, tree, f"The choice `{key}`", {"label": text, "words": texts})
    if "label" not in values:
        problems.add(place, f"The choice `{key}` has no `label` — write what people read.")
        return None
    return Choice(key, values["label"], tuple(word for _, word in values.get("words", ())))


def yes_no_words(problems: Problems, tree: Tree, key: str) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """More words for yes and no: `{yes: […], no: […]}`."""
    values = keys_of(problems, tree, f"The `{key}` of a yes_no question", {"yes": texts, "no": texts})
    return tuple((side, tuple(word for _, word in found)) for side, found in values.items())


def whole_tree(problems: Problems, tree: Tree, key: str) -> Tree:  # noqa: ARG001 -- a reader takes all three
    """The piece as it stands, read later when the names of the flow are known."""
    return tree
