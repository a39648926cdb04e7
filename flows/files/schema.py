"""Readers for the values of a flow file: each takes a piece of YAML and gives a checked value, or notes a problem.

Beside every reader stands the JSON Schema of what it takes, so that an editor refuses what the loader refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from flows.files.problems import Place, Problems, did_you_mean
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Scalar, Sequence, Tree

MAX_TEXT = 1600
"""Characters of one text: the most a gateway takes."""
MAX_WORDS = 200
MAX_NAME = 60
CHANNELS = ("sms", "whatsapp")

T = TypeVar("T")
Schema = Mapping[str, Any]
Take = Callable[[Problems, Tree, str], T | None]

NAME = re.compile(r"[a-z][a-z0-9_]*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_DURATION = re.compile(r"([0-9]{1,4}) ?(minute|hour|day|week)s?")
_LONG_DURATION = re.compile(r"([0-9]{1,4}) ?(day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

TEXT_SCHEMA: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S", "maxLength": MAX_TEXT}
NAME_SCHEMA: Schema = {"type": "string", "pattern": f"^\\s*[a-z][a-z0-9_]{{0,{MAX_NAME - 1}}}\\s*$"}


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """Reads the value of one key; None stands for a value that was noted as wrong. `schema` says what it takes."""

    take: Take[T]
    schema: Schema

    def __call__(self, problems: Problems, tree: Tree, key: str) -> T | None:
        """The value; what is wrong is noted."""
        return self.take(problems, tree, key)

    def about(self, description: str) -> Read[T]:
        """The same reader with the line an editor shows beside its key."""
        return Read(self.take, {**self.schema, "description": description})


def reader(schema: Schema) -> Callable[[Take[T]], Read[T]]:
    """Turn a function into a reader of what `schema` describes."""
    return lambda take: Read(take, schema)


Table = Mapping[str, Read[Any]]
"""The keys of a mapping, and how each is read."""


def keys_of(problems: Problems, tree: Tree, what: str, table: Table) -> dict[str, Any]:
    """The values of a mapping whose keys are those of `table`; anything else is noted."""
    if not isinstance(tree, MappingTree):
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


def schema_of(table: Table, required: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON Schema of a mapping read with `keys_of`."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key: dict(read.schema) for key, read in table.items()},
        "additionalProperties": False,
    }
    return {**schema, "required": list(required)} if required else schema


@reader(TEXT_SCHEMA)
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


@reader({"type": "boolean"})
def flag(problems: Problems, tree: Tree, key: str) -> bool | None:
    """True or false."""
    if isinstance(tree, Scalar) and tree.tag == "bool":
        return tree.value.lower() == "true"
    problems.add(tree.place, f"`{key}` must be `true` or `false`.")
    return None


@reader({"type": "number", "minimum": -999_999_999_999.999999, "maximum": 999_999_999_999.999999})
def number(problems: Problems, tree: Tree, key: str) -> float | None:
    """A number, whole or with a decimal point."""
    if isinstance(tree, Scalar) and tree.tag in ("int", "float") and _NUMBER.fullmatch(tree.value):
        value = float(tree.value)
        return int(value) if value.is_integer() else value
    problems.add(tree.place, f"`{key}` must be a number of at most 12 digits and 6 decimals, without quotes.")
    return None


def whole_between(low: int, high: int) -> Read[int]:
    """A reader of whole numbers within bounds."""

    @reader({"type": "integer", "minimum": low, "maximum": high})
    def read(problems: Problems, tree: Tree, key: str) -> int | None:
        if isinstance(tree, Scalar) and tree.tag == "int" and _NUMBER.fullmatch(tree.value):
            value = int(tree.value)
            if low <= value <= high:
                return value
        problems.add(tree.place, f"`{key}` must be a whole number from {low:,} to {high:,}.")
        return None

    return read


@reader(NAME_SCHEMA)
def name(problems: Problems, tree: Tree, key: str) -> str | None:
    """A name: small letters, digits and `_`, a letter first."""
    found = text(problems, tree, key)
    if found is None or not name_is_good(problems, tree.place, found):
        return None
    if isinstance(tree, Scalar) and tree.tag != "str":
        problems.add(tree.place, f"`{found}` has a meaning of its own — choose another name.")
        return None
    return found


def name_is_good(problems: Problems, place: Place, word: str) -> bool:
    """Whether a word can be a name; notes it where not."""
    if NAME.fullmatch(word) and len(word) <= MAX_NAME:
        return True
    problems.add(place, f"`{word[:60]}` cannot be a name — use small letters, digits and `_`, a letter first.")
    return False


def one_of(words: Iterable[str]) -> Read[str]:
    """A reader of one of a few words."""
    known = tuple(words)

    @reader({"enum": list(known)})
    def read(problems: Problems, tree: Tree, key: str) -> str | None:
        found = text(problems, tree, key)
        if found is None or found in known:
            return found
        advice = did_you_mean(found, known, f"write {' or '.join(known)}")
        problems.add(tree.place, f"`{key}: {found[:60]}` is not known{advice}")
        return None

    return read


@reader({"type": "string", "pattern": f"^\\s*{LANGUAGE.pattern}\\s*$"})
def language(problems: Problems, tree: Tree, key: str) -> str | None:
    """A language code such as `en` or `cy`."""
    found = text(problems, tree, key)
    if found is not None and not LANGUAGE.fullmatch(found):
        problems.add(tree.place, f"`{found[:60]}` is no language code — write one such as `en` or `cy`.")
        return None
    return found


def _list_or_one(item: Schema, most: int) -> Schema:
    return {"anyOf": [dict(item), {"type": "array", "items": dict(item), "maxItems": most}]}


@reader(_list_or_one(TEXT_SCHEMA, MAX_WORDS))
def texts(problems: Problems, tree: Tree, key: str) -> tuple[tuple[Place, str], ...] | None:
    """A list of texts, or a single one, each with its place."""
    items = tree.items if isinstance(tree, Sequence) else [tree]
    if len(items) > MAX_WORDS:
        problems.add(tree.place, f"`{key}` has {len(items)} entries; the most is {MAX_WORDS} — keep the likely ones.")
        return None
    return tuple((item.place, found) for item in items if (found := text(problems, item, key)) is not None)


@reader(_list_or_one(NAME_SCHEMA, MAX_WORDS))
def names(problems: Problems, tree: Tree, key: str) -> tuple[str, ...] | None:
    """A list of names, or a single one."""
    items = tree.items if isinstance(tree, Sequence) else [tree]
    if len(items) > MAX_WORDS:
        problems.add(tree.place, f"`{key}` has {len(items)} entries; the most is {MAX_WORDS}.")
        return None
    return tuple(found for item in items if (found := name(problems, item, key)) is not None)


def some_of(words: Iterable[str]) -> Read[tuple[str, ...]]:
    """A reader of some of a few words, a list of them or a single one."""
    one = one_of(words)

    @reader(_list_or_one(one.schema, MAX_WORDS))
    def read(problems: Problems, tree: Tree, key: str) -> tuple[str, ...] | None:
        items = tree.items if isinstance(tree, Sequence) else [tree]
        if len(items) > MAX_WORDS:
            problems.add(tree.place, f"`{key}` has {len(items)} entries — write each word once.")
            return None
        return tuple(found for item in items if (found := one(problems, item, key)) is not None)

    return read


_DURATION_SCHEMA: Schema = {"type": "string", "pattern": f"^\\s*{_DURATION.pattern}\\s*$"}


def span_of(text: str) -> timedelta | None:
    """A time span of a minute to a year, as `12 hours`; None where it is none."""
    match = _DURATION.fullmatch(text)
    span = timedelta(**{f"{match.group(2)}s": int(match.group(1))}) if match is not None else timedelta()
    return span if timedelta(minutes=1) <= span <= timedelta(days=366) else None


@reader(_DURATION_SCHEMA)
def duration(problems: Problems, tree: Tree, key: str) -> timedelta | None:
    """A time span: `30 minutes`, `12 hours`, `1 day`, `2 weeks`; at most a year."""
    found = text(problems, tree, key)
    span = span_of(found) if found is not None else None
    if found is not None and span is None:
        problems.add(tree.place, f"`{key}` must be a time such as `30 minutes`, `12 hours`, `1 day` or `2 weeks`.")
    return span


@reader(_list_or_one(_DURATION_SCHEMA, 2))
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


@reader({"type": "string", "pattern": f"^\\s*{_LONG_DURATION.pattern}\\s*$"})
def long_duration(problems: Problems, tree: Tree, key: str) -> timedelta | None:
    """A time span in days, weeks, months of 30 days or years of 365; at most 20 years."""
    found = text(problems, tree, key)
    match = _LONG_DURATION.fullmatch(found) if found is not None else None
    if match is not None:
        span = timedelta(days=int(match.group(1)) * _DAYS[match.group(2)])
        if timedelta(days=1) <= span <= timedelta(days=20 * 365):
            return span
    if found is not None:
        problems.add(tree.place, f"`{key}` must be a time such as `90 days`, `6 months` or `2 years`.")
    return None


@reader({"type": "string", "pattern": f"^\\s*{_DATE.pattern}\\s*$"})
def day(problems: Problems, tree: Tree, key: str) -> date | None:
    """A day as `2026-01-31`."""
    found = text(problems, tree, key)
    if found is None:
        return None
    try:
        return date.fromisoformat(found if _DATE.fullmatch(found) else "")
    except ValueError:
        problems.add(tree.place, f"`{key}` must be a day written as `2026-01-31`, the year first.")
        return None


@reader({})
def whole_tree(problems: Problems, tree: Tree, key: str) -> Tree:  # noqa: ARG001 -- a reader takes all three
    """The piece as it stands, read later when the names of the flow are known."""
    return tree
