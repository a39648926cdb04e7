"""Readers for the values of a flow file: each takes a piece of YAML and gives a checked value, or notes a problem.

Beside every reader stands the JSON Schema of what it takes, so that an editor refuses what the loader refuses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flows.files.problems import Place, Problems, did_you_mean
from flows.files.yaml import Mapping as MappingTree
from flows.files.yaml import Scalar, Sequence, Tree
from flows.wording import Wording

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
_GLUED = re.compile(r"[a-z_]+:")
"""A key whose colon has no space behind it, so that YAML takes the whole line for a text."""
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,6})?")

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


def keys_of(problems: Problems, tree: Tree, what: Wording, table: Table) -> dict[str, Any]:
    """The values of a mapping whose keys are those of `table`; anything else is noted."""
    if not isinstance(tree, MappingTree):
        problems.add(
            tree.place, "There must be keys and values in {what} — {advice}.", what=what, advice=_as_lines(tree)
        )
        return {}
    values: dict[str, Any] = {}
    for key, (place, value) in tree.entries.items():
        read = table.get(key)
        if read is None:
            advice = did_you_mean(key, table, Wording("known are {names}", names=", ".join(table)))
            problems.add(place, "`{key}` is not known in {what}{advice}", key=key[:60], what=what, advice=advice)
            continue
        found = read(problems, value, key)
        if found is not None:
            values[key] = found
    return values


def _as_lines(tree: Tree) -> str:
    glued = _GLUED.match(tree.value) if isinstance(tree, Scalar) and not tree.style else None
    return Wording("put a space behind `{key}`", key=glued[0]) if glued else Wording("write `key: value` lines")


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
        problems.add(tree.place, "`{key}` must be a text — put it behind the colon, in quotes.", key=key)
        return None
    if tree.tag == "null" or not tree.value.strip():
        problems.add(tree.place, "`{key}` is empty — write a text.", key=key)
        return None
    if len(tree.value) > MAX_TEXT:
        problems.add(
            tree.place,
            "`{key}` has {count} characters; the most is {most} — make it shorter.",
            key=key,
            count=f"{len(tree.value):,}",
            most=f"{MAX_TEXT:,}",
        )
        return None
    return tree.value.strip()


@reader({"type": "boolean"})
def flag(problems: Problems, tree: Tree, key: str) -> bool | None:
    """True or false."""
    if isinstance(tree, Scalar) and tree.tag == "bool":
        return tree.value.lower() == "true"
    problems.add(tree.place, "`{key}` must be `true` or `false`.", key=key)
    return None


@reader({"type": "number", "minimum": -999_999_999_999.999999, "maximum": 999_999_999_999.999999})
def number(problems: Problems, tree: Tree, key: str) -> float | None:
    """A number, whole or with a decimal point."""
    if isinstance(tree, Scalar) and tree.tag in ("int", "float") and _NUMBER.fullmatch(tree.value):
        value = float(tree.value)
        return int(value) if value.is_integer() else value
    problems.add(tree.place, "`{key}` must be a number of at most 12 digits and 6 decimals, without quotes.", key=key)
    return None


def whole_between(low: int, high: int) -> Read[int]:
    """A reader of whole numbers within bounds."""

    @reader({"type": "integer", "minimum": low, "maximum": high})
    def read(problems: Problems, tree: Tree, key: str) -> int | None:
        if isinstance(tree, Scalar) and tree.tag == "int" and _NUMBER.fullmatch(tree.value):
            value = int(tree.value)
            if low <= value <= high:
                return value
        problems.add(
            tree.place,
            "`{key}` must be a whole number from {low} to {high}.",
            key=key,
            low=f"{low:,}",
            high=f"{high:,}",
        )
        return None

    return read


@reader(NAME_SCHEMA)
def name(problems: Problems, tree: Tree, key: str) -> str | None:
    """A name: small letters, digits and `_`, a letter first."""
    found = text(problems, tree, key)
    if found is None or not name_is_good(problems, tree.place, found):
        return None
    if isinstance(tree, Scalar) and tree.tag != "str":
        problems.add(tree.place, "`{found}` has a meaning of its own — choose another name.", found=found)
        return None
    return found


def name_is_good(problems: Problems, place: Place, word: str) -> bool:
    """Whether a word can be a name; notes it where not."""
    if NAME.fullmatch(word) and len(word) <= MAX_NAME:
        return True
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    fitting = re.sub("[^a-z0-9]+", "_", plain).strip("_")
    advice = (
        Wording("write `{name}`", name=fitting)
        if NAME.fullmatch(fitting[:MAX_NAME]) and len(fitting) <= MAX_NAME
        else Wording("choose another")
    )
    problems.add(
        place,
        "`{word}` cannot be a name: small letters, digits and `_`, a letter first — {advice}.",
        word=word[:60],
        advice=advice,
    )
    return False


def _one_of(known: Iterable[str]) -> Wording:
    return Wording("write one of {names}", names=", ".join(known))


def one_of(words: Iterable[str]) -> Read[str]:
    """A reader of one of a few words."""
    known = tuple(words)

    @reader({"enum": list(known)})
    def read(problems: Problems, tree: Tree, key: str) -> str | None:
        found = text(problems, tree, key)
        if found is None or found in known:
            return found
        advice = did_you_mean(found, known, _one_of(known))
        problems.add(tree.place, "`{key}: {found}` is not known{advice}", key=key, found=found[:60], advice=advice)
        return None

    return read


@reader({"type": "string", "pattern": f"^\\s*{LANGUAGE.pattern}\\s*$"})
def language(problems: Problems, tree: Tree, key: str) -> str | None:
    """A language code such as `en` or `cy`."""
    found = text(problems, tree, key)
    if found is not None and not LANGUAGE.fullmatch(found):
        problems.add(tree.place, "`{found}` is no language code — write one such as `en` or `cy`.", found=found[:60])
        return None
    return found


def list_or_one(item: Schema, most: int) -> Schema:
    """The schema of a list of some things, or a single one."""
    return {"anyOf": [dict(item), {"type": "array", "items": dict(item), "maxItems": most}]}


@reader(list_or_one(TEXT_SCHEMA, MAX_WORDS))
def texts(problems: Problems, tree: Tree, key: str) -> tuple[tuple[Place, str], ...] | None:
    """A list of texts, or a single one, each with its place."""
    items = tree.items if isinstance(tree, Sequence) else [tree]
    if len(items) > MAX_WORDS:
        problems.add(
            tree.place,
            "`{key}` has {count} entries; the most is {most} — keep the likely ones.",
            key=key,
            count=len(items),
            most=MAX_WORDS,
        )
        return None
    return tuple((item.place, found) for item in items if (found := text(problems, item, key)) is not None)


@reader(list_or_one(NAME_SCHEMA, MAX_WORDS))
def names(problems: Problems, tree: Tree, key: str) -> tuple[str, ...] | None:
    """A list of names, or a single one."""
    items = tree.items if isinstance(tree, Sequence) else [tree]
    if len(items) > MAX_WORDS:
        problems.add(
            tree.place, "`{key}` has {count} entries; the most is {most}.", key=key, count=len(items), most=MAX_WORDS
        )
        return None
    return tuple(found for item in items if (found := name(problems, item, key)) is not None)


def some_of(words: Iterable[str]) -> Read[tuple[str, ...]]:
    """A reader of some of a few words, a list of them or a single one."""
    one = one_of(words)

    @reader(list_or_one(one.schema, MAX_WORDS))
    def read(problems: Problems, tree: Tree, key: str) -> tuple[str, ...] | None:
        items = tree.items if isinstance(tree, Sequence) else [tree]
        if len(items) > MAX_WORDS:
            problems.add(tree.place, "`{key}` has {count} entries — write each word once.", key=key, count=len(items))
            return None
        return tuple(found for item in items if (found := one(problems, item, key)) is not None)

    return read


@reader({})
def whole_tree(problems: Problems, tree: Tree, key: str) -> Tree:  # noqa: ARG001 -- a reader takes all three
    """The piece as it stands, read later when the names of the flow are known."""
    return tree
