"""Playing the talks beside a flow, and writing down anew what a reviewed change made different.

A `bot` line is compared with the whole message, whatever its case, accents and line breaks; `*` stands for any words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.authoring.rehearsal import Stage
from flows.authoring.transcripts import Line, Span, Talk, quoted
from flows.text import fold

BEGINNING = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
"""When every talk begins; a minute passes before each text."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a talk went another way. `line` is the line of the talks file.

    `span` is where `anew` would have to be written; None where that would not help.
    """

    talk: str
    line: int
    expected: str
    got: str
    span: Span | None = None
    anew: str = ""

    def __str__(self) -> str:
        return f"line {self.line}, {self.talk}: expected {self.expected!r}, got {self.got!r}"


def play(stage: Stage, talk: Talk) -> list[Difference]:
    """Play a talk; an empty list means it went as written."""
    return _Play(stage, talk).differences()


class _Play:
    """One talk on its way."""

    def __init__(self, stage: Stage, talk: Talk) -> None:
        self.talk = talk
        self.rehearsal = stage.rehearse(talk.channel, talk.language, BEGINNING, talk.chance)
        self.said = ""
        self.found: list[Difference] = []

    def differences(self) -> list[Difference]:
        for line in self.talk.lines:
            if line.who == "me":
                self._hear(line)
            elif line.who == "clock":
                self.said = "\n".join(self.rehearsal.wait(line.wait))
            elif not matches(line.text, self.said):
                self._note(line.line, line.text, self.said, line.span, self.said)
        for name, expected in self.talk.answers.items():
            got = self.rehearsal.answers.get(name, "")
            if fold(got) != fold(expected.text):
                at = expected.span.start.line if expected.span else self.talk.line
                self._note(at, f"{name}: {expected.text}", f"{name}: {got}", expected.span, got)
        return self.found

    def _note(self, line: int, expected: str, got: str, span: Span | None = None, anew: str = "") -> None:
        self.found.append(Difference(self.talk.name, line, expected, got, span, anew))

    def _hear(self, line: Line) -> None:
        rehearsal = self.rehearsal
        rehearsal.time += timedelta(minutes=1)
        if rehearsal.over:
            self._note(line.line, f"a flow that listens to {line.text!r}", "the flow had ended")
        elif rehearsal.run is None:
            self.said = rehearsal.begin(line.text)
        else:
            self.said = rehearsal.hear(line.text, line.media, line.location)


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for any words; case, accents and line breaks do not count."""
    said = fold(text)
    pieces = [fold(piece) if piece.strip() else "" for piece in pattern.split("*")]
    if len(pieces) == 1:
        return said == pieces[0]
    first, *middle, last = pieces
    if not (said.startswith(first) and said.endswith(last) and len(said) >= len(first) + len(last)):
        return False
    at, end = len(first), len(said) - len(last)
    for piece in middle:
        found = said.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def rewrite(source: str, differences: Iterable[Difference]) -> str:
    """The talks file with what was said in place of what was expected; comments and everything else stay."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    spots = {
        (starts[found.span.start.line - 1] + found.span.start.column - 1,
         starts[min(found.span.end.line, len(starts)) - 1] + found.span.end.column - 1): found
        for found in differences
        if found.span is not None
    }  # fmt: skip
    line_end = "\r\n" if "\r\n" in source else "\n"
    for (start, end), found in sorted(spots.items(), reverse=True, key=lambda spot: spot[0]):
        text = quoted(found.anew)
        block = found.span is not None and found.span.block
        source = source[:start] + text + (line_end if block else "") + source[end:]
    return source
