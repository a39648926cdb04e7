"""What is wrong with a flow file, said so that its author can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows.wording import Wording


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a file; line and column count from 1."""

    line: int
    column: int


class FlowError(Exception):
    """One or more problems in flow files; `problems` holds each as `file:line:column: what — what to do` (see `at`)."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(slots=True)
class Problems:
    """Collects the problems of one file, so that its author sees them all at once."""

    name: str
    found: list[tuple[Place, Wording]] = field(default_factory=list)

    def add(self, place: Place, sentence: str, /, **values: object) -> None:
        """Note a problem, `values` in the gaps of its sentence; the same one at the same place is noted once."""
        self.note(place, Wording(sentence, **values))

    def note(self, place: Place, wording: Wording) -> None:
        """As `add`, for a sentence that was filled elsewhere."""
        if (place, wording) not in self.found:
            self.found.append((place, wording))

    def lines(self) -> list[Wording]:
        """Every problem in the order of the file."""
        return [at(self.name, place, wording) for place, wording in sorted(self.found)]

    def raise_if_any(self) -> None:
        """Raise FlowError when something was noted."""
        if self.found:
            raise FlowError(self.lines())


def at(file: str, place: Place, what: str) -> Wording:
    """A problem with its place before it, as editors and compilers write it."""
    return Wording("{file}:{line}:{column}: {what}", file=file, line=place.line, column=place.column, what=what)


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The end of an error sentence: ` — did you mean …?` where a known word is near, else `otherwise`."""
    limit = min(len(word) - 1, 1 if len(word) < 4 else 2)
    near = process.extractOne(word[:60].lower(), list(known), scorer=OSA.distance, score_cutoff=limit)
    if near is not None:
        return Wording(" — did you mean `{near}`?", near=near[0])
    return Wording(" — {otherwise}.", otherwise=otherwise) if otherwise else ""


def listed(names: Iterable[str], most: int = 12) -> str:
    """Some names in a row for an error sentence, the first ones where there are many."""
    known = list(names)
    first = ", ".join(known[:most])
    return Wording("{first} and {count} more", first=first, count=len(known) - most) if len(known) > most else first
