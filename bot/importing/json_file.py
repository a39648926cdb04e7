"""A JSON file that anybody may have written: each piece is what it is asked to be, or refused with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.importing.writing import ImportRefusedError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a JSON file. A piece that is missing is there all the same, and holds nothing."""

    value: Any
    where: str

    def __getitem__(self, key: str) -> Item:
        """What stands under a key of an object."""
        return Item(self._as(dict, "an object").get(key), f"{self.where}.{key}")

    def items(self) -> Iterator[tuple[str, Item]]:
        """The keys of an object, each with what stands under it."""
        for key in self._as(dict, "an object"):
            yield key, self[key]

    def each(self) -> Iterator[Item]:
        """The pieces of a list."""
        for at, value in enumerate(self._as(list, "a list")):
            yield Item(value, f"{self.where}[{at}]")

    @property
    def text(self) -> str:
        """A text; a number is taken as it is written, and what is missing is empty."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return str(self.value)
        return self._as(str, "a text").encode(errors="replace").decode()  # half a character cannot be written

    @property
    def number(self) -> float:
        """A number; what is missing is 0."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | None):
            raise self._refused("a number")
        return self.value or 0

    @property
    def texts(self) -> list[str]:
        """A list of texts; what is missing is empty."""
        return [item.text for item in self.each()]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.value)

    def _as(self, sort: type[T], name: str) -> T:
        if self.value is None:
            return sort()
        if not isinstance(self.value, sort):
            raise self._refused(name)
        return self.value

    def _refused(self, wanted: str) -> ImportRefusedError:
        return ImportRefusedError(f"{self.where} should be {wanted}: the file is damaged, or no export.")


def read_json(path: Path) -> Item:
    """The piece that a whole file is.

    Raises:
        ImportRefusedError: it is no JSON, or none that a program would write; the line is named.
        OSError: the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefusedError(f"{path} is no text in UTF-8 (byte {error.start:,}): export it again.") from None
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ImportRefusedError(f"{path}:{error.lineno}:{error.colno}: This is no JSON: {error.msg}.") from None
    except RecursionError:
        raise ImportRefusedError(f"{path}: more brackets in brackets than any export has.") from None
    except ValueError as error:  # ours, of keys and constants, and Python's of numbers of thousands of digits
        raise ImportRefusedError(f"{path}: {str(error).partition(';')[0]}.") from None
    return Item(value, path.name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{twice[:60]}` stands twice in one object")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"`{word}` is no number in JSON")
